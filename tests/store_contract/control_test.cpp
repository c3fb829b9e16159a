// What people do to runs: run now, cancel, retry, replay; who may.
#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::IsEmpty;

class ControlContract : public Contract {
protected:
    Run cancel(const Id& run_id) {
        auto run = stores_.queue.cancel(run_id, "enough", owner_, actor_);
        EXPECT_OK(run);
        return *run;
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, ControlContract, all_backends(), backend_name);

TEST_P(ControlContract, ACanceledTaskTakesNoRuns) {
    const Task task = add_task();
    ASSERT_OK(stores_.tasks.cancel(task.id, "", owner_, actor_));
    EnqueueRun request;
    request.task_id = task.id;
    const auto refused = stores_.queue.enqueue(request, owner_, actor_);
    ASSERT_EQ(code_of(refused), ErrorCode::kConflict);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("is canceled"));
    request.task_id = new_id();
    EXPECT_EQ(code_of(stores_.queue.enqueue(request, owner_, actor_)), ErrorCode::kNotFound);
    request.task_id = "no id at all";
    EXPECT_EQ(code_of(stores_.queue.enqueue(request, owner_, actor_)), ErrorCode::kNotFound);
}

TEST_P(ControlContract, AQueuedRunIsCanceledAtOnce) {
    const Run run = add_run(add_task());
    const Run after = cancel(run.id);
    EXPECT_EQ(after.state, RunState::kCanceled);
    EXPECT_TRUE(after.finished_at.has_value());
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_EQ(path_of(run.id), "ready canceled");
    const auto again = stores_.queue.cancel(run.id, "", owner_, actor_);
    ASSERT_EQ(code_of(again), ErrorCode::kConflict);
    EXPECT_THAT(again.error().message, ::testing::HasSubstr("canceled"));
}

TEST_P(ControlContract, ARunningRunIsAskedToStop) {
    const Run run = add_run(add_task());
    const Lease lease = claim_one();
    EXPECT_EQ(cancel(run.id).state, RunState::kRunning);
    const auto renewed = stores_.queue.renew({{lease.run_id, lease.lease_token}}, 30s);
    ASSERT_OK(renewed);
    EXPECT_EQ(renewed->at(0), RenewOutcome::kCancelRequested);
    // Its worker wanted to try again: that would only be stopped again.
    EXPECT_EQ(finish(lease, RunState::kRetryWait, true, 1s), CompleteOutcome::kRecorded);
    EXPECT_EQ(run_of(run.id).state, RunState::kCanceled);
}

TEST_P(ControlContract, ACanceledRunWhoseWorkerDiedIsPutAway) {
    const Run run = add_run(add_task());
    claim_one();
    cancel(run.id);
    backend_->advance(31s);
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_EQ(run_of(run.id).state, RunState::kCanceled);
}

TEST_P(ControlContract, RetryRevivesTheSameRun) {
    const Run run = add_run(add_task());
    const Lease lease = claim_one();
    EXPECT_EQ(code_of(stores_.queue.retry(run.id, owner_, actor_)), ErrorCode::kConflict);
    Completion failed;
    failed.lease = {lease.run_id, lease.lease_token};
    failed.next = RunState::kFailed;
    failed.count_failure = true;
    Step step;
    step.id = "kept";
    step.state = StepState::kSucceeded;
    failed.steps = {step};
    ASSERT_OK(stores_.queue.complete({failed}, "worker-a"));

    const auto revived = stores_.queue.retry(run.id, owner_, actor_);
    ASSERT_OK(revived);
    EXPECT_EQ(revived->id, run.id);
    EXPECT_EQ(revived->state, RunState::kReady);
    EXPECT_EQ(revived->failures, 0);
    EXPECT_EQ(revived->created_at, run.created_at);
    const Lease again = claim_one();
    EXPECT_EQ(again.run.attempt, 2);
    ASSERT_EQ(again.steps.size(), 1u);
    EXPECT_EQ(again.steps[0].id, "kept");
    EXPECT_EQ(finish(again), CompleteOutcome::kRecorded);
    EXPECT_EQ(code_of(stores_.queue.retry(run.id, owner_, actor_)), ErrorCode::kConflict);
    EXPECT_EQ(path_of(run.id), "ready running failed ready running succeeded");
}

