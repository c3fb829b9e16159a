// "Did you mean …?": the known name closest to a mistyped one.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ordinaut {

// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other,
// by bytes.
size_t edit_distance(std::string_view a, std::string_view b);

// The closest of `known`, or empty when none is close enough to be what was meant (more than a
// third of it wrong).
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known);

// "; did you mean 'x'?", or empty: ready to end a sentence with.
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace ordinaut
