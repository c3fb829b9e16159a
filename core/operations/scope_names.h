// Whether scopes exist, for modules that may not ask auth themselves.
#pragma once
#include <string>
#include <vector>

namespace ordinaut::operations {

// One sentence for each that does not, with its place below `pointer` and those there are.
std::vector<std::string> unknown_scopes(const std::vector<std::string>& scopes,
                                        const std::string& pointer);

}  // namespace ordinaut::operations
