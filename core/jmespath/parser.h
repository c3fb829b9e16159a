// Tokens → Program. Top-down operator precedence, with the binding powers of the reference
// implementations.
#pragma once
#include "jmespath/program.h"

namespace ordinaut::jmespath {

// kMalformed, kInvalid, kTooLarge as expression.h says.
Result<Program> parse_program(std::string_view source);

}  // namespace ordinaut::jmespath
