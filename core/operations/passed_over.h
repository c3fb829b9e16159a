// Occurrences that a person's decision (a pause, a snooze) passes over, for the record of what did
// not run.
#pragma once
#include "schedule/schedule.h"
#include "store/schedule_store.h"

namespace ordinaut::operations {

// Counted one by one up to this many; beyond it the rest is a row of its own whose count is
// estimated from the spacing so far.
inline constexpr int64_t kCountedMax = 1'000'000;

// The occurrences in [first, until] as ranges; `first` is one itself. Takes at most about a second.
std::vector<store::Skip> passed_over(const schedule::Schedule& schedule, WallTime first,
                                     WallTime until, std::string_view reason);

}  // namespace ordinaut::operations
