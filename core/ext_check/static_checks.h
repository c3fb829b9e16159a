// What can be said without running any code.
#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "ext/manifest.h"
#include "ext_check/finding.h"

namespace ordinaut::ext_check {

// The manifest, when it can be read; findings either way.
std::optional<ext::Manifest> check_manifest(const std::filesystem::path& folder,
                                            std::vector<Finding>& findings);

// False: it cannot be loaded at all.
bool check_module(const std::filesystem::path& file, std::vector<Finding>& findings);

}  // namespace ordinaut::ext_check
