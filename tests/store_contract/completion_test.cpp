// How attempts end: recorded once, retried, released; what becomes of the task.
#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CompletionContract : public Contract {};
INSTANTIATE_TEST_SUITE_P(Stores, CompletionContract, all_backends_and_pooled(), backend_name);

TEST_P(CompletionContract, ASuccessIsRecordedWithItsStepsVerbatim) {
    const Run run = add_run(add_task());
    const Lease lease = claim_one();
    Completion completion;
    completion.lease = {lease.run_id, lease.lease_token};
    completion.output_json = R"({"z":1,"a":[2.50,"\"\\{},NULL"]})";
    Step step;
    step.id = "hello";
    step.index = 0;
    step.tool = "std.echo";
    step.save_as = "greeting";
    step.state = StepState::kSucceeded;
    step.attempt = 1;
    step.input_json = R"("in, \"{}\"")";
    step.output_json = "1.0";
    step.started_at = now();
    completion.steps = {step};
    const auto outcomes = stores_.queue.complete({completion}, "worker-a");
    ASSERT_OK(outcomes);
    EXPECT_THAT(*outcomes, ElementsAre(CompleteOutcome::kRecorded));

    const auto detail = stores_.runs.get(run.id, owner_);
    ASSERT_OK(detail);
    EXPECT_EQ(detail->run.state, RunState::kSucceeded);
    EXPECT_EQ(detail->run.output_json, completion.output_json);
    EXPECT_EQ(detail->run.error_json, "");
    EXPECT_EQ(detail->run.worker, "worker-a");
    EXPECT_EQ(detail->run.trace_id, "trace-1");
    EXPECT_TRUE(detail->run.finished_at.has_value());
    ASSERT_EQ(detail->steps.size(), 1u);
    EXPECT_EQ(detail->steps[0].input_json, step.input_json);
    EXPECT_EQ(detail->steps[0].output_json, "1.0");
    EXPECT_EQ(detail->steps[0].started_at, step.started_at);
    EXPECT_EQ(detail->steps[0].finished_at, std::nullopt);
    EXPECT_EQ(path_of(run.id), "ready running succeeded");
    EXPECT_THAT(claim(), IsEmpty());
}

TEST_P(CompletionContract, AFailedAttemptWaitsAndRunsAgain) {
    const Run run = add_run(add_task());
    const Lease first = claim_one();
    Step step;
    step.id = "a";
    step.state = StepState::kSucceeded;
    step.output_json = "1";
    ASSERT_OK(stores_.queue.record_steps({{{first.run_id, first.lease_token}, step}}));
    Completion retry;
    retry.lease = {first.run_id, first.lease_token};
    retry.next = RunState::kRetryWait;
    retry.retry_in = 60s;
    retry.count_failure = true;
    retry.error_json = R"({"error":"tool","message":"no"})";
    retry.reason = "no";
    ASSERT_OK(stores_.queue.complete({retry}, "worker-a"));

    const Run waiting = run_of(run.id);
    EXPECT_EQ(waiting.state, RunState::kRetryWait);
    EXPECT_EQ(waiting.failures, 1);
    EXPECT_EQ(waiting.error_json, retry.error_json);
    EXPECT_EQ(waiting.worker, "");
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_EQ(stores_.queue.stats(owner_)->retry_wait, 1);

    backend_->advance(61s);
    const Lease second = claim_one();
    EXPECT_EQ(second.run.attempt, 2);
    EXPECT_EQ(second.run.failures, 1);
    ASSERT_EQ(second.steps.size(), 1u);
    EXPECT_EQ(second.steps[0].output_json, "1");
    EXPECT_EQ(finish(second, RunState::kFailed, true), CompleteOutcome::kRecorded);
    const Run failed = run_of(run.id);
    EXPECT_EQ(failed.failures, 2);
    EXPECT_EQ(failed.error_json, retry.error_json);  // The last known one.
    EXPECT_EQ(path_of(run.id), "ready running retry_wait ready running failed");
}

TEST_P(CompletionContract, AReleasedRunKeepsItsPlaceAndItsAttempt) {
    const Task task = add_task();
    const Run first = add_run(task);
    const Lease lease = claim_one();
    const Run later = add_run(task);
    EXPECT_EQ(finish(lease, RunState::kReady), CompleteOutcome::kRecorded);
    EXPECT_EQ(run_of(first.id).attempt, 0);
    EXPECT_EQ(run_of(first.id).started_at, std::nullopt);
    EXPECT_EQ(run_of(first.id).state, RunState::kReady);
    const auto leases = claim(1);
    EXPECT_EQ(leases.at(0).run_id, first.id);
    EXPECT_EQ(leases.at(0).run.attempt, 1);
    EXPECT_NE(later.id, first.id);
    EXPECT_EQ(path_of(first.id), "ready running ready running");
}

