// The text of rules: as it is compared, and as messages show it.
#pragma once
#include <string>
#include <string_view>

namespace ordinaut::schedule {

// ASCII letters only: names of RFC 5545 have no others.
std::string upper(std::string_view text);

// For messages: bounded, control characters made visible.
std::string shown(std::string_view text);

}  // namespace ordinaut::schedule
