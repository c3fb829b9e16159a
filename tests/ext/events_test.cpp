// Goal: an event reaches every group, until it is done, whatever fails in between. Method: a real
// library over a real Redis.
#include <gmock/gmock.h>
#include <algorithm>
#include <csignal>
#include <thread>

#include "events/redis/redis_event_bus.h"
#include "events/redis/redis_event_streams.h"
#include "tests/plugins/running_host.h"
#include "tests/support/result_matchers.h"
#include "tests/support/test_servers.h"

namespace ordinaut {
namespace {

// As the server does: writing to a Redis that is gone must not end the process.
const auto kSigpipeIgnored = std::signal(SIGPIPE, SIG_IGN);

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tool::Outcome;

struct ListenerProcess {
    explicit ListenerProcess(const std::string& config)
        : streams(std::move(*events::redis::RedisEventStreams::create(
              testing::TestServers::instance().redis_url(), {}, clock))),
          host(std::make_unique<RunningHost>(seams())) {
        host->start(USES_DIR, {{"listener", config}});
        EXPECT_TRUE(host->host.load("listener").ok()) << host->info("listener").reason;
    }
    ext::Seams seams() {
        ext::Seams seams;
        seams.streams = streams.get();
        return seams;
    }
    std::string publish(const std::string& input) {
        return host->call("listener.publish", input).output_json;
    }
    std::future<tool::ToolResult> begin_received(int n) {
        tool::ToolCall call;
        call.name = "listener.received";
        call.input_json = R"({"n": )" + std::to_string(n) + "}";
        return host->begin(std::move(call));
    }
    std::string received(int n) { return begin_received(n).get().output_json; }
    std::vector<std::string> warnings() { return host->info("listener").warnings; }
    // Everything of the group is settled.
    void wait_settled(const std::string& topic, const std::string& group = "g") {
        while (true) {
            const auto left = streams->read_overdue({"listener:jobs", topic}, group, 1h, 1);
            const auto pending = streams->read_overdue({"listener:jobs", topic}, group, 0ms, 10);
            if (left.ok() && pending.ok() && pending->entries.empty()) return;
            std::this_thread::yield();
        }
    }

