// What becomes of one occurrence that no schedule named in advance: calendars, overlap and jitter
// are those of schedules.
#pragma once
#include "scheduler/calendar_cache.h"

namespace ordinaut::scheduler {

// Thread-safe.
class EdgePlanner {
public:
    explicit EdgePlanner(size_t calendars_cached = 1'000) : calendars_(calendars_cached) {}

    // `due.task.next_run_at` is the occurrence; as store::ScheduleStore::Planner. Errors as
    // CalendarCache::set_for, and kInvalid for an unknown zone.
    Result<store::FirePlan> plan(const store::DueTask& due, WallTime now);

private:
    CalendarCache calendars_;
};

}  // namespace ordinaut::scheduler
