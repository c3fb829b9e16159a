// Events: at least once in, exactly one run of each task that waits, and the host's own on their
// way out.
#include <thread>

#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

bool matches(std::string_view pattern, std::string_view topic) {
    if (pattern.ends_with('#')) return topic.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == topic;
}

class EventContract : public Contract {
protected:
    Task add_waiting(const std::string& pattern, Overlap overlap = Overlap::kAllow) {
        Task task = some_task("waits for " + pattern);
        task.schedule_kind = ScheduleKind::kEvent;
        task.schedule_expr = pattern;
        task.overlap = overlap;
        return add_task(task);
    }
    Task add_scheduled() {  // It is not completed by its next run's end.
        Task task = some_task();
        task.next_run_at = now() + 1h;
        return add_task(task);
    }
    IncomingEvent event(const std::string& topic, const std::string& id = new_id()) {
        IncomingEvent event;
        event.source = "tester";
        event.event_id = id;
        event.topic = topic;
        event.payload_json = R"({"id": ")" + id + R"("})";
        event.published_at = now();
        return event;
    }
    // Every event a run at once.
    static Result<FirePlan> all(const DueTask&, const std::vector<WallTime>& published, WallTime) {
        FirePlan plan;
        for (size_t i = 0; i < published.size(); ++i)
            plan.fires.push_back({published[i], published[i], false, i});
        return plan;
    }
    Intake take_in(const std::vector<IncomingEvent>& events,
                   const EventStore::Planner& plan = all) {
        const auto taken = stores_.events.take_in(events, matches, plan);
        EXPECT_OK(taken);
        return taken.ok() ? *taken : Intake{};
    }
    std::vector<Run> runs_of(const Task& task) {
        RunQuery query;
        query.task_id = task.id;
        return stores_.runs.list(query)->items;
    }
    std::vector<HostEvent> told() {
        std::vector<HostEvent> events;
        const auto relayed = stores_.events.relay(1000, [&](const auto& batches) -> Status {
            for (const auto& batch : batches)
                events.insert(events.end(), batch.events.begin(), batch.events.end());
            return ok();
        });
        EXPECT_OK(relayed);
        return events;
    }
    std::vector<std::string> told_topics() {
        std::vector<std::string> topics;
        for (const auto& event : told()) topics.push_back(event.topic);
        return topics;
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, EventContract, all_backends_and_pooled(), backend_name);

TEST_P(EventContract, AnEventBecomesARunOfEachTaskThatWaits) {
    const Task exact = add_waiting("orders.created"), wide = add_waiting("orders.#"),
               other = add_waiting("invoices.#");
    add_task();
    const Intake taken = take_in({event("orders.created", "e1"), event("orders.paid", "e2")});
    EXPECT_EQ(taken.queued, 3);
    EXPECT_THAT(runs_of(other), IsEmpty());
    EXPECT_EQ(runs_of(wide).size(), 2u);
    const auto runs = runs_of(exact);
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].id, event_run_id(exact.id, "tester", "e1"));
    EXPECT_EQ(runs[0].source, RunSource::kEvent);
    EXPECT_EQ(runs[0].event_json, R"({"id": "e1"})");
    const auto trigger = parse_json(runs[0].trigger_json);
    ASSERT_OK(trigger);
    EXPECT_EQ(string_or(*trigger, "topic", ""), "orders.created");
    EXPECT_EQ(string_or(*trigger, "event_id", ""), "e1");
    EXPECT_EQ(stores_.tasks.get(exact.id, owner_)->next_run_at, std::nullopt);
}

TEST_P(EventContract, ALeaseAndAFinishedRunKeepTheEvent) {
    const Task task = add_waiting("a");
    take_in({event("a", "e1")});
    const Lease lease = claim_one();
    EXPECT_EQ(lease.run.event_json, R"({"id": "e1"})");
    EXPECT_FALSE(lease.run.trigger_json.empty());
    finish(lease, RunState::kFailed);
    EXPECT_EQ(run_of(lease.run_id).trigger_json, lease.run.trigger_json);
    ASSERT_OK(stores_.queue.retry(lease.run_id, owner_, actor_));
    EXPECT_EQ(claim_one().run.trigger_json, lease.run.trigger_json);
}

