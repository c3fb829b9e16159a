// Goal: an event is acknowledged when the client's connection has taken it, and given back when
// that does not happen. Method: the built extension on the fake host, whose clock and clients the
// test moves.
#include <gmock/gmock.h>

#include <ordinaut/testing/fake_host.hpp>

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class EventsDemo : public ::testing::Test {
protected:
    ~EventsDemo() override {
        host_->stop();
        EXPECT_THAT(host_->violations(), IsEmpty());
    }
    FakeHost& start(Options options = {}) {
        std::string why;
        const auto* descriptor = load(PLUGINS_DIR "/events_demo/libevents_demo.so", &why);
        EXPECT_NE(descriptor, nullptr) << why;
        host_ = std::make_unique<FakeHost>(std::move(options), descriptor);
        EXPECT_EQ(host_->start(), ORD_OK);
        return *host_;
    }
    static Options small_window() {
        Options options;
        options.http_window = 1000;
        return options;
    }
    Call deliver(const std::string& payload, const std::string& id = "1-0") {
        EventOptions options;
        options.ns = "demo";
        options.id = id;
        const auto calls = host_->deliver("orders.created", payload, options);
        EXPECT_EQ(calls.size(), 1u);
        return calls.front();
    }
    bool subscribed() const { return host_->subscriptions().back().open; }

    std::unique_ptr<FakeHost> host_;
};

const std::string kLarge = "\"" + std::string(2000, 'x') + "\"";

TEST_F(EventsDemo, AnEventIsDoneWhenItIsWritten) {
    auto& host = start();
    const auto stream =
        host.begin_http("GET", "/stream/orders.%23?group=g&consumer=me&from_id=7-1");
    const auto subscription = host.subscriptions().back();
    EXPECT_EQ(subscription.ns, "demo");
    EXPECT_EQ(subscription.topic, "orders.#");
    EXPECT_EQ(subscription.group, "g");
    EXPECT_EQ(subscription.from_id, "7-1");
    EXPECT_EQ(subscription.max_in_flight, 1u);  // In order.
    EXPECT_TRUE(deliver(R"({"n":1})").wait().ok());
    EXPECT_THAT(stream.http().body, HasSubstr("event: open\ndata: {\"name\":\"orders.#\""));
    EXPECT_THAT(stream.http().body,
                HasSubstr("id: 1-0\ndata: {\"id\":\"1-0\",\"name\":\"orders.created\","
                          "\"published_at\":\"2026-01-01T00:00:00Z\",\"redelivered\":0,"
                          "\"payload\":{\"n\":1}}\n\n"));
}

TEST_F(EventsDemo, AnEventWaitsForASlowClient) {
    auto& host = start(small_window());
    const auto stream = host.begin_http("GET", "/stream/orders.created?group=g");
    stream.read_all();
    const auto first = deliver(kLarge);  // Taken, more than is wanted at a time.
    EXPECT_TRUE(first.wait().ok());
    const auto second = deliver("2", "2-0");
    host.settle();
    EXPECT_FALSE(second.ended());
    host.advance(9s);
    EXPECT_FALSE(second.ended());
    stream.read_all();
    EXPECT_TRUE(second.wait().ok());
    host.advance(60s);
    EXPECT_FALSE(stream.ended());
}

TEST_F(EventsDemo, AClientThatStaysSlowIsClosedAndTheEventGoesToOthers) {
    auto& host = start(small_window());
    const auto stream = host.begin_http("GET", "/stream/orders.created?group=g");
    stream.read_all();
    EXPECT_TRUE(deliver(kLarge).wait().ok());
    const auto second = deliver("2", "2-0");
    host.advance(11s);
    EXPECT_EQ(second.wait().status, ORD_E_RETRYABLE);
    EXPECT_THAT(second.wait().json, HasSubstr("\"retry_after_ms\":0"));
    EXPECT_EQ(stream.wait().status, ORD_E_GONE);
    EXPECT_THAT(stream.wait().message, HasSubstr("too slowly"));
    EXPECT_FALSE(subscribed());
    EXPECT_EQ(host.http("GET", "/streams").body, R"({"items":[]})");
}

TEST_F(EventsDemo, AClientThatLeavesTakesItsSubscriptionAlong) {
    auto& host = start(small_window());
    const auto stream = host.begin_http("GET", "/stream/orders.created?group=g");
    stream.read_all();
    EXPECT_TRUE(deliver(kLarge).wait().ok());
    const auto held = deliver("2", "2-0");
    EXPECT_TRUE(subscribed());
    stream.leave();
    EXPECT_EQ(held.wait().status, ORD_E_RETRYABLE);
    EXPECT_FALSE(subscribed());
    host.advance(60s);
    EXPECT_THAT(stream.http().body, Not(HasSubstr("heartbeat")));
}

TEST_F(EventsDemo, AStreamSaysThatItLivesAndEndsAfterAnHour) {
    auto& host = start();
    const auto stream = host.begin_http("GET", "/stream/orders.created?group=g");
    host.advance(30s);
    EXPECT_THAT(stream.http().body, HasSubstr(": heartbeat\n\n"));
    for (int minute = 0; minute < 61; ++minute) host.advance(60s);
    // After an hour the client has to show its token again.
    EXPECT_TRUE(stream.wait().ok());
    EXPECT_TRUE(stream.http().ended);
    EXPECT_FALSE(subscribed());
}

TEST_F(EventsDemo, TheStopEndsStreamsAsItShould) {
    auto& host = start();
    const auto stream = host.begin_http("GET", "/stream/orders.created");
    host.quiesce();
    EXPECT_TRUE(stream.wait().ok());
    host.stop_quiesced();
    host.destroy();
}

TEST_F(EventsDemo, AtMostAHundredStreams) {
    auto& host = start();
    std::vector<Call> streams;
    for (int n = 0; n < 100; ++n) {
        streams.push_back(host.begin_http("GET", "/stream/a"));
        ASSERT_EQ(streams.back().http().status, 200u);
    }
    const auto refused = host.begin_http("GET", "/stream/a");
    EXPECT_THAT(refused.wait().message, HasSubstr("at most 100"));
    EXPECT_THAT(refused.wait().json, HasSubstr("503"));
    for (const auto& stream : streams) stream.leave();
    host.settle();
    EXPECT_EQ(host.begin_http("GET", "/stream/a").http().status, 200u);
}

TEST_F(EventsDemo, WhatIsNotPublishedIsSaid) {
    auto& host = start();
    const auto publish = [&] { return host.begin_http("POST", "/publish/a", {{}, "1", {}}); };
    host.fail_next("events.publish", ORD_E_RETRYABLE, "Redis is away");
    const auto away = publish();
    EXPECT_EQ(away.wait().status, ORD_E_RETRYABLE);
    EXPECT_THAT(away.wait().message, HasSubstr("nothing was published, try again: Redis is away"));
    EXPECT_THAT(away.wait().json, HasSubstr("retry_after_ms"));
    host.fail_next("events.publish", ORD_E_LIMIT, "this namespace has 1000 topics already");
    const auto full = publish();
    EXPECT_THAT(full.wait().json, HasSubstr("409"));
    EXPECT_THAT(full.wait().message, HasSubstr("1000 topics"));
    EXPECT_EQ(host.http("POST", "/publish/a", {{}, "1", {}}).status, 202u);
    EXPECT_EQ(host.published().back().ns, "demo");
}

}  // namespace
}  // namespace ordinaut::testing
