// The times of a day a rule names: hours × minutes × seconds, as bit sets.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace ordinaut::schedule {

// The lowest set bit >= from, or -1.
int next_bit(uint64_t bits, int from);

struct TimesOfDay {
    uint64_t hours = 1, minutes = 1, seconds = 1;  // Bit n = value n. Never empty.

    int count() const;
    // The n-th time (from 0 to count()-1), in seconds after midnight.
    int nth(int n) const;
    int rank(int time) const;                 // How many times are earlier.
    std::optional<int> next(int from) const;  // The first time >= from.
    // The same, of only those times whose place is in `positions` (1 = first, -1 = last); empty =
    // all.
    std::optional<int> next(int from, const std::vector<int>& positions) const;
};

}  // namespace ordinaut::schedule