TEST_P(EventContract, TheSameEventIsTakenInOnce) {
    const Task task = add_waiting("a");
    const IncomingEvent one = event("a", "e1");
    EXPECT_EQ(take_in({one, one}).queued, 1);
    EXPECT_EQ(take_in({one}).repeated, 1);
    finish(claim_one());
    EXPECT_EQ(take_in({one}).queued, 0);  // Not even after its run ended.
    IncomingEvent another = one;
    another.source = "somebody else";  // Names are each source's own.
    EXPECT_EQ(take_in({another}).queued, 1);
    EXPECT_EQ(runs_of(task).size(), 2u);
}

TEST_P(EventContract, CompetingProcessesQueueEachEventOnce) {
    const Task task = add_waiting("a.#");
    std::vector<IncomingEvent> events;
    for (int i = 0; i < 200; ++i)
        events.push_back(event("a." + std::to_string(i), std::to_string(i)));
    std::atomic<int> queued = 0;
    const auto work = [&](Stores stores, bool backwards) {
        for (size_t i = 0; i < events.size(); i += 20) {
            std::vector<IncomingEvent> part(events.begin() + static_cast<std::ptrdiff_t>(i),
                                            events.begin() + static_cast<std::ptrdiff_t>(i + 20));
            if (backwards) std::reverse(part.begin(), part.end());
            const auto taken = stores.events.take_in(part, matches, all);
            ASSERT_OK(taken);
            queued += taken->queued;
        }
    };
    std::thread first([&] { work(backend_->stores(), false); });
    std::thread second([&] { work(backend_->other_process(), true); });
    first.join();
    second.join();
    EXPECT_EQ(queued, 200);
    EXPECT_EQ(claim(300).size(), 200u);
}

TEST_P(EventContract, APausedTaskRecordsWhatItMisses) {
    const Task task = add_waiting("a");
    ASSERT_OK(stores_.tasks.pause(task.id, owner_, actor_));
    EXPECT_EQ(take_in({event("a"), event("a"), event("a")}).skipped, 3);
    const auto skips = stores_.schedules.skipped(task.id, owner_, {});
    ASSERT_EQ(skips->size(), 1u);
    EXPECT_EQ(skips->front().count, 3);
    EXPECT_EQ(skips->front().reason, "skipped(paused)");
    EXPECT_THAT(runs_of(task), IsEmpty());
    ASSERT_OK(stores_.tasks.cancel(task.id, "", owner_, actor_));
    EXPECT_EQ(take_in({event("a")}).skipped, 0);
}

TEST_P(EventContract, ThePlannerSeesLiveRunsAndItsSkipsAreRecorded) {
    const Task task = add_waiting("a", Overlap::kBufferOne);
    take_in({event("a")});
    const auto skip = [](const DueTask& due, const std::vector<WallTime>& published,
                         WallTime) -> Result<FirePlan> {
        EXPECT_EQ(due.live_runs, 1);
        FirePlan plan;
        plan.fires.push_back({published[1], published[1], true, 1});
        plan.skips.push_back({published[0], published[0], 1, "overlap", 0});
        return plan;
    };
    const Intake taken = take_in({event("a", "e1"), event("a", "e2")}, skip);
    EXPECT_EQ(taken.queued, 1);
    EXPECT_EQ(taken.skipped, 1);
    EXPECT_EQ(stores_.schedules.skipped(task.id, owner_, {})->front().reason, "overlap");
    finish(claim_one());
    EXPECT_EQ(claim_one().run_id, event_run_id(task.id, "tester", "e2"));  // It was buffered.
}

TEST_P(EventContract, ATaskThatCannotBePlannedIsPaused) {
    const Task task = add_waiting("a"), good = add_waiting("#");
    take_in({event("a")},
            [&](const DueTask& due, const auto& published, WallTime now) -> Result<FirePlan> {
                if (due.task.id == task.id) return internal("zone vanished");
                return all(due, published, now);
            });
    EXPECT_EQ(stores_.tasks.get(task.id, owner_)->status, TaskStatus::kPaused);
    EXPECT_EQ(runs_of(good).size(), 1u);
}

TEST_P(EventContract, AnEventOlderThanTheTaskIsNotForIt) {
    const Task task = add_waiting("a");
    IncomingEvent old = event("a");
    old.published_at = now() - 2min;
    EXPECT_EQ(take_in({old}).queued, 0);
}

