// Goal: whatever fails between the spine and the queue, no event is lost and none is run twice.
// Method: a real Redis and a real PostgreSQL, which crash, and a process that is killed.
#include <csignal>
#include <thread>

#include "base/id.h"
#include "events/redis/redis_event_bus.h"
#include "events/redis/redis_event_streams.h"
#include "scheduler/fire_planner.h"
#include "spine/intake.h"
#include "spine/relay.h"
#include "store/postgres/database.h"
#include "tests/support/process.h"
#include "tests/support/result_matchers.h"
#include "tests/support/test_servers.h"

namespace ordinaut::spine {
namespace {

using namespace std::chrono_literals;
using testing::TestServers;

// The test servers forget the newest commits when they crash; what is tested here must not.
constexpr auto kKeepsCommits = "&options=-csynchronous_commit%3Don";

// As the server does: writing to a Redis that is gone must not end the process.
const auto kSigpipeIgnored = std::signal(SIGPIPE, SIG_IGN);

std::unique_ptr<store::postgres::Database> open(const std::string& url) {
    auto database = store::postgres::Database::open({.url = url, .pool_size = 4});
    if (!database.ok()) throw std::runtime_error(database.error().message);
    return std::move(*database);
}

class SpineTest : public ::testing::Test {
protected:
    SpineTest()
        : url_(TestServers::instance().copy_of("spine",
                                               [](const std::string& url) {
                                                   if (!open(url)->migrate().ok())
                                                       throw std::runtime_error("migrate");
                                               }) +
               kKeepsCommits),
          database_(open(url_)),
          stores_(database_->stores()) {
        const std::string& redis = TestServers::instance().redis_url();
        bus_ = std::move(*events::redis::RedisEventBus::create(redis, {.stream = stream_}, clock_));
        streams_ =
            std::move(*events::redis::RedisEventStreams::create(redis, {.spine = stream_}, clock_));
        Agent agent;
        agent.id = owner_;
        agent.name = "tester";
        if (!stores_.agents.create(agent, actor_).ok()) throw std::runtime_error("no agent");
    }

    std::unique_ptr<Intake> intake(std::chrono::milliseconds reclaim_after = 60s) {
        return std::make_unique<Intake>(
            *streams_, stores_.events, clock_,
            [](const store::DueTask& due, const std::vector<WallTime>& published, WallTime now)
                -> Result<store::FirePlan> { return scheduler::plan_events(due, published, now); },
            IntakeOptions{.reclaim_after = reclaim_after});
    }
    Task waiting(const std::string& topic, Overlap overlap = Overlap::kAllow) {
        Task task;
        task.id = new_id();
        task.title = "waits for " + topic;
        task.owner = owner_;
        task.schedule_kind = ScheduleKind::kEvent;
        task.schedule_expr = topic;
        task.overlap = overlap;
        task.payload_json = R"({"pipeline": []})";
        const auto created = stores_.tasks.create(task, "f", actor_);
        EXPECT_OK(created);
        return created->task;
    }
    events::NewEvent event(const std::string& topic, int n) {
        events::NewEvent event{topic, std::to_string(n), source_};
        event.event_id = std::to_string(n);
        return event;
    }
    void publish(const std::string& topic, int n) {
        const auto published = bus_->publish(event(topic, n));
        ASSERT_OK(published);
    }
    // Asked again while the database comes back.
    int64_t runs_of(const Task& task) { return runs_of(task, stores_.runs); }
    int64_t runs_of(const Task& task, store::RunStore& store) {
        store::RunQuery query;
        query.task_id = task.id;
        const auto deadline = clock_.mono_now() + 30s;
        auto runs = store.list(query);
        while (!runs.ok() && clock_.mono_now() < deadline) runs = store.list(query);
        EXPECT_OK(runs);
        return runs.ok() ? runs->total : -1;
    }
    // The same database, once its server is there.
    std::unique_ptr<store::postgres::Database> opened_again() {
        const auto deadline = clock_.mono_now() + 60s;
        auto again = store::postgres::Database::open({.url = url_, .pool_size = 1});
        while (!again.ok() && clock_.mono_now() < deadline)
            again = store::postgres::Database::open({.url = url_, .pool_size = 1});
        EXPECT_OK(again);
        return again.ok() ? std::move(*again) : nullptr;
    }
    // Steps until it works and there is nothing more.
    template <class Part>
    void drain(Part& part) {
        const auto deadline = clock_.mono_now() + 60s;
        while (clock_.mono_now() < deadline) {
            const auto more = part.step();
            if (more.ok() && !*more) return;
            if (!more.ok()) std::this_thread::yield();
        }
        FAIL() << "it does not come to an end";
    }
    void run_everything() {
        auto leases = stores_.queue.claim("worker", 100, 30s);
        ASSERT_OK(leases);
        std::vector<store::Completion> completions;
        for (const auto& lease : *leases) {
            store::Completion completion;
            completion.lease = {lease.run_id, lease.lease_token};
            completions.push_back(completion);
        }
        if (completions.empty()) return;
        ASSERT_OK(stores_.queue.complete(completions, "worker"));
    }

