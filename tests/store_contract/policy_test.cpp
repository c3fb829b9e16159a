// What policies do to runs: buffered ones wait their turn, late ones expire, failures in a row
// pause.
#include <thread>

#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::IsEmpty;

class PolicyContract : public Contract {
protected:
    Task add_due_task(Overlap overlap) {
        Task task = some_task();
        task.overlap = overlap;
        task.next_run_at = now() - 10s;
        return add_task(task);
    }
    // Fires the due slot as told; the next one is due at once.
    Id fire(const Task& task, bool buffered, bool cancel_others = false) {
        Id run_id;
        const auto fired =
            stores_.schedules.fire_due(10, [&](const DueTask& due, WallTime) -> Result<FirePlan> {
                seen_ = due;
                const WallTime nominal = *due.task.next_run_at;
                run_id = occurrence_run_id(task.id, due.task.generation, nominal);
                FirePlan plan;
                plan.fires.push_back({nominal, nominal, buffered});
                plan.cancel_others = cancel_others;
                plan.next_run_at = nominal + std::chrono::microseconds(1);
                return plan;
            });
        EXPECT_OK(fired);
        EXPECT_EQ(*fired, 1);
        return run_id;
    }
    std::string last_reason(const Id& run_id) {
        return stores_.runs.events(run_id, std::nullopt)->back().reason;
    }

    DueTask seen_;
};
INSTANTIATE_TEST_SUITE_P(Stores, PolicyContract, all_backends_and_pooled(), backend_name);

TEST_P(PolicyContract, BufferedRunsGoOneByOneOldestFirst) {
    const Task task = add_due_task(Overlap::kBufferAll);
    const Id first = fire(task, false);
    const Lease running = claim_one();
    const Id second = fire(task, true);
    const Id third = fire(task, true);
    EXPECT_EQ(seen_.live_runs, 2);
    EXPECT_EQ(seen_.running_runs, 1);
    EXPECT_EQ(seen_.buffered_runs, 1);
    EXPECT_EQ(run_of(second).state, RunState::kScheduled);
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_EQ(finish(running), CompleteOutcome::kRecorded);
    const Lease next = claim_one();
    EXPECT_EQ(next.run_id, second);
    EXPECT_THAT(claim(), IsEmpty());
    finish(next, RunState::kRetryWait, true, 0ms);  // Still live: the third goes on waiting.
    const Lease again = claim_one();
    EXPECT_EQ(again.run_id, second);
    finish(again, RunState::kFailed);
    EXPECT_EQ(claim_one().run_id, third);
    EXPECT_EQ(path_of(first), "ready running succeeded");
    EXPECT_EQ(path_of(third), "scheduled ready running");
}

TEST_P(PolicyContract, ABufferedRunWaitsForAManualOneToo) {
    const Task task = add_due_task(Overlap::kBufferOne);
    add_run(task);
    const Lease manual = claim_one();
    const Id buffered = fire(task, true);
    EXPECT_EQ(seen_.running_runs, 1);
    ASSERT_OK(stores_.queue.cancel(manual.run_id, "enough", owner_, actor_));
    EXPECT_THAT(claim(), IsEmpty());
    finish(manual, RunState::kCanceled);
    EXPECT_EQ(claim_one().run_id, buffered);
}

TEST_P(PolicyContract, OthersMakeWay) {
    const Task task = add_due_task(Overlap::kCancelOther);
    const Id oldest = fire(task, false);
    const Lease running = claim_one();
    const Id queued = fire(task, true, true);
    const Id newest = fire(task, true, true);
    EXPECT_EQ(seen_.running_runs, 1);
    EXPECT_EQ(seen_.buffered_runs, 1);
    EXPECT_EQ(run_of(queued).state, RunState::kCanceled);
    EXPECT_EQ(last_reason(queued), kOverlapReason);
    EXPECT_EQ(run_of(newest).state, RunState::kScheduled);
    EXPECT_THAT(claim(), IsEmpty());
    const auto renewed = stores_.queue.renew({{running.run_id, running.lease_token}}, 30s);
    EXPECT_EQ(renewed->at(0), RenewOutcome::kCancelRequested);
    finish(running, RunState::kCanceled);
    EXPECT_EQ(last_reason(oldest), kOverlapReason);
    EXPECT_EQ(claim_one().run_id, newest);
}

TEST_P(PolicyContract, TheReasonOfACancelReachesTheHistoryOfARunningRun) {
    const Task task = add_task();
    add_run(task);
    const Lease lease = claim_one();
    ASSERT_OK(stores_.queue.cancel(lease.run_id, "wrong recipients", owner_, actor_));
    finish(lease, RunState::kCanceled);
    EXPECT_EQ(last_reason(lease.run_id), "wrong recipients");
    add_run(task);
    const Lease retried = claim_one();
    ASSERT_OK(stores_.queue.cancel(retried.run_id, "no more tries", owner_, actor_));
    finish(retried, RunState::kRetryWait, true, 1s);
    EXPECT_EQ(run_of(retried.run_id).state, RunState::kCanceled);
    EXPECT_EQ(last_reason(retried.run_id), "no more tries");
}