TEST_P(CompletionContract, ABatchTellsEachOutcome) {
    const Task task = add_task();
    for (int i = 0; i < 3; ++i) add_run(task);
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 3u);
    std::vector<Completion> batch(4);
    for (size_t i = 0; i < 3; ++i) batch[i].lease = {leases[i].run_id, leases[i].lease_token};
    batch[1].lease.lease_token = new_id();
    batch[2].next = RunState::kTimedOut;
    batch[3].lease = {new_id(), new_id()};
    const auto outcomes = stores_.queue.complete(batch, "worker-a");
    ASSERT_OK(outcomes);
    using enum CompleteOutcome;
    EXPECT_THAT(*outcomes, ElementsAre(kRecorded, kLost, kRecorded, kLost));
    EXPECT_EQ(run_of(leases[2].run_id).state, RunState::kTimedOut);
    EXPECT_EQ(stores_.queue.stats(std::nullopt)->running, 1);
}

TEST_P(CompletionContract, AnExhaustedTaskCompletesWithItsLastRun) {
    Task task = some_task();
    task.schedule_kind = ScheduleKind::kOnce;
    add_task(task);
    add_run(task);
    add_run(task);
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 2u);
    EXPECT_EQ(finish(leases[0]), CompleteOutcome::kRecorded);
    EXPECT_EQ(stores_.tasks.get(task.id, owner_)->status, TaskStatus::kActive);
    EXPECT_EQ(finish(leases[1], RunState::kFailed), CompleteOutcome::kRecorded);
    const auto after = stores_.tasks.get(task.id, owner_);
    EXPECT_EQ(after->status, TaskStatus::kCompleted);
    ASSERT_TRUE(after->last_run.has_value());
    EXPECT_EQ(code_of(stores_.tasks.cancel(task.id, "", owner_, actor_)), ErrorCode::kConflict);
}

TEST_P(CompletionContract, ATaskWithAScheduleAheadStaysActive) {
    Task task = some_task();
    task.next_run_at = now() + 1h;
    add_task(task);
    Task event = some_task("event");
    event.schedule_kind = ScheduleKind::kEvent;
    add_task(event);
    add_run(task);
    add_run(event);
    for (const Lease& lease : claim()) EXPECT_EQ(finish(lease), CompleteOutcome::kRecorded);
    EXPECT_EQ(stores_.tasks.get(task.id, owner_)->status, TaskStatus::kActive);
    EXPECT_EQ(stores_.tasks.get(event.id, owner_)->status, TaskStatus::kActive);
}

TEST_P(CompletionContract, StepsAreReplacedByIdAndTheLastOfABatchCounts) {
    add_run(add_task());
    const Lease lease = claim_one();
    const LeaseRef ref{lease.run_id, lease.lease_token};
    Step running, done;
    running.id = done.id = "a";
    running.state = StepState::kRunning;
    done.state = StepState::kSucceeded;
    ASSERT_OK(stores_.queue.record_steps({{ref, running}}));
    ASSERT_OK(stores_.queue.record_steps({{ref, running}, {ref, done}}));
    const auto steps = stores_.runs.get(lease.run_id, owner_)->steps;
    ASSERT_EQ(steps.size(), 1u);
    EXPECT_EQ(steps[0].state, StepState::kSucceeded);
}

TEST_P(CompletionContract, LogLinesComeBackInOrderAndByPosition) {
    const Run run = add_run(add_task());
    std::vector<RunLogLine> lines(3);
    for (size_t i = 0; i < lines.size(); ++i) {
        lines[i].run_id = run.id;
        lines[i].at = now();
        lines[i].level = "info";
        lines[i].message = "line " + std::to_string(i);
    }
    lines[1].fields_json = R"({"k":1})";
    lines[2].step_id = "s";
    ASSERT_OK(stores_.queue.append_logs(lines));
    const auto all = stores_.runs.logs(run.id, owner_, 0, 10);
    ASSERT_OK(all);
    ASSERT_EQ(all->size(), 3u);
    EXPECT_EQ((*all)[1].fields_json, R"({"k":1})");
    EXPECT_EQ((*all)[2].step_id, "s");
    const auto rest = stores_.runs.logs(run.id, owner_, 1, 1);
    ASSERT_EQ(rest->size(), 1u);
    EXPECT_EQ(rest->front().message, "line 1");
    EXPECT_EQ(code_of(stores_.runs.logs(run.id, stranger_, 0, 10)), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace ordinaut::store
