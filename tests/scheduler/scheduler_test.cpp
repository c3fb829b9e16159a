// Goal: the scheduler against a clock moved by hand: what runs, what does not, and why.
#include "scheduler/scheduler.h"

#include <gtest/gtest.h>

#include "store/memory/memory_stores.h"
#include "tests/support/result_matchers.h"

namespace ordinaut::scheduler {
namespace {
using namespace std::chrono_literals;

class SchedulerTest : public ::testing::Test {
protected:
    Task add(std::string expr, std::function<void(Task&)> change = {}) {
        Task task;
        task.id = new_id();
        task.title = "a task";
        task.owner = owner_;
        task.schedule_kind = ScheduleKind::kCron;
        task.schedule_expr = std::move(expr);
        task.timezone = "Europe/Chisinau";
        task.schedule_anchor = clock_.wall_now();
        task.overlap = Overlap::kAllow;
        if (change) change(task);
        const auto schedule = schedule::Schedule::parse(schedule::spec_of(task, 1s));
        EXPECT_OK(schedule);
        task.next_run_at = schedule->next_after(clock_.wall_now());
        EXPECT_OK(stores_.tasks.create(task, task.id, actor_));
        return task;
    }
    void pass(std::chrono::seconds time, std::chrono::seconds step) {
        for (auto left = time; left > 0s; left -= step) {
            clock_.advance(step);
            EXPECT_OK(scheduler_.tick());
        }
    }
    size_t runs_of(const Task& task) {
        return size_t(stores_.runs.list({.task_id = task.id})->total);
    }
    std::string skips_of(const Task& task) {
        std::string text;
        const auto skips = stores_.schedules.skipped(task.id, std::nullopt, {200, 0});
        for (const auto& skip : *skips)
            text =
                std::to_string(skip.count) + " " + skip.reason + (text.empty() ? "" : ", ") + text;
        return text;
    }
    Task now_of(const Task& task) { return *stores_.tasks.get(task.id, std::nullopt); }

