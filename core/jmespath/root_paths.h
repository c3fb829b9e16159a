#pragma once
#include "jmespath/expression.h"
#include "jmespath/program.h"

namespace ordinaut::jmespath {

// See Expression::root_paths.
std::vector<Path> root_paths_of(const Program& program);

}  // namespace ordinaut::jmespath
