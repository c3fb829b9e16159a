#include "scheduler/edge_planner.h"

#include "scheduler/fire_planner.h"

namespace ordinaut::scheduler {

Result<store::FirePlan> EdgePlanner::plan(const store::DueTask& due, WallTime now) {
    const NextAfter nothing = [](WallTime) { return std::optional<WallTime>(); };
    if (due.task.calendars.empty()) return plan_fires(due, now, nothing);
    const auto zone = TRY(schedule::Zone::find(due.task.timezone));
    auto exclusions = TRY(calendars_.set_for(due, zone));
    return plan_fires(due, now, nothing, [&](WallTime at) { return exclusions.reason(at); });
}

}  // namespace ordinaut::scheduler
