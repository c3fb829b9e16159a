// Conditions: one process evaluates each, what it answered is stored with what comes of it, and
// changes of the task win over answers that were asked for before.
#include <thread>

#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class ConditionContract : public Contract {
protected:
    Task some_condition(const std::string& title = "watch") const {
        Task task = some_task(title);
        task.schedule_kind = ScheduleKind::kCondition;
        task.schedule_expr = "temp > `25`";
        task.condition = Condition{.source_json = R"({"kind":"queue"})", .interval_seconds = 60};
        return task;
    }
    std::vector<ConditionLease> lease_all(int limit = 100) {
        auto leases = stores_.conditions.claim(limit, 30s);
        EXPECT_OK(leases);
        return *leases;
    }
    static ConditionAnswer answer_of(const ConditionLease& lease, std::string value = "true") {
        return {lease.task.id, lease.lease_token, *lease.task.condition, std::move(value), ""};
    }
    // Every answer is an edge, or none is.
    std::vector<AnswerOutcome> settle(const std::vector<ConditionAnswer>& answers, bool fires,
                                      bool cancel_others = false) {
        auto outcomes = stores_.conditions.settle(
            answers,
            [&](const ConditionAnswer& answer, const ConditionState& before, WallTime now) {
                ConditionVerdict verdict{before, fires, {}, R"({"value":1})"};
                verdict.state.value_json = answer.value_json;
                verdict.state.evaluated_at = now;
                ++verdict.state.errors_in_a_row;  // Counts what was judged.
                return verdict;
            },
            [&](const DueTask& due, WallTime now) -> Result<FirePlan> {
                seen_ = due;
                if (refuse_) return conflict("no plan today");
                EXPECT_EQ(due.task.next_run_at, now);
                FirePlan plan;
                plan.fires.push_back({now, now});
                plan.cancel_others = cancel_others;
                return plan;
            });
        EXPECT_OK(outcomes);
        return *outcomes;
    }
    ConditionState state_of(const Task& task) {
        return *stores_.tasks.get(task.id, std::nullopt)->condition_state;
    }
    std::vector<ordinaut::Run> runs_of(const Task& task) {
        RunQuery query;
        query.task_id = task.id;
        return stores_.runs.list(query)->items;
    }

    DueTask seen_;
    bool refuse_ = false;
};
INSTANTIATE_TEST_SUITE_P(Stores, ConditionContract, all_backends_and_pooled(), backend_name);