    const SystemClock clock_;
    const std::string url_, stream_ = "test:" + new_id();
    const std::string source_ = new_id();  // All tests share one Redis, which knows names.
    const Id owner_ = new_id();
    const store::Actor actor_{owner_, "tester", "", ""};
    std::unique_ptr<store::postgres::Database> database_;
    store::Stores stores_;
    std::unique_ptr<events::redis::RedisEventBus> bus_;
    std::unique_ptr<events::redis::RedisEventStreams> streams_;
};

TEST_F(SpineTest, WildcardsReachTheTasksThatWait) {
    const Task exact = waiting("orders.7.created"), segment = waiting("orders.*.created"),
               rest = waiting("orders.#"), all = waiting("#"), other = waiting("orders.*");
    publish("orders.7.created", 1);
    publish("orders.8.created", 2);
    publish("orders.8.paid.late", 3);
    publish("invoices", 4);
    drain(*intake());
    EXPECT_EQ(runs_of(exact), 1);
    EXPECT_EQ(runs_of(segment), 2);
    EXPECT_EQ(runs_of(rest), 3);
    EXPECT_EQ(runs_of(all), 4);
    EXPECT_EQ(runs_of(other), 0);
}

TEST_F(SpineTest, WhatWasPublishedBeforeAnyoneReadIsNotLost) {
    const Task task = waiting("a");
    for (int i = 0; i < 600; ++i) publish("a", i);  // More than one batch.
    drain(*intake());
    EXPECT_EQ(runs_of(task), 600);
    drain(*intake());
    EXPECT_EQ(runs_of(task), 600);
}

TEST_F(SpineTest, AnEventThatIsDeliveredTwiceRunsOnce) {
    const Task task = waiting("a");
    const std::vector<events::NewStreamEntry> entry = {
        {.topic = "a", .payload_json = "1", .source = source_, .event_id = "e1"}};
    ASSERT_OK(streams_->append_all("first", entry));
    ASSERT_OK(streams_->append_all("second", entry));
    const auto one = intake();
    drain(*one);
    ASSERT_OK(streams_->append_all("third", entry));
    drain(*one);
    EXPECT_EQ(runs_of(task), 1);
}

TEST_F(SpineTest, AProcessKilledBetweenCommitAndAcknowledgementLosesAndRepeatsNothing) {
    const Task task = waiting("a");
    for (int i = 0; i < 20; ++i) publish("a", i);
    const auto killed = testing::run_process(
        {.argv = {CRASH_CHILD, url_, TestServers::instance().redis_url(), stream_}});
    EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << killed.err;
    EXPECT_EQ(runs_of(task), 20);  // It had committed,
    const auto unread = streams_->read_new({}, std::string(events::kSpineGroup), 100);
    EXPECT_TRUE(unread->empty());  // and read, and not acknowledged.
    publish("a", 20);
    const auto another = intake(1ms);
    drain(*another);
    drain(*another);
    EXPECT_EQ(runs_of(task), 21);
    const auto pending = streams_->read_overdue({}, std::string(events::kSpineGroup), 0ms, 100);
    EXPECT_TRUE(pending->entries.empty());
}

TEST_F(SpineTest, ACrashOfRedisLosesNothing) {
    const Task task = waiting("a"), watching = waiting("task.created");
    Relay relay(stores_.events, *streams_, stores_.wakeup, {});
    const auto one = intake();
    for (int i = 0; i < 10; ++i) publish("a", i);
    ASSERT_OK(one->step());
    for (int i = 10; i < 20; ++i) publish("a", i);
    TestServers::instance().crash_redis();
    waiting("b");  // The host has something to say while nobody listens.
    for (int i = 20; i < 30; ++i) {
        const auto deadline = clock_.mono_now() + 30s;
        Result<std::string> published = bus_->publish(event("a", i));
        while (!published.ok() && clock_.mono_now() < deadline) {
            EXPECT_NE(published.error().code, ErrorCode::kInternal) << published.error().message;
            published = bus_->publish(event("a", i));
        }
        ASSERT_OK(published);
    }
    drain(relay);
    drain(*one);
    EXPECT_EQ(runs_of(task), 30);
    EXPECT_EQ(runs_of(watching), 3);  // Three tasks were created, all of the same owner.
}

TEST_F(SpineTest, ACrashOfTheDatabaseLosesNothing) {
    const Task task = waiting("a");
    const auto one = intake();
    for (int i = 0; i < 10; ++i) publish("a", i);
    TestServers::instance().crash_postgres();
    drain(*one);
    // Sessions outlive the server that was killed for a moment: only a new one sees what is left.
    const auto database = opened_again();
    ASSERT_NE(database, nullptr);
    EXPECT_EQ(runs_of(task, database->stores().runs), 10);
}

TEST_F(SpineTest, ARedisThatForgotEverythingIsReadFromItsBeginning) {
    const Task task = waiting("a");
    const auto one = intake();
    publish("a", 1);
    drain(*one);
    TestServers::instance().clear_redis();
    publish("a", 2);
    drain(*one);
    drain(*one);
    EXPECT_EQ(runs_of(task), 2);
}

TEST_F(SpineTest, WhatIsNoEventIsPutAside) {
    const Task task = waiting("#");
    ASSERT_OK(bus_->publish({"a", "{broken", "tester"}));
    publish("a", 1);
    drain(*intake());
    EXPECT_EQ(runs_of(task), 1);
}

TEST_F(SpineTest, AnEventNobodyWaitsForLeavesNoTrace) {
    publish("a", 1);
    drain(*intake());
    const Task late = waiting("a");
    publish("a", 1);  // The same one again: it is nobody's, still.
    drain(*intake());
    EXPECT_EQ(runs_of(late), 0);
}

TEST_F(SpineTest, BufferedRunsComeOneAfterTheOther) {
    const Task task = waiting("a", Overlap::kBufferAll);
    for (int i = 0; i < 5; ++i) publish("a", i);
    drain(*intake());
    for (int i = 0; i < 5; ++i) {
        const auto leases = stores_.queue.claim("worker", 100, 30s);
        ASSERT_EQ(leases->size(), 1u) << i;
        EXPECT_EQ(leases->front().run.event_json, std::to_string(i));
        store::Completion completion;
        completion.lease = {leases->front().run_id, leases->front().lease_token};
        ASSERT_OK(stores_.queue.complete({completion}, "worker"));
    }
}

TEST_F(SpineTest, SkippedEventsAreAccountedFor) {
    const Task task = waiting("a", Overlap::kSkip);
    for (int i = 0; i < 5; ++i) publish("a", i);
    drain(*intake());
    EXPECT_EQ(runs_of(task), 1);
    int64_t skipped = 0;
    const auto skips = stores_.schedules.skipped(task.id, owner_, {});
    ASSERT_OK(skips);
    for (const auto& skip : *skips) skipped += skip.count;
    EXPECT_EQ(skipped, 4);
}

TEST_F(SpineTest, ALoopOfRunsEnds) {
    const Task loop = waiting("run.succeeded");
    Relay relay(stores_.events, *streams_, stores_.wakeup, {});
    const auto one = intake();
    store::EnqueueRun request;
    request.task_id = loop.id;
    ASSERT_OK(stores_.queue.enqueue(request, owner_, actor_));
    for (int round = 0; round < 15; ++round) {
        run_everything();
        drain(relay);
        drain(*one);
    }
    // The one that was asked for, and one for each depth from 0 to 8.
    EXPECT_EQ(runs_of(loop), 1 + store::kCausationDepthMax + 1);
}

TEST_F(SpineTest, ThreadsWakeForEvents) {
    const Task task = waiting("a"), after = waiting("run.#");
    Relay relay(stores_.events, *streams_, stores_.wakeup, {});
    const auto one = intake();
    one->start();
    relay.start();
    publish("a", 1);
    const auto eventually = [&](const std::function<bool()>& done) {
        const auto deadline = clock_.mono_now() + 30s;
        while (!done() && clock_.mono_now() < deadline) std::this_thread::sleep_for(5ms);
        return done();
    };
    EXPECT_TRUE(eventually([&] { return runs_of(task) == 1; }));
    run_everything();
    EXPECT_TRUE(eventually([&] { return runs_of(after) == 1; }));
    relay.stop();
    one->stop();
}

}  // namespace
}  // namespace ordinaut::spine