    ManualClock clock_{*parse_time("2026-03-28T06:00:00Z")};
    store::memory::MemoryStores memory_{clock_};
    store::Stores stores_ = memory_.stores();
    const Id owner_ = new_id();
    const store::Actor actor_{owner_, "tester", "", ""};
    Scheduler scheduler_{stores_.schedules, stores_.system, stores_.wakeup, {}};
};

TEST_F(SchedulerTest, ADayOfOrdinaryLife) {
    const Task hourly = add("0 * * * *");
    const Task daily = add("30 3 * * *");  // 03:30 does not exist on the 29th: it runs at 04:00.
    pass(24h, 5min);
    EXPECT_EQ(runs_of(hourly), 24u);
    EXPECT_EQ(skips_of(hourly), "");
    const auto runs = stores_.runs.list({.task_id = daily.id});
    ASSERT_EQ(runs->total, 1);
    EXPECT_EQ(runs->items[0].nominal_at, *parse_time("2026-03-29T01:00:00Z"));
}

TEST_F(SchedulerTest, AnOutageIsAccountedForByEachPolicy) {
    const Task last = add("0 * * * *");
    const Task all = add("0 * * * *", [](Task& task) { task.misfire = Misfire::kFireAll; });
    const Task none = add("0 * * * *", [](Task& task) { task.misfire = Misfire::kSkip; });
    const Task once =
        add("2026-03-28T10:00:00Z", [](Task& task) { task.schedule_kind = ScheduleKind::kOnce; });
    pass(5h + 30min, 5h + 30min);
    EXPECT_EQ(runs_of(last), 1u);
    EXPECT_EQ(skips_of(last), "4 missed(coalesced)");
    EXPECT_EQ(runs_of(all), 5u);
    EXPECT_EQ(runs_of(none), 0u);
    EXPECT_EQ(skips_of(none), "5 missed(skipped)");
    EXPECT_EQ(runs_of(once), 1u);
}

TEST_F(SchedulerTest, ExcludedOccurrencesNeitherRunNorStandForMissedOnes) {
    Calendar calendar;
    calendar.owner = owner_;
    calendar.name = "sunday";
    calendar.content = "2026-03-29";
    ASSERT_OK(stores_.calendars.put(calendar, actor_));
    const Task task = add("0 */6 * * *", [](Task& t) { t.calendars = {"sunday"}; });
    // Slots of the 28th: 12, 18; of the 29th: 0, 6, 12, 18; of the 30th: 0, 6 (local).
    pass(48h, 1h);
    EXPECT_EQ(runs_of(task), 4u);
    EXPECT_EQ(skips_of(task),
              "1 excluded(sunday), 1 excluded(sunday), 1 excluded(sunday), 1 excluded(sunday)");
    ASSERT_OK(stores_.tasks.update({[&] {
                                        Task changed = now_of(task);
                                        changed.calendars = {"monday"};
                                        return changed;
                                    }(),
                                    false,
                                    {}},
                                   std::nullopt, actor_));
    pass(6h, 1h);
    // A calendar that is gone must not let things run.
    EXPECT_EQ(now_of(task).status, TaskStatus::kPaused);
}

TEST_F(SchedulerTest, ARunThatNobodyStartsExpires) {
    const Task task = add("0 12 * * *", [](Task& t) { t.start_deadline_seconds = 600; });
    pass(5h, 1min);
    const auto runs = stores_.runs.list({.task_id = task.id});
    ASSERT_EQ(runs->total, 1);
    EXPECT_EQ(runs->items[0].state, RunState::kExpired);
    EXPECT_LE(*runs->items[0].finished_at - *runs->items[0].nominal_at, 11min);
}

TEST_F(SchedulerTest, AnEditedScheduleIsNotTakenFromTheCache) {
    const Task task = add("0 * * * *");
    pass(2h, 1h);
    Task changed = now_of(task);
    changed.schedule_expr = "30 * * * *";
    changed.next_run_at = clock_.wall_now() + 30min;
    ASSERT_OK(stores_.tasks.update({changed, true, {}}, std::nullopt, actor_));
    pass(1h, 30min);
    EXPECT_EQ(now_of(task).next_run_at, clock_.wall_now() + 30min);
    EXPECT_EQ(runs_of(task), 3u);
}

TEST_F(SchedulerTest, ANewReleaseOfTheZoneDataMovesWhatLiesAhead) {
    const Task task = add("0 12 * * *");
    EXPECT_FALSE(*scheduler_.follow_zone_data("2026a"));
    Task wrong = now_of(task);  // As an older release had it.
    wrong.next_run_at = *task.next_run_at + 1h;
    ASSERT_OK(stores_.tasks.update({wrong, true, {}}, std::nullopt, actor_));
    EXPECT_FALSE(*scheduler_.follow_zone_data("2026a"));
    EXPECT_EQ(now_of(task).next_run_at, wrong.next_run_at);
    EXPECT_TRUE(*scheduler_.follow_zone_data("2026b"));
    EXPECT_EQ(now_of(task).next_run_at, task.next_run_at);
    EXPECT_FALSE(*scheduler_.follow_zone_data("2026b"));
}

TEST(ScheduleCache, KeepsTheLastUsedOfEachGeneration) {
    ScheduleCache cache(2, 1s);
    const auto task = [](const std::string& id, int64_t generation) {
        Task made;
        made.id = id;
        made.generation = generation;
        made.schedule_kind = ScheduleKind::kCron;
        made.schedule_expr = "0 0 * * *";
        return made;
    };
    const auto first = *cache.get(task("a", 1));
    EXPECT_EQ(*cache.get(task("a", 1)), first);
    EXPECT_NE(*cache.get(task("a", 2)), first);
    const auto kept = *cache.get(task("a", 2));
    const auto b = *cache.get(task("b", 1));
    EXPECT_EQ(*cache.get(task("a", 2)), kept);
    EXPECT_OK(cache.get(task("c", 1)));  // b goes.
    EXPECT_EQ(*cache.get(task("a", 2)), kept);
    EXPECT_NE(*cache.get(task("b", 1)), b);
}

}  // namespace
}  // namespace ordinaut::scheduler
