// What a task would do in a period: its schedule through the very planner that fires it, against a
// clock that is only imagined.
#pragma once
#include "model/calendar.h"
#include "scheduler/fire_planner.h"

namespace ordinaut::scheduler {

struct Outage {
    WallTime from, to;  // No scheduler runs in [from, to).
};

struct SimulationOptions {
    WallTime from, to;
    std::vector<Outage> outages = {};
    std::chrono::seconds run_time{0};      // How long each run takes, for the overlap policies.
    std::chrono::seconds min_interval{1};  // As the server checks schedules.
};

// One occurrence, or a range of them that does not run for one reason.
struct SimulatedSlot {
    WallTime first, last;
    int64_t count = 1;
    std::string reason = {};              // Why it does not run; empty = it runs.
    std::optional<WallTime> starts = {};  // When its run starts.
};

struct Simulated {
    std::vector<SimulatedSlot> slots;  // By time.
    int64_t ran = 0, not_run = 0;
    // More than kSimulatedMax slots: what comes after this was not looked at.
    std::optional<WallTime> stopped_at;
};

inline constexpr size_t kSimulatedMax = 100'000;

// kConflict: one of the task's calendars is not among `calendars`. Errors as Schedule::parse and
// ExclusionCalendar::parse. Tasks of events and conditions have no slots; completed and canceled
// ones none either.
Result<Simulated> simulate(const Task& task, const std::vector<Calendar>& calendars,
                           const SimulationOptions& options);

// The lines a person reads: at most `lines_max` slots in local time, then a summary.
std::string report(const Task& task, const Simulated& simulated, int lines_max);

}  // namespace ordinaut::scheduler