TEST_P(EventContract, AnEventThatConcernsSomeoneIsForThemAndAdmins) {
    const Task mine = add_waiting("run.failed");
    Task theirs = some_task();
    theirs.schedule_kind = ScheduleKind::kEvent;
    theirs.schedule_expr = "run.failed";
    theirs.owner = stranger_;
    const auto created = stores_.tasks.create(theirs, "f", actor_);
    ASSERT_OK(created);
    IncomingEvent about_them = event("run.failed");
    about_them.concerns = stranger_;
    EXPECT_EQ(take_in({about_them}).queued, 1);
    EXPECT_EQ(runs_of(theirs).size(), 1u);
    EXPECT_THAT(runs_of(mine), IsEmpty());

    Agent admin;
    admin.id = new_id();
    admin.name = "the admin";
    admin.scopes = {"admin"};
    ASSERT_OK(stores_.agents.create(admin, actor_));
    Task watching = theirs;
    watching.id = new_id();
    watching.owner = admin.id;
    ASSERT_OK(stores_.tasks.create(watching, "f", actor_));
    IncomingEvent about_the_host = event("run.failed");
    about_the_host.concerns = Id();
    EXPECT_EQ(take_in({about_the_host}).queued, 1);
    EXPECT_EQ(runs_of(watching).size(), 1u);
}

TEST_P(EventContract, AChainOfEventsEnds) {
    add_waiting("a");
    IncomingEvent last = event("a");
    last.causation_depth = kCausationDepthMax;
    EXPECT_EQ(take_in({last}).queued, 1);
    told();
    finish(claim_one());
    EXPECT_THAT(told(), IsEmpty());  // It would be one too many.
    IncomingEvent beyond = event("a");
    beyond.causation_depth = kCausationDepthMax + 1;
    EXPECT_EQ(take_in({beyond}).queued, 0);
}

TEST_P(EventContract, WhoWaitsIsKnown) {
    const Task exact = add_waiting("a.b"), wide = add_waiting("a.#"), paused = add_waiting("#");
    add_waiting("c");
    ASSERT_OK(stores_.tasks.pause(paused.id, owner_, actor_));
    const auto waiting = stores_.events.waiting_for("a.b", matches, owner_, 10);
    ASSERT_OK(waiting);
    EXPECT_THAT(*waiting, UnorderedElementsAre(exact.id, wide.id));
    EXPECT_THAT(*stores_.events.waiting_for("a.b", matches, stranger_, 10), IsEmpty());
    EXPECT_EQ(stores_.events.waiting_for("a.b", matches, std::nullopt, 1)->size(), 1u);
}

// ── the outbox ──

TEST_P(EventContract, ChangesOfTasksAreTold) {
    const Task task = add_task();
    ASSERT_OK(stores_.tasks.pause(task.id, owner_, actor_));
    ASSERT_OK(stores_.tasks.resume(task.id, {.next_run_at = now() + 1h, .expected_version = 2},
                                   owner_, actor_));
    TaskUpdate update;
    update.task = *stores_.tasks.get(task.id, owner_);
    ASSERT_OK(stores_.tasks.update(update, owner_, actor_));
    ASSERT_OK(stores_.tasks.cancel(task.id, "enough", owner_, actor_));
    ASSERT_OK(stores_.tasks.remove(task.id, false, owner_, actor_));
    const auto events = told();
    std::vector<std::string> topics;
    for (const auto& event : events) topics.push_back(event.topic);
    EXPECT_THAT(topics, ElementsAre("task.created", "task.paused", "task.resumed", "task.updated",
                                    "task.canceled", "task.deleted"));
    const auto payload = parse_json(events[4].payload_json);
    EXPECT_EQ(string_or(*payload, "task_id", ""), task.id);
    EXPECT_EQ(string_or(*payload, "owner", ""), owner_);
    EXPECT_EQ(string_or(*payload, "reason", ""), "enough");
    EXPECT_THAT(told(), IsEmpty());  // Once.
}

TEST_P(EventContract, EndsOfRunsAreTold) {
    const Task task = add_scheduled();
    const Run good = add_run(task);
    finish(claim_one());
    add_run(task);
    finish(claim_one(), RunState::kFailed);
    add_run(task);
    finish(claim_one(), RunState::kTimedOut);
    const Run dropped = add_run(task);
    ASSERT_OK(stores_.queue.cancel(dropped.id, "no need", owner_, actor_));
    const auto events = told();
    ASSERT_EQ(events.size(), 5u);
    EXPECT_EQ(events[1].topic, "run.succeeded");
    EXPECT_EQ(events[2].topic, "run.failed");
    EXPECT_EQ(events[3].topic, "run.timed_out");
    EXPECT_EQ(events[4].topic, "run.canceled");
    const auto payload = parse_json(events[1].payload_json);
    EXPECT_EQ(string_or(*payload, "run_id", ""), good.id);
    EXPECT_EQ(string_or(*payload, "task_id", ""), task.id);
    EXPECT_EQ(string_or(*payload, "owner", ""), owner_);
    EXPECT_EQ(string_or(*payload, "state", ""), "succeeded");
}