TEST_P(ConditionContract, ATaskCarriesItsCondition) {
    Task task = some_condition();
    task.condition =
        Condition{R"({"kind":"http","url":"https://example.org"})", 10, Edge::kChange, 30, 3600};
    const Task stored = add_task(task);
    ASSERT_TRUE(stored.condition.has_value());
    EXPECT_EQ(stored.condition->source_json, task.condition->source_json);
    EXPECT_EQ(stored.condition->interval_seconds, 10);
    EXPECT_EQ(stored.condition->edge, Edge::kChange);
    EXPECT_EQ(stored.condition->for_seconds, 30);
    EXPECT_EQ(stored.condition->cooldown_seconds, 3600);
    ASSERT_TRUE(stored.condition_state.has_value());
    EXPECT_TRUE(stored.condition_state->next_evaluation_at.has_value());
    EXPECT_FALSE(stored.condition_state->evaluated_at.has_value());
    EXPECT_FALSE(add_task().condition.has_value());
    TaskQuery query;
    query.schedule_kind = ScheduleKind::kCondition;
    const auto listed = stores_.tasks.list(query);
    ASSERT_THAT(listed->items, SizeIs(1));
    EXPECT_TRUE(listed->items[0].condition_state.has_value());
}

TEST_P(ConditionContract, OneProcessHasItUntilItsLeaseEnds) {
    const Task task = add_task(some_condition());
    const auto mine = lease_all();
    ASSERT_THAT(mine, SizeIs(1));
    EXPECT_EQ(mine[0].task.id, task.id);
    EXPECT_EQ(mine[0].task.schedule_expr, "temp > `25`");
    EXPECT_EQ(mine[0].owner_scopes, (std::vector<std::string>{"tasks:read", "tools:invoke"}));
    EXPECT_THAT(*backend_->other_process().conditions.claim(10, 30s), IsEmpty());
    backend_->advance(31s);  // The process died.
    const auto theirs = backend_->other_process().conditions.claim(10, 30s);
    ASSERT_THAT(*theirs, SizeIs(1));
    EXPECT_EQ(settle({answer_of(mine[0])}, true)[0], AnswerOutcome::kLost);
    EXPECT_THAT(runs_of(task), IsEmpty());
    EXPECT_EQ(settle({answer_of(theirs->at(0))}, true)[0], AnswerOutcome::kFired);
    EXPECT_EQ(settle({answer_of(theirs->at(0))}, true)[0], AnswerOutcome::kLost);  // Once.
    EXPECT_THAT(runs_of(task), SizeIs(1));
}

TEST_P(ConditionContract, OfTwoAnswersInOneBatchTheOneWithTheLeaseCounts) {
    const Task task = add_task(some_condition());
    const auto before = lease_all();
    backend_->advance(31s);
    const auto after = lease_all();
    ASSERT_THAT(after, SizeIs(1));
    EXPECT_EQ(settle({answer_of(before[0], "1"), answer_of(after[0], "2")}, false),
              (std::vector{AnswerOutcome::kLost, AnswerOutcome::kStored}));
    EXPECT_EQ(state_of(task).value_json, "2");
}

TEST_P(ConditionContract, AnswersAreStoredAndTheNextIsAnIntervalLater) {
    const Task first = add_task(some_condition("first"));
    const Task second = add_task(some_condition("second"));
    const auto leases = lease_all();
    ASSERT_THAT(leases, SizeIs(2));
    const auto outcomes =
        settle({answer_of(leases[0], "[1]"), answer_of(leases[1], "\"\\u0001x\"")}, false);
    EXPECT_EQ(outcomes[0], AnswerOutcome::kStored);
    EXPECT_EQ(outcomes[1], AnswerOutcome::kStored);
    for (const Task& task : {first, second}) {
        EXPECT_EQ(state_of(task).errors_in_a_row, 1);
        EXPECT_TRUE(state_of(task).evaluated_at.has_value());
        EXPECT_FALSE(state_of(task).value_json.empty());
    }
    EXPECT_THAT(lease_all(), IsEmpty());
    backend_->advance(59s);
    EXPECT_THAT(lease_all(), IsEmpty());
    backend_->advance(2s);
    EXPECT_THAT(lease_all(1), SizeIs(1));
    EXPECT_THAT(lease_all(), SizeIs(1));
    EXPECT_THAT(runs_of(first), IsEmpty());
}

TEST_P(ConditionContract, AnEdgeIsARunThatKnowsWhy) {
    const Task task = add_task(some_condition());
    EXPECT_EQ(settle({answer_of(lease_all().at(0))}, true)[0], AnswerOutcome::kFired);
    const auto runs = runs_of(task);
    ASSERT_THAT(runs, SizeIs(1));
    EXPECT_EQ(runs[0].source, RunSource::kCondition);
    EXPECT_EQ(runs[0].event_json, R"({"value":1})");
    EXPECT_EQ(runs[0].state, RunState::kReady);
    ASSERT_TRUE(runs[0].nominal_at.has_value());
    EXPECT_EQ(runs[0].id, occurrence_run_id(task.id, 1, *runs[0].nominal_at));
    EXPECT_EQ(claim_one().run.event_json, R"({"value":1})");
    EXPECT_EQ(stores_.tasks.get(task.id, std::nullopt)->status, TaskStatus::kActive);
    const auto records = stores_.schedules.records(task, now() - 1h, now() + 1h, 10, std::nullopt);
    EXPECT_THAT(records->runs, SizeIs(1));
}

TEST_P(ConditionContract, ThePlannerSeesLiveRunsAndOthersMakeWay) {
    Task task = some_condition();
    task.overlap = Overlap::kCancelOther;
    task = add_task(task);
    add_run(task);
    const Lease running = claim_one();
    EXPECT_EQ(settle({answer_of(lease_all().at(0))}, true, true)[0], AnswerOutcome::kFired);
    EXPECT_EQ(seen_.live_runs, 1);
    EXPECT_EQ(seen_.running_runs, 1);
    const auto renewed = stores_.queue.renew({{running.run_id, running.lease_token}}, 30s);
    EXPECT_EQ(renewed->at(0), RenewOutcome::kCancelRequested);
    EXPECT_THAT(runs_of(task), SizeIs(2));
}

TEST_P(ConditionContract, AFailedPlanPausesTheTask) {
    const Task task = add_task(some_condition());
    refuse_ = true;
    settle({answer_of(lease_all().at(0))}, true);
    EXPECT_EQ(stores_.tasks.get(task.id, std::nullopt)->status, TaskStatus::kPaused);
    EXPECT_THAT(runs_of(task), IsEmpty());
}

TEST_P(ConditionContract, APausedOneRestsAndAResumeStartsAfresh) {
    const Task task = add_task(some_condition());
    settle({answer_of(lease_all().at(0), "7")}, false);
    backend_->advance(61s);
    const auto asked = lease_all();
    const Task paused = *stores_.tasks.pause(task.id, owner_, actor_);
    EXPECT_FALSE(paused.condition_state->next_evaluation_at.has_value());
    EXPECT_EQ(settle({answer_of(asked.at(0))}, true)[0], AnswerOutcome::kLost);
    EXPECT_THAT(runs_of(task), IsEmpty());
    backend_->advance(31s);
    EXPECT_THAT(lease_all(), IsEmpty());
    EXPECT_THAT(lease_all(), IsEmpty());  // Out of what is looked at.
    Resumption resumption;
    resumption.expected_version = paused.version;
    resumption.forget_answers = true;
    ASSERT_OK(stores_.tasks.resume(task.id, resumption, owner_, actor_));
    EXPECT_EQ(state_of(task).value_json, "");
    EXPECT_TRUE(state_of(task).evaluated_at.has_value());
    EXPECT_THAT(lease_all(), SizeIs(1));

    Task again = *stores_.tasks.pause(task.id, owner_, actor_);
    resumption.expected_version = again.version;
    ASSERT_OK(stores_.tasks.resume(task.id, resumption, owner_, actor_));
    EXPECT_THAT(lease_all(), SizeIs(1));  // The lease of before is void.
}

TEST_P(ConditionContract, AChangeOfTheConditionVoidsWhatIsBeingAsked) {
    const Task task = add_task(some_condition());
    settle({answer_of(lease_all().at(0), "7")}, false);
    backend_->advance(61s);
    const auto asked = lease_all();
    Task changed = *stores_.tasks.get(task.id, owner_);
    changed.title = "only the title";
    ASSERT_OK(stores_.tasks.update({changed, false, {}}, owner_, actor_));
    EXPECT_EQ(state_of(task).value_json, "7");
    changed.condition->interval_seconds = 10;
    ASSERT_OK(stores_.tasks.update({changed, true, {}}, owner_, actor_));
    EXPECT_EQ(state_of(task).value_json, "");
    EXPECT_EQ(settle({answer_of(asked.at(0))}, true)[0], AnswerOutcome::kLost);
    EXPECT_THAT(lease_all(), SizeIs(1));
    changed.schedule_kind = ScheduleKind::kCron;
    changed.schedule_expr = "0 8 * * *";
    changed.condition.reset();
    changed.next_run_at = now() + 1h;
    ASSERT_OK(stores_.tasks.update({changed, true, {}}, owner_, actor_));
    EXPECT_FALSE(stores_.tasks.get(task.id, owner_)->condition_state.has_value());
    backend_->advance(61s);
    EXPECT_THAT(lease_all(), IsEmpty());
}

TEST_P(ConditionContract, WhatIsCanceledOrGoneIsNotAsked) {
    const Task canceled = add_task(some_condition());
    const Task gone = add_task(some_condition());
    const auto asked = lease_all();
    ASSERT_OK(stores_.tasks.cancel(canceled.id, "", owner_, actor_));
    ASSERT_OK(stores_.tasks.remove(gone.id, false, owner_, actor_));
    for (const auto& lease : asked)
        EXPECT_EQ(settle({answer_of(lease)}, true)[0], AnswerOutcome::kLost);
    backend_->advance(61s);
    EXPECT_THAT(lease_all(), IsEmpty());
}

TEST_P(ConditionContract, AReleaseMakesItDueAtOnce) {
    add_task(some_condition());
    const auto mine = lease_all();
    ASSERT_OK(stores_.conditions.release({{mine.at(0).task.id, new_id()}}));
    EXPECT_THAT(lease_all(), IsEmpty());
    ASSERT_OK(stores_.conditions.release({{mine[0].task.id, mine[0].lease_token}}));
    EXPECT_THAT(lease_all(), SizeIs(1));
}

TEST_P(ConditionContract, TwoProcessesShareWithoutDoubles) {
    for (int i = 0; i < 40; ++i) add_task(some_condition());
    std::vector<std::vector<ConditionLease>> shares(2);
    std::vector<Stores> processes{backend_->stores(), backend_->other_process()};
    std::vector<std::thread> threads;
    for (size_t i = 0; i < 2; ++i)
        threads.emplace_back([&, i] {
            for (int round = 0; round < 30; ++round) {
                const auto leases = processes[i].conditions.claim(3, 30s);
                shares[i].insert(shares[i].end(), leases->begin(), leases->end());
            }
        });
    for (auto& thread : threads) thread.join();
    std::set<Id> all;
    for (const auto& share : shares)
        for (const auto& lease : share) EXPECT_TRUE(all.insert(lease.task.id).second);
    EXPECT_EQ(all.size(), 40u);
}

}  // namespace
}  // namespace ordinaut::store