TEST_P(ControlContract, RetryNeedsAnOpenTask) {
    Task canceled = some_task(), removed = some_task();
    canceled.next_run_at = removed.next_run_at = now() + 1h;
    add_task(canceled);
    add_task(removed);
    const Id first = cancel(add_run(canceled).id).id;
    const Id second = cancel(add_run(removed).id).id;
    ASSERT_OK(stores_.tasks.cancel(canceled.id, "", owner_, actor_));
    ASSERT_OK(stores_.tasks.remove(removed.id, false, owner_, actor_));
    EXPECT_EQ(code_of(stores_.queue.retry(first, owner_, actor_)), ErrorCode::kConflict);
    EXPECT_EQ(code_of(stores_.queue.retry(second, owner_, actor_)), ErrorCode::kConflict);
    EXPECT_EQ(code_of(stores_.queue.replay(second, owner_, actor_)), ErrorCode::kConflict);
    EXPECT_OK(stores_.runs.get(second, owner_));  // Finished runs stay.
}

TEST_P(ControlContract, ReplayIsANewRunLinkedToTheOldOne) {
    EnqueueRun request;
    request.task_id = add_task().id;
    request.source = RunSource::kEvent;
    request.event_json = R"({"topic":"a.b"})";
    const auto run = stores_.queue.enqueue(request, owner_, actor_);
    ASSERT_OK(run);
    EXPECT_EQ(code_of(stores_.queue.replay(run->id, owner_, actor_)), ErrorCode::kConflict);
    EXPECT_EQ(finish(claim_one()), CompleteOutcome::kRecorded);
    const auto replayed = stores_.queue.replay(run->id, owner_, actor_);
    ASSERT_OK(replayed);
    EXPECT_NE(replayed->id, run->id);
    EXPECT_EQ(replayed->parent_id, run->id);
    EXPECT_EQ(replayed->source, RunSource::kReplay);
    EXPECT_EQ(replayed->event_json, request.event_json);
    EXPECT_EQ(claim_one().run_id, replayed->id);
}

TEST_P(ControlContract, AStrangersRunDoesNotExist) {
    const Run run = add_run(add_task());
    EXPECT_EQ(code_of(stores_.runs.get(run.id, stranger_)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.runs.get(run.id, OwnerFilter(""))), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.runs.events(run.id, stranger_)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.queue.cancel(run.id, "", stranger_, actor_)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.queue.retry(run.id, stranger_, actor_)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.queue.replay(run.id, stranger_, actor_)), ErrorCode::kNotFound);
    EXPECT_EQ(stores_.queue.stats(stranger_)->ready, 0);
    EXPECT_EQ(stores_.queue.stats(owner_)->ready, 1);
    EXPECT_EQ(run_of(run.id).state, RunState::kReady);
}

TEST_P(ControlContract, WorkersAreSeenForADay) {
    WorkerInfo worker;
    worker.name = "worker-a";
    worker.host = "host";
    worker.pid = 7;
    worker.roles = {"runner", "scheduler, too"};
    worker.version = "1";
    worker.started_at = now();
    ASSERT_OK(stores_.queue.heartbeat(worker));
    worker.running = 3;
    worker.completed = 10'000'000'000;
    ASSERT_OK(stores_.queue.heartbeat(worker));
    auto seen = stores_.queue.workers();
    ASSERT_OK(seen);
    ASSERT_EQ(seen->size(), 1u);
    EXPECT_EQ(seen->front().roles, worker.roles);
    EXPECT_EQ(seen->front().running, 3);
    EXPECT_EQ(seen->front().completed, worker.completed);
    backend_->advance(25h);
    EXPECT_THAT(*stores_.queue.workers(), IsEmpty());
    ASSERT_OK(stores_.queue.heartbeat(worker));
    ASSERT_OK(stores_.queue.forget_worker("worker-a"));
    EXPECT_THAT(*stores_.queue.workers(), IsEmpty());
}

}  // namespace
}  // namespace ordinaut::store
