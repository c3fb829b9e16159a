// Firing: each occurrence exactly once, whoever competes.
#include <thread>

#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::IsEmpty;

class ScheduleContract : public Contract {
protected:
    Task add_due_task(const std::string& title = "due") {
        Task task = some_task(title);
        task.next_run_at = now();
        return add_task(task);
    }
    // Fires the current slot and comes again in an hour.
    static Result<FirePlan> hourly(const DueTask& due, WallTime) {
        FirePlan plan;
        plan.fires.push_back({*due.task.next_run_at, *due.task.next_run_at});
        plan.next_run_at = *due.task.next_run_at + 1h;
        return plan;
    }
    int fire(const ScheduleStore::Planner& plan) {
        const auto fired = stores_.schedules.fire_due(100, plan);
        EXPECT_OK(fired);
        return *fired;
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, ScheduleContract, all_backends(), backend_name);

TEST_P(ScheduleContract, ADueTaskFiresAndAdvances) {
    const Task task = add_due_task();
    EXPECT_LE(**stores_.schedules.until_next(), 0s);
    EXPECT_EQ(fire(hourly), 1);
    EXPECT_EQ(fire(hourly), 0);
    EXPECT_GT(**stores_.schedules.until_next(), 50min);
    const auto after = stores_.tasks.get(task.id, owner_);
    EXPECT_EQ(after->next_run_at, *task.next_run_at + 1h);
    EXPECT_EQ(after->version, 1);  // Time passing is no change of the task.
    const Lease lease = claim_one();
    EXPECT_EQ(lease.run_id, occurrence_run_id(task.id, 1, *task.next_run_at));
    EXPECT_EQ(lease.run.nominal_at, task.next_run_at);
    EXPECT_EQ(lease.run.source, RunSource::kSchedule);
}

TEST_P(ScheduleContract, AnOccurrenceIsNeverQueuedTwice) {
    const Task task = add_due_task();
    const WallTime nominal = *task.next_run_at;
    const auto same_slot = [&](const DueTask& due, WallTime now) -> Result<FirePlan> {
        FirePlan plan;
        plan.fires = {{nominal, now}, {nominal, now}};
        plan.next_run_at = *due.task.next_run_at;  // Stays due.
        return plan;
    };
    EXPECT_EQ(fire(same_slot), 1);
    EXPECT_EQ(fire(same_slot), 1);
    EXPECT_EQ(finish(claim_one()), CompleteOutcome::kRecorded);
    EXPECT_EQ(fire(same_slot), 1);  // Not even after it finished.
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_EQ(stores_.runs.list({})->total, 1);
}

TEST_P(ScheduleContract, CompetingSchedulersFireEachTaskOnce) {
    for (int i = 0; i < 200; ++i) add_due_task();
    std::atomic<int> handled = 0;
    const auto work = [&](Stores stores) {
        while (handled < 200) {
            const auto fired = stores.schedules.fire_due(7, hourly);
            ASSERT_OK(fired);
            handled += *fired;
        }
    };
    std::thread first([&] { work(backend_->stores()); });
    std::thread second([&] { work(backend_->other_process()); });
    first.join();
    second.join();
    EXPECT_EQ(handled, 200);
    EXPECT_EQ(stores_.runs.list({})->total, 200);
    EXPECT_EQ(claim(300).size(), 200u);
}

TEST_P(ScheduleContract, ThePlannerSeesLiveRunsOfAnySource) {
    const Task task = add_due_task();
    add_run(task);
    add_run(task);
    finish(claim().front());
    fire([](const DueTask& due, WallTime now) -> Result<FirePlan> {
        EXPECT_EQ(due.live_runs, 1);
        EXPECT_LE(*due.task.next_run_at, now);
        return hourly(due, now);
    });
}

TEST_P(ScheduleContract, SkippedOccurrencesAreRecordedAsRanges) {
    const Task task = add_due_task();
    const WallTime nominal = *task.next_run_at;
    fire([&](const DueTask&, WallTime) -> Result<FirePlan> {
        FirePlan plan;
        plan.skips = {{nominal - 2h, nominal - 1h, 60, "missed(window)"},
                      {nominal, nominal, 1, "overlap"}};
        plan.next_run_at = nominal + 1h;
        return plan;
    });
    EXPECT_THAT(claim(), IsEmpty());
    const auto skips = stores_.schedules.skipped(task.id, owner_, {});
    ASSERT_OK(skips);
    ASSERT_EQ(skips->size(), 2u);
    EXPECT_EQ((*skips)[0].reason, "overlap");  // Newest first.
    EXPECT_EQ((*skips)[1].count, 60);
    EXPECT_EQ((*skips)[1].first, nominal - 2h);
    EXPECT_THAT(*stores_.schedules.skipped(task.id, stranger_, {}), IsEmpty());
}

TEST_P(ScheduleContract, AnExhaustedScheduleCompletesTheTask) {
    const auto last = [](const DueTask& due, WallTime now) -> Result<FirePlan> {
        FirePlan plan;
        plan.fires.push_back({*due.task.next_run_at, now});
        return plan;
    };
    const auto nothing = [](const DueTask&, WallTime) -> Result<FirePlan> { return FirePlan{}; };
    const Task ran = add_due_task();
    fire(last);
    const Task idle = add_due_task();
    fire(nothing);
    EXPECT_EQ(stores_.tasks.get(idle.id, owner_)->status, TaskStatus::kCompleted);
    EXPECT_EQ(stores_.tasks.get(ran.id, owner_)->status, TaskStatus::kActive);
    finish(claim_one());
    EXPECT_EQ(stores_.tasks.get(ran.id, owner_)->status, TaskStatus::kCompleted);
}

TEST_P(ScheduleContract, ATaskThatCannotBePlannedIsPausedAndOthersFire) {
    const Task broken = add_due_task("broken");
    const Task good = add_due_task("good");
    EXPECT_EQ(fire([](const DueTask& due, WallTime now) -> Result<FirePlan> {
                  if (due.task.title == "broken") return internal("zone vanished");
                  return hourly(due, now);
              }),
              2);
    EXPECT_EQ(stores_.tasks.get(broken.id, owner_)->status, TaskStatus::kPaused);
    EXPECT_EQ(stores_.tasks.get(broken.id, owner_)->next_run_at, std::nullopt);
    EXPECT_EQ(claim_one().task.id, good.id);
}

TEST_P(ScheduleContract, OnlyActiveTasksFireOldestFirst) {
    const Task second = add_due_task("second");
    Task first = some_task("first");
    first.next_run_at = now() - 1h;
    add_task(first);
    const Task paused = add_due_task("paused");
    ASSERT_OK(stores_.tasks.pause(paused.id, owner_, actor_));
    std::vector<std::string> order;
    const auto note = [&](const DueTask& due, WallTime now) -> Result<FirePlan> {
        order.push_back(due.task.title);
        return hourly(due, now);
    };
    ASSERT_OK(stores_.schedules.fire_due(1, note));
    ASSERT_OK(stores_.schedules.fire_due(1, note));
    EXPECT_EQ(order.front(), "first");
    EXPECT_EQ(order.size(), 2u);
}

TEST_P(ScheduleContract, AJitteredFireIsScheduled) {
    add_due_task();
    fire([](const DueTask& due, WallTime now) -> Result<FirePlan> {
        FirePlan plan;
        plan.fires.push_back({*due.task.next_run_at, now + 30s});
        plan.next_run_at = *due.task.next_run_at + 1h;
        return plan;
    });
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_EQ(stores_.queue.stats(std::nullopt)->scheduled, 1);
    backend_->advance(31s);
    claim_one();
}

}  // namespace
}  // namespace ordinaut::store
