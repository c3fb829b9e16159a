// Decides what happens to the occurrences of one task that have come due: which run, which are
// recorded as not run and why, and when the task is due next. Pure; SEMANTICS.md "Misfire",
// "Overlap" and "Jitter" are the contract.
#pragma once
#include <functional>

#include "store/schedule_store.h"

namespace ordinaut::scheduler {

// The next occurrence strictly after a time; none when the schedule is exhausted.
using NextAfter = std::function<std::optional<WallTime>(WallTime)>;

// Why an occurrence is excluded by a calendar, or empty. Asked in ascending order.
using ExcludedBy = std::function<std::string(WallTime)>;

// Late by no more than this counts as on time.
inline constexpr std::chrono::seconds kOnTimeWithin{60};
// Occurrences looked at in one plan; the rest is left for the next tick, which sees the task due
// again.
inline constexpr int kOccurrencesPerPlanMax = 100'000;

// `due.task.next_run_at` is the first occurrence and must be set and ≤ now. Excluded occurrences
// are recorded as such, and neither stand for missed ones nor count as missed.
store::FirePlan plan_fires(const store::DueTask& due, WallTime now, const NextAfter& next_after,
                           const ExcludedBy& excluded_by = {});

// The same for events, by the times they were published, in the order they are to run: overlap,
// jitter and calendars as for schedules. An event is a fact and not a slot in time: none is too
// late.
store::FirePlan plan_events(const store::DueTask& due, const std::vector<WallTime>& published,
                            WallTime now, const ExcludedBy& excluded_by = {});

// Runs that may wait for an earlier run of their task under overlap = buffer_all.
inline constexpr int kBufferedMax = 100;

// The delay jitter gives an occurrence: in [0, jitter_seconds), the same for the same task and
// time, always.
std::chrono::microseconds jitter_of(const Task& task, WallTime nominal_at);

}  // namespace ordinaut::scheduler
