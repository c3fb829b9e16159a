// Goal: a simulation says what the scheduler would do: through outages, pauses, calendars and long
// runs.
#include "scheduler/simulation.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace ordinaut::scheduler {
namespace {
using namespace std::chrono_literals;

const WallTime kDay = *parse_time("2026-03-29T00:00:00Z");  // The clocks go forward in Europe.

Task hourly() {
    Task task;
    task.id = new_id();
    task.title = "hourly";
    task.owner = new_id();
    task.schedule_kind = ScheduleKind::kCron;
    task.schedule_expr = "0 * * * *";
    return task;
}

// "00 run, 01-02 missed(coalesced), …": the hours of the slots, and what becomes of them.
std::string story(const Task& task, const SimulationOptions& options,
                  const std::vector<Calendar>& calendars = {}) {
    const auto simulated = simulate(task, calendars, options);
    EXPECT_OK(simulated);
    std::string text;
    for (const SimulatedSlot& slot : simulated->slots) {
        text += (text.empty() ? "" : ", ") + format_time(slot.first).substr(11, 2);
        if (slot.count > 1) text += "-" + format_time(slot.last).substr(11, 2);
        text += slot.starts ? " run" : " " + slot.reason;
        if (slot.starts && *slot.starts > slot.first)
            text += " at " + format_time(*slot.starts).substr(11, 5);
    }
    return text;
}

TEST(Simulation, AnOutageIsFollowedByTheMisfirePolicy) {
    SimulationOptions options{kDay, kDay + 6h, {{kDay + 30min, kDay + 3h + 10min}}};
    Task task = hourly();
    EXPECT_EQ(story(task, options),
              "00 run, 01-02 missed(coalesced), 03 run at 03:10, 04 run, 05 run");
    task.misfire = Misfire::kFireAll;
    task.overlap = Overlap::kAllow;
    EXPECT_EQ(story(task, options),
              "00 run, 01 run at 03:10, 02 run at 03:10, 03 run at 03:10, 04 run, 05 run");
    task.misfire = Misfire::kSkip;
    EXPECT_EQ(story(task, options), "00 run, 01-03 missed(skipped), 04 run, 05 run");
    options.outages = {{kDay - 1h, kDay + 1h}, {kDay + 1h, kDay + 2h}};  // One after the other.
    EXPECT_EQ(story(task, options), "00-01 missed(skipped), 02 run, 03 run, 04 run, 05 run");
}

TEST(Simulation, LongRunsMeetTheOverlapPolicy) {
    SimulationOptions options{kDay, kDay + 5h, {}, 90min};
    Task task = hourly();
    EXPECT_EQ(story(task, options), "00 run, 01 overlap, 02 run, 03 overlap, 04 run");
    task.overlap = Overlap::kBufferOne;
    EXPECT_EQ(story(task, options),
              "00 run, 01 run at 01:30, 02 run at 03:00, 03 run at 04:30, 04 overlap");
    task.overlap = Overlap::kCancelOther;
    EXPECT_EQ(story(task, options), "00 run, 01 run, 02 run, 03 run, 04 run");
}

TEST(Simulation, CalendarsAndPausesAreNamed) {
    const SimulationOptions options{kDay + 22h, kDay + 26h};
    Task task = hourly();
    Calendar calendar;
    calendar.owner = task.owner;
    calendar.name = "monday";
    calendar.content = "2026-03-30";
    task.calendars = {"monday"};
    EXPECT_EQ(story(task, options, {calendar}),
              "22 run, 23 run, 00 excluded(monday), 01 excluded(monday)");
    EXPECT_FALSE(simulate(task, {}, options).ok());
    task.status = TaskStatus::kPaused;
    EXPECT_EQ(simulate(task, {calendar}, options)->not_run, 4);
    task.status = TaskStatus::kCanceled;
    EXPECT_EQ(story(task, options, {calendar}), "");
}

TEST(Simulation, IsBoundedAndSaysSo) {
    Task task = hourly();
    task.schedule_expr = "* * * * * *";
    const auto simulated = simulate(task, {}, {kDay, kDay + std::chrono::days(30)});
    ASSERT_OK(simulated);
    EXPECT_EQ(simulated->slots.size(), kSimulatedMax);
    EXPECT_EQ(simulated->stopped_at, kDay + std::chrono::seconds(kSimulatedMax));
    EXPECT_NE(report(task, *simulated, 2).find("99998 lines more"), std::string::npos);
}

}  // namespace
}  // namespace ordinaut::scheduler
