// The contract of EventBus, on every implementation.
#include "events/event_bus.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/id.h"
#include "events/memory/memory_event_bus.h"
#include "events/redis/redis_event_bus.h"
#include "tests/support/result_matchers.h"
#include "tests/support/test_servers.h"

namespace ordinaut::events {
namespace {

enum class Kind { kMemory, kRedis };

class EventBusTest : public ::testing::TestWithParam<Kind> {
protected:
    void SetUp() override {
        if (GetParam() == Kind::kMemory) {
            bus_ = std::make_unique<memory::MemoryEventBus>(clock_);
            return;
        }
        auto bus = redis::RedisEventBus::create(testing::TestServers::instance().redis_url(),
                                                {.stream = "test:" + new_id()}, clock_);
        ASSERT_OK(bus);
        bus_ = std::move(*bus);
    }

    SystemClock clock_;
    std::unique_ptr<EventBus> bus_;
};

TEST_P(EventBusTest, KeepsWhatWasPublishedNewestFirst) {
    ASSERT_OK(bus_->ping());
    ASSERT_TRUE(bus_->recent(10)->empty());
    const WallTime before = clock_.wall_now();
    const auto first = bus_->publish({"orders.created", R"({"n":1,"name":"țară"})", "agent-1"});
    const auto second = bus_->publish({"orders", "null", ""});
    ASSERT_OK(first);
    ASSERT_OK(second);
    const auto events = bus_->recent(10);
    ASSERT_OK(events);
    ASSERT_EQ(events->size(), 2u);
    EXPECT_EQ((*events)[0].id, *second);
    EXPECT_EQ((*events)[1].id, *first);
    EXPECT_EQ((*events)[1].topic, "orders.created");
    EXPECT_EQ((*events)[1].payload_json, R"({"n":1,"name":"țară"})");
    EXPECT_EQ((*events)[1].source, "agent-1");
    EXPECT_EQ((*events)[0].source, "");
    EXPECT_GE((*events)[1].published_at, before - std::chrono::seconds(1));
    EXPECT_LE((*events)[1].published_at, clock_.wall_now() + std::chrono::seconds(1));
}

TEST_P(EventBusTest, CutsTheCount) {
    for (int i = 0; i < 5; ++i) ASSERT_OK(bus_->publish({"t", std::to_string(i), ""}));
    EXPECT_EQ(bus_->recent(2)->size(), 2u);
    EXPECT_EQ(bus_->recent(2)->front().payload_json, "4");
    EXPECT_EQ(bus_->recent(-1)->size(), 1u);
    EXPECT_EQ(bus_->recent(1'000'000)->size(), 5u);
}

// Goal: whatever bytes a payload holds come back, and none of them is taken for a command.
TEST_P(EventBusTest, IsBinarySafe) {
    const std::string payload =
        std::string("\"%s %b\r\n*1\r\n$7\r\nFLUSHDB\r\n\"") + std::string(1, '\0');
    ASSERT_OK(bus_->publish({"t", payload, ""}));
    ASSERT_OK(bus_->publish({"t", std::string(kPayloadBytesMax, 'x'), ""}));
    const auto events = bus_->recent(2);
    ASSERT_EQ(events->size(), 2u);
    EXPECT_EQ((*events)[0].payload_json.size(), kPayloadBytesMax);
    EXPECT_EQ((*events)[1].payload_json, payload);
}

TEST_P(EventBusTest, RefusesTopicsOfAnotherForm) {
    for (const std::string topic : {"", ".", "a.", ".a", "a..b", "a b", "a*", "a#", "ă", "a\nb"}) {
        const auto published = bus_->publish({topic, "1", ""});
        ASSERT_FALSE(published.ok()) << topic;
        EXPECT_EQ(published.error().details.at(0).pointer, "/topic");
    }
    EXPECT_FALSE(bus_->publish({std::string(201, 'a'), "1", ""}).ok());
    EXPECT_EQ(bus_->publish({"t", "1", std::string(201, 'a')}).error().details.at(0).pointer,
              "/source");
    EXPECT_EQ(bus_->publish({"t", std::string(kPayloadBytesMax + 1, 'x'), ""}).error().code,
              ErrorCode::kTooLarge);
    EXPECT_TRUE(bus_->recent(10)->empty());
}

TEST_P(EventBusTest, AnEventWithANameIsPublishedOnce) {
    NewEvent event{"orders.created", "1", "agent-1"};
    event.event_id = new_id();
    event.causation_depth = 3;
    const auto first = bus_->publish(event);
    ASSERT_OK(first);
    EXPECT_EQ(*bus_->publish(event), *first);
    event.source = "agent-2";  // Names are each source's own.
    EXPECT_NE(*bus_->publish(event), *first);
    const auto events = bus_->recent(10);
    ASSERT_EQ(events->size(), 2u);
    EXPECT_EQ(events->back().event_id, event.event_id);
    EXPECT_EQ(events->back().causation_depth, 3);
}

TEST_P(EventBusTest, KnowsTheTopicsItHasSeen) {
    EXPECT_TRUE(bus_->topics()->empty());
    const WallTime before = clock_.wall_now() - std::chrono::seconds(1);
    for (const std::string topic : {"a.b", "c", "a.b"}) ASSERT_OK(bus_->publish({topic, "1", ""}));
    const auto topics = bus_->topics();
    ASSERT_EQ(topics->size(), 2u);
    std::set<std::string> names;
    for (const auto& topic : *topics) {
        names.insert(topic.topic);
        EXPECT_GE(topic.last_published_at, before);
    }
    EXPECT_EQ(names, (std::set<std::string>{"a.b", "c"}));
}

TEST_P(EventBusTest, DropsWhatIsOlder) {
    for (int i = 0; i < 3; ++i) ASSERT_OK(bus_->publish({"t", "1", ""}));
    EXPECT_EQ(*bus_->drop_before(clock_.wall_now() - std::chrono::hours(1)), 0);
    EXPECT_EQ(*bus_->drop_before(clock_.wall_now() + std::chrono::hours(1)), 3);
    EXPECT_TRUE(bus_->recent(10)->empty());
    EXPECT_TRUE(bus_->topics()->empty());
}

TEST_P(EventBusTest, TakesManyThreads) {
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::set<std::string> ids;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                const auto id = bus_->publish({"t", "{}", ""});
                ASSERT_OK(id);
                const std::lock_guard lock(mutex);
                ids.insert(*id);
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(ids.size(), 400u);
    EXPECT_EQ(bus_->recent(1000)->size(), 400u);
}

INSTANTIATE_TEST_SUITE_P(Every, EventBusTest, ::testing::Values(Kind::kMemory, Kind::kRedis),
                         [](const auto& tested) {
                             return tested.param == Kind::kMemory ? "Memory" : "Redis";
                         });

}  // namespace
}  // namespace ordinaut::events
