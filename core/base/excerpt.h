// The beginning of a text that came from outside, as a message may quote it.
#pragma once
#include <string>
#include <string_view>

namespace ordinaut {

// At most `bytes_max` bytes, cut between UTF-8 characters and followed by "…" when cut; control
// characters become '?'.
std::string excerpt(std::string_view text, size_t bytes_max = 80);

}  // namespace ordinaut
