// Goal: each group gets every entry until it is acknowledged, whoever reads it. Method: the same
// cases in memory and in Redis.
#include <gmock/gmock.h>

#include <future>

#include "base/id.h"
#include "events/memory/memory_event_streams.h"
#include "events/redis/redis_event_streams.h"
#include "events/topic_pattern.h"
#include "tests/support/result_matchers.h"
#include "tests/support/test_servers.h"

namespace ordinaut::events {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EventStreamsTest : public ::testing::TestWithParam<std::string> {
protected:
    EventStreamsTest() {
        if (GetParam() == "memory")
            streams_ = std::make_unique<memory::MemoryEventStreams>(clock_);
        else
            streams_ = std::move(
                *redis::RedisEventStreams::create(testing::TestServers::instance().redis_url(),
                                                  {.spine = "spine-" + new_id()}, clock_));
    }
    std::string append(const std::string& topic, const std::string& payload,
                       const std::string& event_id = new_id()) {
        const auto id = streams_->append(
            {space_, topic},
            {.topic = topic, .payload_json = payload, .source = "ext", .event_id = event_id});
        EXPECT_OK(id);
        return id.value_or("");
    }
    std::vector<std::string> read(const std::string& topic, const std::string& group,
                                  int count = 10) {
        const auto entries = streams_->read_new({space_, topic}, group, count);
        EXPECT_OK(entries);
        std::vector<std::string> payloads;
        for (const auto& entry : *entries) payloads.push_back(entry.payload_json);
        return payloads;
    }
    std::vector<std::string> overdue(const std::string& topic, std::chrono::milliseconds idle) {
        const auto found = streams_->read_overdue({space_, topic}, "g", idle, 10);
        EXPECT_OK(found);
        std::vector<std::string> texts;
        for (const auto& entry : found->entries)
            texts.push_back(entry.payload_json + " x" + std::to_string(entry.deliveries));
        return texts;
    }
    const SystemClock clock_;
    const std::string space_ = "ext:" + new_id();
    std::unique_ptr<EventStreams> streams_;
};
INSTANTIATE_TEST_SUITE_P(Streams, EventStreamsTest, ::testing::Values("memory", "redis"),
                         [](const auto& given) { return given.param; });

TEST_P(EventStreamsTest, EveryGroupGetsEveryEntryOnce) {
    append("t", "1");
    ASSERT_OK(streams_->make_group({space_, "t"}, "old", "0"));
    ASSERT_OK(streams_->make_group({space_, "t"}, "new", "$"));
    append("t", "2");
    EXPECT_THAT(read("t", "old", 1), ElementsAre("1"));
    EXPECT_THAT(read("t", "old"), ElementsAre("2"));
    EXPECT_THAT(read("t", "old"), IsEmpty());
    EXPECT_THAT(read("t", "new"), ElementsAre("2"));
}

TEST_P(EventStreamsTest, AGroupBeginsAfterAnId) {
    append("t", "1");
    const std::string second = append("t", "2");
    append("t", "3");
    ASSERT_OK(streams_->make_group({space_, "t"}, "g", second));
    EXPECT_THAT(read("t", "g"), ElementsAre("3"));
    ASSERT_OK(streams_->make_group({space_, "t"}, "g", "0"));  // It stays as it is.
    EXPECT_THAT(read("t", "g"), IsEmpty());
}

TEST_P(EventStreamsTest, WhatIsNotAcknowledgedComesAgain) {
    ASSERT_OK(streams_->make_group({space_, "t"}, "g", "0"));
    const std::string first = append("t", "1"), second = append("t", "2");
    EXPECT_THAT(read("t", "g"), ElementsAre("1", "2"));
    EXPECT_THAT(overdue("t", 1h), IsEmpty());
    ASSERT_OK(streams_->acknowledge({space_, "t"}, "g", {first}));
    EXPECT_THAT(overdue("t", 0ms), ElementsAre("2 x2"));
    ASSERT_OK(streams_->give_back({space_, "t"}, "g", second, 2h));
    EXPECT_THAT(overdue("t", 1h), ElementsAre("2 x3"));
    ASSERT_OK(streams_->acknowledge({space_, "t"}, "g", {second}));
    EXPECT_THAT(overdue("t", 0ms), IsEmpty());
}

TEST_P(EventStreamsTest, TheSameEventIsAppendedOnce) {
    ASSERT_OK(streams_->make_group({space_, "t"}, "g", "0"));
    const std::string id = append("t", "1", "order-7");
    EXPECT_EQ(append("t", "1", "order-7"), id);
    append("t", "2", "order-8");
    EXPECT_THAT(read("t", "g"), ElementsAre("1", "2"));
}

TEST_P(EventStreamsTest, AnEntryKeepsWhatBelongsToIt) {
    ASSERT_OK(streams_->make_group({"", ""}, "g", "0"));
    NewStreamEntry entry{
        .topic = "a.b", .payload_json = R"({"x":"ä"})", .source = "ext", .event_id = "e1"};
    entry.causation_id = "e0";
    entry.trace_id = std::string(32, 'a');
    entry.causation_depth = 3;
    ASSERT_OK(streams_->append({"", ""}, entry));
    const auto read = streams_->read_new({"", ""}, "g", 1);
    ASSERT_OK(read);
    ASSERT_EQ(read->size(), 1u);
    EXPECT_EQ(read->front().topic, "a.b");
    EXPECT_EQ(read->front().payload_json, R"({"x":"ä"})");
    EXPECT_EQ(read->front().event_id, "e1");
    EXPECT_EQ(read->front().causation_id, "e0");
    EXPECT_EQ(read->front().trace_id, std::string(32, 'a'));
    EXPECT_EQ(read->front().causation_depth, 3);
    EXPECT_GT(read->front().published_at, WallTime{});
}

TEST_P(EventStreamsTest, TopicsAndGroupsOfASpaceAreKnown) {
    append("b", "1");
    append("a", "1");
    EXPECT_THAT(*streams_->topics(space_), ElementsAre("a", "b"));
    EXPECT_TRUE(*streams_->enter_group(space_, "g"));
    EXPECT_FALSE(*streams_->enter_group(space_, "g"));
    EXPECT_EQ(streams_->read_new({space_, "a"}, "nobody", 1).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(streams_->read_overdue({space_, "a"}, "nobody", 0ms, 1).error().code,
              ErrorCode::kNotFound);
}

TEST_P(EventStreamsTest, WhoHasNoGroupReadsAllStreamsInOrderAndLeavesNoTrace) {
    const std::string first = append("a", "1");
    append("b", "2");
    append("a", "3");
    const std::vector<StreamRef> streams = {{space_, "b"}, {space_, "a"}, {space_, "never"}};
    const auto payloads = [&](const std::vector<std::string>& after, int count) {
        std::vector<std::string> texts;
        const auto entries = streams_->read_after(streams, after, count);
        EXPECT_OK(entries);
        for (const auto& entry : *entries) texts.push_back(entry.payload_json);
        return texts;
    };
    EXPECT_EQ(payloads({"0", "0", "0"}, 10).size(), 3u);
    EXPECT_EQ(payloads({"0", first, "0"}, 10).size(), 2u);
    EXPECT_EQ(payloads({"0", "0", "0"}, 2).size(), 2u);
    const auto newest = streams_->inspect({space_, "a"});
    ASSERT_OK(newest);
    EXPECT_THAT(payloads({"0", newest->last_id, "0"}, 10), ElementsAre("2"));
    EXPECT_THAT(newest->groups, IsEmpty());
    EXPECT_THAT(*streams_->read_after({}, {}, 1), IsEmpty());
}

TEST_P(EventStreamsTest, AStreamTellsHowFarItsGroupsAre) {
    const auto nothing = streams_->inspect({space_, "t"});
    ASSERT_OK(nothing);
    EXPECT_EQ(nothing->length, 0);
    EXPECT_EQ(nothing->last_id, "0-0");
    const std::string first = append("t", "1");
    ASSERT_OK(streams_->make_group({space_, "t"}, "slow", "0"));
    ASSERT_OK(streams_->make_group({space_, "t"}, "quick", "0"));
    const std::string second = append("t", "2");
    append("t", "3");
    EXPECT_EQ(read("t", "slow", 1).size(), 1u);
    EXPECT_EQ(read("t", "quick", 2).size(), 2u);
    ASSERT_OK(streams_->acknowledge({space_, "t"}, "quick", {first}));
    const auto state = streams_->inspect({space_, "t"});
    ASSERT_OK(state);
    EXPECT_EQ(state->length, 3);
    ASSERT_EQ(state->groups.size(), 2u);
    const GroupState &quick = state->groups[0], &slow = state->groups[1];
    EXPECT_EQ(quick.group, "quick");
    EXPECT_EQ(quick.pending, 1);
    EXPECT_EQ(quick.lag, 1);
    EXPECT_EQ(quick.last_read_id, second);
    EXPECT_EQ(slow.group, "slow");
    EXPECT_EQ(slow.pending, 1);
    EXPECT_EQ(slow.lag, 2);
    EXPECT_EQ(slow.last_read_id, first);
}

TEST_P(EventStreamsTest, ASpaceIsKnownByItsOwner) {
    const std::string other = "owner" + new_id() + ":waited";
    ASSERT_OK(streams_->make_group({other, "t"}, "g", "$"));
    append("t", "1");
    EXPECT_THAT(*streams_->spaces("ext"), Contains(space_));
    EXPECT_THAT(*streams_->spaces(other.substr(0, other.find(':'))), ElementsAre(other));
    EXPECT_THAT(*streams_->topics(other), ElementsAre("t"));
    EXPECT_THAT(*streams_->spaces("nobody"), IsEmpty());
}

TEST_P(EventStreamsTest, TopicsAndGroupsAreCounted) {
    for (int n = 0; n < EventStreams::kGroupsMax; ++n)
        ASSERT_OK(streams_->make_group({space_, "t"}, "g" + std::to_string(n), "$"));
    EXPECT_EQ(streams_->make_group({space_, "t"}, "more", "$").error().code, ErrorCode::kTooLarge);
    ASSERT_OK(streams_->make_group({space_, "t"}, "g7", "$"));  // It is there.
    for (int n = 1; n < EventStreams::kTopicsMax; ++n)
        ASSERT_OK(streams_->make_group({space_, "t" + std::to_string(n)}, "g", "$"));
    EXPECT_EQ(streams_->make_group({space_, "more"}, "g", "$").error().code, ErrorCode::kTooLarge);
}

TEST_P(EventStreamsTest, WaitingEndsWithTheNextEntry) {
    const std::vector<StreamRef> streams = {{space_, "a"}, {space_, "b"}};
    std::vector<std::string> positions;
    ASSERT_OK(streams_->wait(streams, positions, 1ms));
    auto waiting = std::async(std::launch::async, [&] {
        while (positions[1] == "0-0") EXPECT_OK(streams_->wait(streams, positions, 500ms));
    });
    append("b", "1");
    waiting.get();
}

TEST(TopicPattern, SegmentsAndTheRest) {
    EXPECT_TRUE(matches("a.b", "a.b"));
    EXPECT_FALSE(matches("a.b", "a.b.c"));
    EXPECT_FALSE(matches("a.b", "a"));
    EXPECT_TRUE(matches("a.*.c", "a.b.c"));
    EXPECT_FALSE(matches("a.*", "a"));
    EXPECT_FALSE(matches("a.*", "a.b.c"));
    EXPECT_TRUE(matches("a.#", "a.b.c"));
    EXPECT_TRUE(matches("a.#", "a"));
    EXPECT_TRUE(matches("#", "a.b"));
    EXPECT_FALSE(matches("b.#", "a.b"));
}

TEST(TopicPattern, WhatIsNoneIsRefused) {
    for (const auto* good : {"a", "a.*", "*.b", "#", "a.b-c_1.#"}) EXPECT_OK(check_pattern(good));
    for (const auto* bad : {"", ".", "a.", ".a", "a..b", "a.#.b", "a*", "a b", "ä"})
        EXPECT_FALSE(check_pattern(bad).ok()) << bad;
    EXPECT_FALSE(check_pattern(std::string(201, 'a')).ok());
}

}  // namespace
}  // namespace ordinaut::events