TEST_P(PolicyContract, ARunThatIsNotStartedInTimeExpires) {
    Task task = some_task();
    task.next_run_at = now();
    task.start_deadline_seconds = 60;
    add_task(task);
    const Id swept = fire(task, false);
    add_run(task);  // Started by hand: it waits as long as it takes.
    EXPECT_EQ(*stores_.schedules.expire_unstarted(10), 0);
    backend_->advance(61s);
    EXPECT_EQ(*stores_.schedules.expire_unstarted(10), 1);
    EXPECT_EQ(run_of(swept).state, RunState::kExpired);
    const Id claimed = fire(task, false);
    backend_->advance(61s);
    // A claim never starts what is too late.
    EXPECT_EQ(claim_one().run.source, RunSource::kManual);
    EXPECT_EQ(run_of(claimed).state, RunState::kExpired);
    EXPECT_EQ(path_of(claimed), "ready expired");
    EXPECT_THAT(run_of(claimed).error_json, ::testing::HasSubstr("expired"));
}

TEST_P(PolicyContract, AStartedRunDoesNotExpire) {
    Task task = some_task();
    task.next_run_at = now();
    task.start_deadline_seconds = 60;
    add_task(task);
    fire(task, false);
    const Lease lease = claim_one();
    backend_->advance(20s);
    finish(lease, RunState::kRetryWait, true, 100s);
    backend_->advance(101s);
    EXPECT_EQ(*stores_.schedules.expire_unstarted(10), 0);
    EXPECT_EQ(claim_one().run_id, lease.run_id);
}

TEST_P(PolicyContract, FailuresInARowPauseTheTask) {
    Task task = some_task();
    task.next_run_at = now() + 1h;
    task.pause_after_failures = 2;
    add_task(task);
    const auto end_one = [&](RunState state) {
        add_run(task);
        finish(claim_one(), state);
        return stores_.tasks.get(task.id, owner_)->status;
    };
    EXPECT_EQ(end_one(RunState::kFailed), TaskStatus::kActive);
    EXPECT_EQ(end_one(RunState::kSucceeded), TaskStatus::kActive);
    EXPECT_EQ(end_one(RunState::kFailed), TaskStatus::kActive);
    EXPECT_EQ(end_one(RunState::kCanceled), TaskStatus::kActive);  // Neither one nor the other.
    EXPECT_EQ(end_one(RunState::kTimedOut), TaskStatus::kPaused);
    const auto paused = stores_.tasks.get(task.id, owner_);
    EXPECT_EQ(paused->paused_cursor, task.next_run_at);
    EXPECT_EQ(paused->next_run_at, std::nullopt);
    ASSERT_OK(
        stores_.tasks.resume(task.id, {task.next_run_at, {}, paused->version}, owner_, actor_));
    EXPECT_EQ(end_one(RunState::kFailed), TaskStatus::kActive);  // Counted afresh.
    EXPECT_EQ(end_one(RunState::kFailed), TaskStatus::kPaused);
}

// Fires and completions compete for the same rows: no buffered run is forgotten, and no two run at
// once.
TEST_P(PolicyContract, NoBufferedRunIsLeftBehind) {
    constexpr int kRuns = 30;
    const Task task = add_due_task(Overlap::kBufferAll);
    std::atomic<int> fired = 0, ended = 0, running = 0, most = 0;
    const auto fire_all = [&](Stores stores) {
        while (fired < kRuns) {
            const auto done =
                stores.schedules.fire_due(1, [&](const DueTask& due, WallTime) -> Result<FirePlan> {
                    const WallTime nominal = *due.task.next_run_at;
                    FirePlan plan;
                    plan.fires.push_back({nominal, nominal, due.live_runs > 0});
                    plan.next_run_at = nominal + std::chrono::microseconds(1);
                    return plan;
                });
            ASSERT_OK(done);
            fired += *done;
        }
    };
    const auto work = [&](Stores stores, const std::string& worker) {
        while (ended < fired || fired < kRuns) {
            const auto leases = stores.queue.claim(worker, 5, 30s);
            ASSERT_OK(leases);
            running += static_cast<int>(leases->size());
            most = std::max<int>(most, running);
            for (const Lease& lease : *leases) {
                Completion completion;
                completion.lease = {lease.run_id, lease.lease_token};
                const bool again = lease.run.attempt == 1 && ended % 3 == 0;
                completion.next = again ? RunState::kRetryWait : RunState::kSucceeded;
                --running;
                ASSERT_OK(stores.queue.complete({completion}, worker));
                ended += again ? 0 : 1;
            }
        }
    };
    std::thread scheduler([&] { fire_all(backend_->other_process()); });
    std::thread first([&] { work(backend_->stores(), "worker-a"); });
    std::thread second([&] { work(backend_->other_process(), "worker-b"); });
    scheduler.join();
    first.join();
    second.join();
    EXPECT_EQ(most, 1);
    EXPECT_EQ(stores_.runs.list({.state = RunState::kSucceeded})->total, fired);
    EXPECT_EQ(stores_.runs.list({})->total, fired);
}

TEST_P(PolicyContract, TheScheduleBeginsAnewWithEachGeneration) {
    const Task task = add_task();
    EXPECT_EQ(task.schedule_since, task.created_at);
    Task changed = task;
    changed.title = "other";
    EXPECT_EQ(stores_.tasks.update({changed, false, {}}, owner_, actor_)->schedule_since,
              task.created_at);
    const auto updated = stores_.tasks.update({changed, true, {}}, owner_, actor_);
    EXPECT_EQ(updated->schedule_since, updated->updated_at);
}

}  // namespace
}  // namespace ordinaut::store