    const SystemClock clock;
    std::unique_ptr<events::redis::RedisEventStreams> streams;
    std::unique_ptr<RunningHost> host;
};

class EventsTest : public ::testing::Test {
protected:
    EventsTest() { testing::TestServers::instance().clear_redis(); }
};

constexpr auto kPublished = R"({"status":0})";

TEST_F(EventsTest, WhatIsPublishedArrives) {
    ListenerProcess process(R"({"ns": "jobs", "topic": "done", "from_id": "0"})");
    EXPECT_EQ(process.publish(R"({"ns": "jobs", "topic": "done", "payload": {"id": 7}})"),
              kPublished);
    EXPECT_EQ(process.received(1), R"(["done {\"id\":7} 0"])");
}

TEST_F(EventsTest, WildcardsTakeTopicsThatComeLater) {
    ListenerProcess process(R"({"ns": "jobs", "topic": "order.#", "from_id": "0"})");
    process.publish(R"({"ns": "jobs", "topic": "invoice.sent"})");
    process.publish(R"({"ns": "jobs", "topic": "order.7.created"})");
    EXPECT_EQ(process.received(1), R"(["order.7.created null 0"])");
}

TEST_F(EventsTest, TheSpineIsSharedWithEveryone) {
    ListenerProcess process(R"({"topic": "door.*", "from_id": "0"})");
    const auto bus = std::move(*events::redis::RedisEventBus::create(
        testing::TestServers::instance().redis_url(), {}, process.clock));
    ASSERT_OK(bus->publish({"window.opened", "1", "somebody"}));
    ASSERT_OK(bus->publish({"door.opened", "2", "somebody"}));
    EXPECT_EQ(process.received(1), R"(["door.opened 2 0"])");
    EXPECT_EQ(process.publish(R"({"topic": "door.closed", "payload": 3})"), kPublished);
    EXPECT_EQ(bus->recent(1)->front().topic, "door.closed");
    EXPECT_EQ(bus->recent(1)->front().source, "listener");
}

// Goal: the position is taken by subscribe(), not at the first look at the stream.
TEST_F(EventsTest, WhatIsPublishedRightAfterTheStartArrives) {
    const SystemClock clock;
    const auto bus = std::move(*events::redis::RedisEventBus::create(
        testing::TestServers::instance().redis_url(), {}, clock));
    ASSERT_OK(bus->publish({"door.opened", "0", "somebody"}));  // Too early.
    ListenerProcess process(R"({"topic": "door.*"})");
    ASSERT_OK(bus->publish({"door.opened", "1", "somebody"}));
    EXPECT_EQ(process.received(1), R"(["door.opened 1 0"])");
}

TEST_F(EventsTest, WhoHasNoGroupLooksOn) {
    ListenerProcess process(R"({"ns": "jobs", "topic": "t.#", "from_id": "0", "group": ""})");
    for (const auto* topic : {"t.a", "t.b", "t.a"})
        process.publish(R"({"ns": "jobs", "topic": ")" + std::string(topic) + R"("})");
    ListenerProcess another(
        R"({"ns": "jobs", "topic": "t.#", "from_id": "0", "group": "", "answer": "retry"})");
    EXPECT_EQ(parse_json(process.received(3))->Size(), 3u);
    // "Once more, please" is of no use: each is there once.
    EXPECT_EQ(parse_json(another.received(3))->Size(), 3u);
    process.publish(R"({"ns": "jobs", "topic": "t.c", "payload": 4})");
    EXPECT_THAT(another.received(4), ::testing::EndsWith(R"("t.c 4 0"])"));
    EXPECT_THAT(process.streams->inspect({"listener:jobs", "t.a"})->groups, IsEmpty());
    EXPECT_THAT(another.warnings(), IsEmpty());
}

TEST_F(EventsTest, OnTheSpineOneLooksOnToo) {
    ListenerProcess process(R"({"topic": "door.*", "from_id": "0", "group": ""})");
    const auto bus = std::move(*events::redis::RedisEventBus::create(
        testing::TestServers::instance().redis_url(), {}, process.clock));
    for (int n = 0; n < 250; ++n) ASSERT_OK(bus->publish({"window.opened", "1", "somebody"}));
    ASSERT_OK(bus->publish({"door.opened", "2", "somebody"}));
    EXPECT_EQ(process.received(1), R"(["door.opened 2 0"])");
}

TEST_F(EventsTest, TwoProcessesOfAGroupShareTheEvents) {
    const std::string config = R"({"ns": "jobs", "topic": "t", "from_id": "0"})";
    ListenerProcess first(config), second(config);
    for (int n = 0; n < 20; ++n)
        first.publish(R"({"ns": "jobs", "topic": "t", "payload": )" + std::to_string(n) + "}");
    first.wait_settled("t");
    const auto count = [](ListenerProcess& process) {
        return parse_json(process.received(0))->Size();
    };
    EXPECT_EQ(count(first) + count(second), 20u);
}

TEST_F(EventsTest, AnEventNotAcceptedComesAgain) {
    ListenerProcess process(R"({"ns": "jobs", "topic": "t", "from_id": "0", "answer": "retry"})");
    process.publish(R"({"ns": "jobs", "topic": "t"})");
    EXPECT_EQ(process.received(2), R"(["t null 0","t null 1"])");
    process.wait_settled("t");
    EXPECT_THAT(process.warnings(), IsEmpty());
}

TEST_F(EventsTest, AnUnansweredEventComesAgainAfterItsTimeout) {
    ListenerProcess process(
        R"({"ns": "jobs", "topic": "t", "from_id": "0", "answer": "never", "ack_timeout_ms": 50})");
    process.publish(R"({"ns": "jobs", "topic": "t"})");
    EXPECT_THAT(process.received(2), HasSubstr(R"("t null 1")"));
}

TEST_F(EventsTest, AfterEnoughDeliveriesItIsGivenUpAndSaid) {
    ListenerProcess process(
        R"({"ns": "jobs", "topic": "t", "from_id": "0", "answer": "always_retry", "max_deliveries": 3})");
    process.publish(R"({"ns": "jobs", "topic": "t"})");
    EXPECT_EQ(process.received(3), R"(["t null 0","t null 1","t null 2"])");
    process.wait_settled("t");
    EXPECT_THAT(process.warnings(), Contains(HasSubstr("is given up after 3 deliveries: not yet")));
}

TEST_F(EventsTest, ATerminalFailureGivesUpAtOnce) {
    ListenerProcess process(R"({"ns": "jobs", "topic": "t", "from_id": "0", "answer": "fail"})");
    process.publish(R"({"ns": "jobs", "topic": "t"})");
    EXPECT_EQ(process.received(1), R"(["t null 0"])");
    process.wait_settled("t");
    EXPECT_THAT(process.warnings(),
                Contains(HasSubstr("is given up after 1 delivery: the door is locked")));
}

// More than there is room for warnings: none of them is lost in silence, and other mistakes still
// have their place.
TEST_F(EventsTest, EachEventGivenUpIsLoggedAndTheFirstIsAWarning) {
    ListenerProcess process(R"({"ns": "jobs", "topic": "t", "from_id": "0", "answer": "fail"})");
    for (int n = 0; n < 25; ++n) process.publish(R"({"ns": "jobs", "topic": "t"})");
    process.received(25);
    process.wait_settled("t");
    EXPECT_THAT(process.warnings(), ElementsAre(HasSubstr("is given up after 1 delivery")));
    const auto log = process.host->host.log("listener");
    ASSERT_OK(log);
    const auto lines = (*log)->last(500);
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                            [](const auto& line) {
                                return line.message.find("is given up") != std::string::npos;
                            }),
              25);
}

TEST_F(EventsTest, WhatWasNotDoneWhenItStoppedIsDeliveredToTheNext) {
    const std::string config = R"({"ns": "jobs", "topic": "t", "from_id": "0", "answer": ")";
    auto first = std::make_unique<ListenerProcess>(config + R"(held", "max_in_flight": 1})");
    first->publish(R"({"ns": "jobs", "topic": "t", "payload": 1})");
    first->publish(R"({"ns": "jobs", "topic": "t", "payload": 2})");
    EXPECT_EQ(first->received(1), R"(["t 1 0"])");
    first->host->host.stop(std::chrono::steady_clock::now());
    ListenerProcess second(config + R"(ok"})");
    EXPECT_THAT(second.received(2),
                ::testing::AllOf(HasSubstr(R"("t 1 1")"), HasSubstr(R"("t 2 0")")));
}

