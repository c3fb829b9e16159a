// Claims: who gets which run, when, and what happens to leases that end.
#include <thread>

#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ClaimContract : public Contract {
protected:
    std::vector<Id> claimed_ids(int limit = 100) {
        std::vector<Id> ids;
        for (const Lease& lease : claim(limit)) ids.push_back(lease.run_id);
        return ids;
    }
    Status renewed_as(const Lease& lease, RenewOutcome expected) {
        const auto outcomes = TRY(stores_.queue.renew({{lease.run_id, lease.lease_token}}, 30s));
        EXPECT_EQ(outcomes.at(0), expected);
        return ok();
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, ClaimContract, all_backends(), backend_name);

TEST_P(ClaimContract, ALeaseCarriesAllAWorkerNeeds) {
    Task task = some_task();
    task.payload_json = R"({"params": {"b": 1, "a": 2.50}, "pipeline": []})";
    add_task(task);
    const Run run = add_run(task);
    EXPECT_EQ(run.state, RunState::kReady);

    const Lease lease = claim_one();
    EXPECT_EQ(lease.run_id, run.id);
    EXPECT_TRUE(is_id(lease.lease_token));
    EXPECT_EQ(lease.task.payload_json, task.payload_json);  // Byte for byte.
    EXPECT_THAT(lease.owner_scopes, ElementsAre("tasks:read", "tools:invoke"));
    EXPECT_EQ(lease.run.state, RunState::kRunning);
    EXPECT_EQ(lease.run.attempt, 1);
    EXPECT_EQ(lease.run.worker, "worker-a");
    EXPECT_TRUE(lease.run.started_at.has_value());
    EXPECT_THAT(lease.steps, IsEmpty());
    EXPECT_THAT(claim(), IsEmpty());
}

TEST_P(ClaimContract, TheMostUrgentRunComesFirstAndWaitingMakesUrgent) {
    const Task task = add_task();
    const Id old_low = add_run(task, 1).id;
    backend_->advance(10min);  // Ages by ten levels: older than any urgent newcomer.
    const Id low = add_run(task, 2).id;
    const Id urgent = add_run(task, 9).id;
    const Id normal = add_run(task, 5).id;
    EXPECT_THAT(claimed_ids(1), ElementsAre(old_low));
    EXPECT_THAT(claimed_ids(), ElementsAre(urgent, normal, low));
}

TEST_P(ClaimContract, FutureRunsWaitForTheirTime) {
    const Task task = add_task();
    const Run run = add_run(task, 9, 30000ms);
    EXPECT_EQ(run.state, RunState::kScheduled);
    EXPECT_THAT(claim(), IsEmpty());
    const auto wait = stores_.queue.until_next();
    ASSERT_OK(wait);
    ASSERT_TRUE(wait->has_value());
    EXPECT_GT(**wait, 20s);
    EXPECT_LE(**wait, 30s);
    backend_->advance(31s);
    EXPECT_EQ(run_of(run.id).state, RunState::kReady);
    EXPECT_EQ(claim_one().run_id, run.id);
    EXPECT_EQ(path_of(run.id), "scheduled ready running");
}

TEST_P(ClaimContract, UntilNextFindsTheEarliestRunWhateverItsPriority) {
    const Task task = add_task();
    EXPECT_EQ(*stores_.queue.until_next(), std::nullopt);
    add_run(task, 9, 400000ms);
    add_run(task, 1, 60000ms);
    add_run(task, 9, 500000ms);
    EXPECT_LE(**stores_.queue.until_next(), 60s);
    EXPECT_GT(**stores_.queue.until_next(), 50s);
    add_run(task, 5);
    EXPECT_LE(**stores_.queue.until_next(), 0s);
}

TEST_P(ClaimContract, ARenewedLeaseLastsAndAnEndedOneIsReclaimed) {
    add_run(add_task());
    const Lease first = claim_one("worker-a");
    backend_->advance(20s);
    EXPECT_OK(renewed_as(first, RenewOutcome::kRenewed));
    backend_->advance(20s);
    EXPECT_THAT(claim(100, "worker-b"), IsEmpty());
    backend_->advance(11s);
    const Lease second = claim_one("worker-b");
    EXPECT_EQ(second.run_id, first.run_id);
    EXPECT_NE(second.lease_token, first.lease_token);
    EXPECT_EQ(second.run.lease_losses, 1);
    EXPECT_EQ(second.run.attempt, 2);
    EXPECT_OK(renewed_as(first, RenewOutcome::kLost));
    EXPECT_EQ(finish(first), CompleteOutcome::kLost);
    EXPECT_EQ(run_of(first.run_id).state, RunState::kRunning);
    EXPECT_EQ(finish(second), CompleteOutcome::kRecorded);
    EXPECT_EQ(finish(second), CompleteOutcome::kLost);
    EXPECT_EQ(path_of(first.run_id), "ready running ready running succeeded");
}

