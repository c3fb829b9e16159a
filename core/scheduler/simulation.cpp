#include "scheduler/simulation.h"

#include <fmt/format.h>

#include "schedule/exclusion_calendar.h"

namespace ordinaut::scheduler {
namespace {

// The runs of the task that are live at an imagined time.
class LiveRuns {
public:
    explicit LiveRuns(std::chrono::seconds run_time) : run_time_(run_time) {}

    void count(WallTime now, store::DueTask& due) {
        std::erase_if(runs_, [&](const Run& run) { return run.ends <= now; });
        due.live_runs = static_cast<int>(runs_.size());
        due.buffered_runs = static_cast<int>(std::count_if(
            runs_.begin(), runs_.end(), [&](const Run& run) { return run.starts > now; }));
        due.running_runs = due.live_runs - due.buffered_runs;
    }
    void cancel_all(WallTime now) {  // Running ones have ended a moment later.
        runs_.clear();
        free_at_ = now;
    }
    // When the run starts.
    WallTime add(const store::Fire& fire, WallTime now) {
        WallTime starts = std::max(fire.run_at, now);
        if (fire.buffered) starts = std::max(starts, free_at_);
        free_at_ = std::max(free_at_, starts + run_time_);
        runs_.push_back({starts, starts + run_time_});
        return starts;
    }

private:
    struct Run {
        WallTime starts, ends;
    };
    const std::chrono::seconds run_time_;
    std::vector<Run> runs_;
    WallTime free_at_ = WallTime::min();
};

WallTime after_outages(WallTime at, const std::vector<Outage>& outages) {
    for (bool moved = true; moved;) {
        moved = false;
        for (const Outage& outage : outages)
            if (at >= outage.from && at < outage.to) at = outage.to, moved = true;
    }
    return at;
}

Result<schedule::ExclusionSet> exclusions_of(const Task& task,
                                             const std::vector<Calendar>& calendars,
                                             const schedule::Zone& zone) {
    schedule::ExclusionSet set(zone);
    for (const std::string& name : task.calendars) {
        const auto found =
            std::find_if(calendars.begin(), calendars.end(), [&](const Calendar& calendar) {
                return calendar.owner == task.owner && calendar.name == name;
            });
        if (found == calendars.end()) return conflict("its calendar '" + name + "' does not exist");
        set.add(name, std::make_shared<const schedule::ExclusionCalendar>(
                          TRY(schedule::ExclusionCalendar::parse(*found))));
    }
    return set;
}

void add_plan(Simulated& simulated, const store::FirePlan& plan, LiveRuns& live, WallTime now) {
    if (plan.cancel_others) live.cancel_all(now);
    for (const store::Fire& fire : plan.fires) {
        simulated.slots.push_back({fire.nominal_at, fire.nominal_at, 1, "", live.add(fire, now)});
        ++simulated.ran;
    }
    for (const store::Skip& skip : plan.skips) {
        simulated.slots.push_back({skip.first, skip.last, skip.count, skip.reason, {}});
        simulated.not_run += skip.count;
    }
}

}  // namespace

Result<Simulated> simulate(const Task& task, const std::vector<Calendar>& calendars,
                           const SimulationOptions& options) {
    Simulated simulated;
    const bool ended =
        task.status == TaskStatus::kCanceled || task.status == TaskStatus::kCompleted;
    if (ended || task.schedule_kind == ScheduleKind::kEvent ||
        task.schedule_kind == ScheduleKind::kCondition)
        return simulated;
    const auto schedule =
        TRY(schedule::Schedule::parse(schedule::spec_of(task, options.min_interval)));
    auto exclusions = TRY(exclusions_of(task, calendars, schedule.zone()));
    const NextAfter next_after = [&](WallTime at) { return schedule.next_after(at); };
    const ExcludedBy excluded_by = [&](WallTime at) {
        return task.status == TaskStatus::kPaused ? "skipped(paused)" : exclusions.reason(at);
    };
    LiveRuns live(options.run_time);
    store::DueTask due;
    due.task = task;
    due.task.next_run_at = schedule.next_after(options.from - std::chrono::microseconds(1));
    while (due.task.next_run_at && *due.task.next_run_at < options.to) {
        const WallTime now = after_outages(*due.task.next_run_at, options.outages);
        live.count(now, due);
        const auto plan = plan_fires(due, now, next_after, excluded_by);
        add_plan(simulated, plan, live, now);
        due.task.next_run_at = plan.next_run_at;
        if (simulated.slots.size() < kSimulatedMax) continue;
        simulated.stopped_at = due.task.next_run_at;
        break;
    }
    std::stable_sort(simulated.slots.begin(), simulated.slots.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return simulated;
}

std::string report(const Task& task, const Simulated& simulated, int lines_max) {
    const auto zone = schedule::Zone::find(task.timezone).value_or(schedule::Zone::utc());
    std::string text = fmt::format("{}  {}  {} {}\n", task.id, task.title,
                                   name_of(task.schedule_kind), task.schedule_expr);
    if (task.schedule_kind == ScheduleKind::kCondition)
        return text + "  runs when its condition says so, which nobody knows in advance\n";
    int lines = 0;
    for (const SimulatedSlot& slot : simulated.slots) {
        if (lines++ == lines_max) break;
        std::string when = schedule::format_local(slot.first, zone);
        if (slot.count > 1) when += " … " + schedule::format_local(slot.last, zone);
        std::string what = slot.starts ? "runs" : "does not run: " + slot.reason;
        if (slot.count > 1) what += fmt::format(" ({} occurrences)", slot.count);
        if (slot.starts && *slot.starts > slot.first + kOnTimeWithin)
            what += ", at " + schedule::format_local(*slot.starts, zone);
        text += fmt::format("  {}  {}\n", when, what);
    }
    if (simulated.slots.size() > static_cast<size_t>(lines_max))
        text += fmt::format("  … {} lines more\n",
                            simulated.slots.size() - static_cast<size_t>(lines_max));
    if (simulated.stopped_at)
        text += "  not looked at from " + schedule::format_local(*simulated.stopped_at, zone) +
                " on: too many occurrences\n";
    return text + fmt::format("  {} run, {} do not\n", simulated.ran, simulated.not_run);
}

}  // namespace ordinaut::scheduler