TEST_F(EventsTest, ANewGroupReplaysFromAnId) {
    ListenerProcess first(R"({"ns": "jobs", "topic": "t", "from_id": "0"})");
    for (int n = 1; n <= 3; ++n)
        first.publish(R"({"ns": "jobs", "topic": "t", "payload": )" + std::to_string(n) + "}");
    first.received(3);
    ASSERT_OK(first.streams->make_group({"listener:jobs", "t"}, "look", "0"));
    const auto entries = first.streams->read_new({"listener:jobs", "t"}, "look", 10);
    ASSERT_OK(entries);
    ListenerProcess replay(R"({"ns": "jobs", "topic": "t", "group": "again", "from_id": ")" +
                           entries->at(1).id + R"("})");
    EXPECT_EQ(replay.received(1), R"(["t 3 0"])");
}

TEST_F(EventsTest, TheSameEventIdIsPublishedOnce) {
    ListenerProcess process(R"({"ns": "jobs", "topic": "t", "from_id": "0"})");
    for (int n = 0; n < 3; ++n)
        process.publish(R"({"ns": "jobs", "topic": "t", "event_id": "order-7"})");
    process.publish(R"({"ns": "jobs", "topic": "t", "payload": 2})");
    EXPECT_EQ(process.received(2), R"(["t null 0","t 2 0"])");
}

TEST_F(EventsTest, ALoopOfEventsEnds) {
    ListenerProcess process(R"({"ns": "jobs", "topic": "t", "from_id": "0", "answer": "echo"})");
    process.publish(R"({"ns": "jobs", "topic": "t"})");
    process.received(9);
    while (process.warnings().empty()) std::this_thread::yield();
    EXPECT_THAT(process.warnings(), Contains(HasSubstr("at the end of a chain of 8 events")));
}

TEST_F(EventsTest, WhatIsWrongIsRefusedAtOnce) {
    ListenerProcess process("{}");
    EXPECT_EQ(process.publish(R"({"ns": "jobs", "topic": "a..b"})"), R"({"status":1})");
    EXPECT_EQ(process.publish(R"({"ns": "Jobs!", "topic": "a"})"), R"({"status":1})");
    EXPECT_EQ(process.host->call("listener.large", "{}").output_json, R"({"status":9})");
}

TEST_F(EventsTest, WithoutRedisPublishingFailsAtOnceAndComesBack) {
    ListenerProcess process(R"({"ns": "jobs", "topic": "t", "from_id": "0"})");
    EXPECT_EQ(process.publish(R"({"ns": "jobs", "topic": "t", "payload": 1})"), kPublished);
    process.received(1);
    process.wait_settled("t");
    testing::TestServers::instance().crash_redis();
    int refused = 0;
    std::string answer;
    // Nothing is said to be published that is not: what is, arrives.
    while (answer != kPublished) {
        answer = process.publish(R"({"ns": "jobs", "topic": "t", "payload": 2})");
        refused += answer == R"({"status":13})" ? 1 : 0;
    }
    EXPECT_GT(refused, 0);
    EXPECT_THAT(process.received(2), HasSubstr("t 2"));
}

TEST_F(EventsTest, WithoutTheGrantsItIsRefusedAndSaid) {
    ListenerProcess granted("{}");
    RunningHost running(granted.seams());
    ext::HostOptions options;
    options.paths.drop_in = {USES_DIR "/listener"};
    options.policy.granted = {{"listener", {ext::Grant::kTools}}};
    running.host.start(std::move(options));
    ASSERT_TRUE(running.host.load("listener").ok());
    EXPECT_EQ(running.call("listener.publish", R"({"topic": "a"})").output_json, R"({"status":2})");
    EXPECT_THAT(running.info("listener").warnings,
                Contains(HasSubstr("published 'a' without the grant EVENTS_PUB")));

    RunningHost subscribing(granted.seams());
    ext::HostOptions more;
    more.paths.drop_in = {USES_DIR "/listener"};
    more.policy.granted = {{"listener", {ext::Grant::kTools}}};
    more.config = {{"listener", R"({"topic": "a"})"}};
    subscribing.host.start(std::move(more));
    EXPECT_FALSE(subscribing.host.load("listener").ok());
    EXPECT_THAT(subscribing.info("listener").reason,
                HasSubstr("events 'a': EVENTS_SUB is not granted"));
}

}  // namespace
}  // namespace ordinaut