TEST_P(EventContract, WhatIsDoneOnBehalfOfAnEventIsDeeperInItsChain) {
    const Task task = add_scheduled();
    Actor deep = actor_;
    deep.causation_depth = 3;
    EnqueueRun request;
    request.task_id = task.id;
    ASSERT_OK(stores_.queue.enqueue(request, owner_, deep));
    finish(claim_one());
    ASSERT_OK(stores_.tasks.pause(task.id, owner_, deep));
    const auto events = told();
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(events[0].causation_depth, 0);
    EXPECT_EQ(events[1].causation_depth, 3);
    EXPECT_EQ(events[2].causation_depth, 3);
}

TEST_P(EventContract, PausingAfterFailuresAndAMissedOnceAreTold) {
    Task failing = some_task();
    failing.pause_after_failures = 1;
    failing.next_run_at = now() + 1h;
    failing = add_task(failing);
    add_run(failing);
    finish(claim_one(), RunState::kFailed);
    EXPECT_THAT(told_topics(), ElementsAre("task.created", "run.failed", "task.paused"));
    Task once = some_task();
    once.schedule_kind = ScheduleKind::kOnce;
    once.next_run_at = now();
    once = add_task(once);
    ASSERT_OK(stores_.schedules.fire_due(1, [](const DueTask& due, WallTime) -> Result<FirePlan> {
        FirePlan plan;
        plan.skips.push_back(
            {*due.task.next_run_at, *due.task.next_run_at, 1, "missed(window)", 0});
        return plan;
    }));
    EXPECT_THAT(told_topics(), ElementsAre("task.created", "task.missed", "task.completed"));
}

TEST_P(EventContract, WhatCannotBePublishedStays) {
    add_task();
    std::vector<Id> ids;
    const auto refused = stores_.events.relay(10, [&](const auto& batches) -> Status {
        ids.push_back(batches.front().id);
        return unavailable("redis is away");
    });
    EXPECT_EQ(code_of(refused), ErrorCode::kUnavailable);
    const auto relayed = stores_.events.relay(10, [&](const auto& batches) -> Status {
        ids.push_back(batches.front().id);
        return ok();
    });
    EXPECT_EQ(*relayed, 1);
    EXPECT_EQ(ids.at(0), ids.at(1));  // The same batch, and so the same events.
    EXPECT_EQ(*stores_.events.relay(10, [](const auto&) -> Status { return ok(); }), 0);
}

TEST_P(EventContract, ManyRelaysPublishEachBatchOnce) {
    for (int i = 0; i < 100; ++i) add_task();
    std::mutex mutex;
    std::multiset<Id> published;
    const auto work = [&](Stores stores) {
        for (int i = 0; i < 200; ++i) {
            const auto relayed = stores.events.relay(3, [&](const auto& batches) -> Status {
                const std::lock_guard lock(mutex);
                for (const auto& batch : batches) published.insert(batch.id);
                return ok();
            });
            ASSERT_OK(relayed);
        }
    };
    std::thread first([&] { work(backend_->stores()); });
    std::thread second([&] { work(backend_->other_process()); });
    first.join();
    second.join();
    EXPECT_EQ(published.size(), 100u);
    EXPECT_EQ((std::set<Id>(published.begin(), published.end()).size()), 100u);
}

TEST_P(EventContract, TheHostsOwnWordsComeWithAnAuditRow) {
    ASSERT_OK(stores_.events.tell({{"extension.state", R"({"state":"error"})"},
                                   {"extension.crashed", R"({"state":"error"})"}},
                                  "extension.state", "std", actor_));
    EXPECT_THAT(told_topics(), ElementsAre("extension.state", "extension.crashed"));
    EXPECT_EQ(*stores_.system.seal_audit(10), 2);  // With the one that made the agent.
}

}  // namespace
}  // namespace ordinaut::store