TEST_P(ClaimContract, ALostLeaseRecordsNoSteps) {
    add_run(add_task());
    const Lease first = claim_one();
    backend_->advance(31s);
    const Lease second = claim_one("worker-b");
    Step step;
    step.id = "stale";
    const LeaseRef lost{first.run_id, first.lease_token}, held{second.run_id, second.lease_token};
    const auto none = stores_.queue.record_steps({{lost, step}});
    ASSERT_OK(none);
    EXPECT_THAT(*none, ElementsAre(false));
    step.id = "fresh";
    const auto both = stores_.queue.record_steps({{held, step}, {lost, step}});
    ASSERT_OK(both);
    EXPECT_THAT(*both, ElementsAre(true, false));
    const auto detail = stores_.runs.get(first.run_id, std::nullopt);
    ASSERT_EQ(detail->steps.size(), 1u);
    EXPECT_EQ(detail->steps[0].id, "fresh");
}

TEST_P(ClaimContract, AReleasedRunKeepsItsStepsAndItsStart) {
    add_run(add_task());
    const Lease first = claim_one();
    Completion release;
    release.lease = {first.run_id, first.lease_token};
    release.next = RunState::kReady;
    ASSERT_OK(stores_.queue.complete({release}, "worker-a"));
    EXPECT_EQ(run_of(first.run_id).started_at, std::nullopt);  // It had not come to any step.

    backend_->advance(1s);
    const Lease second = claim_one();
    Step done, begun;
    done.id = "done";
    done.state = StepState::kSucceeded;
    done.output_json = "1";
    begun.id = "begun";
    begun.index = 1;
    begun.state = StepState::kUnknown;
    release.lease = {second.run_id, second.lease_token};
    release.steps = {done, begun};
    ASSERT_OK(stores_.queue.complete({release}, "worker-a"));
    EXPECT_EQ(run_of(first.run_id).attempt, 0);
    EXPECT_EQ(run_of(first.run_id).started_at, second.run.started_at);

    backend_->advance(1s);
    const Lease third = claim_one("worker-b");
    EXPECT_EQ(third.run.attempt, 1);
    EXPECT_EQ(third.run.started_at, second.run.started_at);
    ASSERT_EQ(third.steps.size(), 2u);
    EXPECT_EQ(third.steps[0].state, StepState::kSucceeded);
    EXPECT_EQ(third.steps[0].output_json, "1");
    EXPECT_EQ(third.steps[1].state, StepState::kUnknown);
}

TEST_P(ClaimContract, ARunThatLostALeaseIsClaimedAlone) {
    const Task task = add_task();
    for (int i = 0; i < 3; ++i) add_run(task);
    EXPECT_EQ(claim().size(), 3u);
    add_run(task);
    backend_->advance(31s);
    const Lease first = claim_one();
    EXPECT_EQ(first.run.lease_losses, 1);
    EXPECT_EQ(claim_one().run.lease_losses, 1);
    EXPECT_EQ(claim_one().run.lease_losses, 1);
    // Back in the queue it is still claimed alone, before the innocent newcomer.
    EXPECT_EQ(finish(first, RunState::kRetryWait, true), CompleteOutcome::kRecorded);
    EXPECT_EQ(claim_one().run_id, first.run_id);
    EXPECT_EQ(claim_one().run.lease_losses, 0);
}

TEST_P(ClaimContract, ARunThatKeepsLosingItsWorkersIsPoison) {
    const Run run = add_run(add_task());
    for (int i = 0; i < 3; ++i) {
        claim_one();
        backend_->advance(31s);
    }
    EXPECT_THAT(claim(), IsEmpty());
    const Run after = run_of(run.id);
    EXPECT_EQ(after.state, RunState::kFailed);
    EXPECT_EQ(after.lease_losses, 3);
    EXPECT_EQ(after.attempt, 3);
    EXPECT_THAT(after.error_json, ::testing::HasSubstr("\"poison\""));
    EXPECT_EQ(stores_.runs.events(run.id, std::nullopt)->back().reason, "poison");
}

