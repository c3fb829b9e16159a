// Patterns of event topics: "*" stands for one segment, "#" at the end for all that are left (none,
// too).
#pragma once
#include <string_view>

#include "base/result.h"

namespace ordinaut::events {

// kInvalid (pointer "/topic") says what would be right.
Status check_pattern(std::string_view pattern);
bool has_wildcard(std::string_view pattern);
bool matches(std::string_view pattern, std::string_view topic);

}  // namespace ordinaut::events