TEST_P(ClaimContract, APausedQueueGivesNothingAndSaysSo) {
    add_run(add_task());
    ASSERT_OK(stores_.queue.set_paused(true, actor_));
    ASSERT_OK(stores_.queue.set_paused(true, actor_));
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_EQ(*stores_.queue.until_next(), std::nullopt);
    auto stats = backend_->other_process().queue.stats(std::nullopt);
    ASSERT_OK(stats);
    EXPECT_TRUE(stats->paused);
    EXPECT_EQ(stats->paused_by, owner_);
    EXPECT_EQ(stats->ready, 1);
    ASSERT_OK(stores_.queue.set_paused(false, actor_));
    EXPECT_EQ(claim().size(), 1u);
}

TEST_P(ClaimContract, TwoProcessesNeverShareARun) {
    const Task task = add_task();
    for (int i = 0; i < 200; ++i) add_run(task);
    std::mutex mutex;
    std::vector<Id> all;
    const auto drain = [&](Stores stores, const std::string& name) {
        for (;;) {
            const auto leases = stores.queue.claim(name, 7, 30s);
            ASSERT_OK(leases);
            std::lock_guard lock(mutex);
            if (leases->empty() && all.size() == 200) return;
            for (const Lease& lease : *leases) all.push_back(lease.run_id);
        }
    };
    std::thread first([&] { drain(backend_->stores(), "worker-a"); });
    std::thread second([&] { drain(backend_->other_process(), "worker-b"); });
    first.join();
    second.join();
    EXPECT_EQ(std::set<Id>(all.begin(), all.end()).size(), 200u);
    EXPECT_EQ(all.size(), 200u);
}

TEST_P(ClaimContract, AConcurrencyKeyLetsOnlyItsLimitRun) {
    Task task = some_task();
    task.concurrency_key = "printer";
    task.concurrency_limit = 2;
    add_task(task);
    for (int i = 0; i < 5; ++i) add_run(task);
    const Run free_run = add_run(add_task());
    auto held = claim();
    ASSERT_EQ(held.size(), 3u);  // Two of the key, and the full key does not hold up others.
    EXPECT_EQ(std::count_if(held.begin(), held.end(),
                            [&](const Lease& l) { return l.run_id == free_run.id; }),
              1);
    EXPECT_THAT(claim(), IsEmpty());

    std::vector<Lease> keyed;
    for (Lease& lease : held)
        if (lease.task.id == task.id) keyed.push_back(lease);
    EXPECT_EQ(finish(keyed[0]), CompleteOutcome::kRecorded);
    const Lease third = claim_one();
    EXPECT_EQ(finish(keyed[1], RunState::kRetryWait, true, 3600s),
              CompleteOutcome::kRecorded);  // Waiting holds no slot.
    const Lease fourth = claim_one();
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_EQ(finish(third), CompleteOutcome::kRecorded);
    EXPECT_EQ(finish(fourth), CompleteOutcome::kRecorded);
    EXPECT_EQ(finish(claim_one()), CompleteOutcome::kRecorded);
    EXPECT_THAT(claim(), IsEmpty());
}

TEST_P(ClaimContract, AReclaimedRunKeepsItsOneSlot) {
    Task task = some_task();
    task.concurrency_key = "printer";
    add_task(task);
    add_run(task);
    add_run(task);
    const Id first = claim_one().run_id;
    backend_->advance(31s);
    const Lease again = claim_one("worker-b");
    EXPECT_EQ(again.run_id, first);
    EXPECT_THAT(claim(), IsEmpty());
    EXPECT_EQ(finish(again), CompleteOutcome::kRecorded);
    EXPECT_NE(claim_one().run_id, first);
}

TEST_P(ClaimContract, AWokenRunThatIsCanceledPassesItsTurnOn) {
    Task task = some_task();
    task.concurrency_key = "printer";
    add_task(task);
    for (int i = 0; i < 3; ++i) add_run(task);
    const Lease holder = claim_one();
    EXPECT_EQ(finish(holder), CompleteOutcome::kRecorded);
    // One of the two others is awake now. Cancel both in turn order; the last must still run.
    const auto live = stores_.runs.list({.task_id = task.id});
    ASSERT_OK(live);
    ASSERT_EQ(live->items.size(), 3u);
    ASSERT_OK(stores_.queue.cancel(live->items[1].id, "", std::nullopt, actor_));
    EXPECT_EQ(claim_one().run_id, live->items[0].id);
}

}  // namespace
}  // namespace ordinaut::store
