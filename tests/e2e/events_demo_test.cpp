// Goal: events flow from whoever publishes to whoever reads, in order, shared in a group, and are
// not lost when a reader goes. Method: the real program on a real Redis, the extension's routes as
// clients use them.
#include <gmock/gmock.h>

#include <algorithm>
#include <climits>
#include <set>

#include "tests/e2e/demo_stream.h"
#include "tests/e2e/event_stream_client.h"
#include "tests/e2e/host.h"
#include "tests/e2e/own_redis.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<int64_t> numbers(DemoStream& stream, int count) {
    std::vector<int64_t> read;
    for (int n = 0; n < count; ++n) {
        const auto event = stream.next();
        if (!event) break;
        read.push_back(find(event->data, "payload")->GetInt64());
    }
    return read;
}

class EventsDemo : public ::testing::Test {
protected:
    EventsDemo() { cluster_.serve("api,runner,scheduler", {"--redis-url", redis_.url()}); }
    HttpClient& http() {
        if (!http_) http_ = cluster_.client();
        return *http_;
    }
    std::unique_ptr<DemoStream> read(const std::string& path, const std::string& last_id = "",
                                     const std::string& url = "") {
        return std::make_unique<DemoStream>(url.empty() ? cluster_.url() : url, cluster_.token(),
                                            path, last_id);
    }
    std::string publish(const std::string& name, const std::string& payload) {
        const Json answer = body_of(http().post("/ext/events_demo/publish/" + name, payload), 202);
        EXPECT_EQ(string_or(answer, "name", ""), name);
        return std::string(string_or(answer, "id", ""));
    }
    void publish_numbers(const std::string& name, int count) {
        for (int n = 1; n <= count; ++n) publish(name, std::to_string(n));
    }
    size_t open_streams() {
        return find(body_of(http().get("/ext/events_demo/streams"), 200), "items")->Size();
    }
    Json health() { return body_of(http().get("/extensions/events_demo/events/health"), 200); }
    // Everything a stream of a group that is through has got: it is brought to an end.
    std::vector<int64_t> all_of(DemoStream& stream) {
        EXPECT_TRUE(eventually(30s, [&] { return string_or(health(), "status", "") == "idle"; }));
        body_of(http().post("/extensions/events_demo/disable", "{}"), 200);
        return numbers(stream, INT_MAX);
    }
    void configure(const std::string& config) {
        body_of(http().put("/extensions/events_demo/config", config), 200);
    }

    OwnRedis redis_;
    Cluster cluster_;
    std::unique_ptr<HttpClient> http_;
};

std::vector<int64_t> together(std::vector<int64_t> some, const std::vector<int64_t>& others) {
    some.insert(some.end(), others.begin(), others.end());
    std::sort(some.begin(), some.end());
    return some;
}

std::vector<int64_t> up_to(int count) {
    std::vector<int64_t> all;
    for (int n = 1; n <= count; ++n) all.push_back(n);
    return all;
}

TEST_F(EventsDemo, WhatIsPublishedArrivesInOrderAsItWas) {
    const auto one = read("orders.created"), all = read("orders.%23");
    EXPECT_THAT(one->head(), HasSubstr("text/event-stream"));
    EXPECT_EQ(string_or(one->opened(), "name", ""), "orders.created");
    publish_numbers("orders.created", 50);
    EXPECT_EQ(numbers(*one, 50), up_to(50));
    EXPECT_EQ(numbers(*all, 50), up_to(50));
    const std::string payload =
        R"({"n": 12345678901234567890, "x": 0.10, "text": "ä\n", "list": [null]})";
    const std::string id = publish("orders.created", payload);
    const auto event = one->next();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->id, id);
    EXPECT_EQ(string_or(event->data, "id", ""), id);
    EXPECT_EQ(string_or(event->data, "name", ""), "orders.created");
    EXPECT_THAT(event->text, HasSubstr("\"payload\":" + payload + "}"));
    publish("orders", "1");
    publish("invoices.sent", "2");
    EXPECT_TRUE(all->next());
    const auto rest = all->next();
    ASSERT_TRUE(rest);
    EXPECT_EQ(string_or(rest->data, "name", ""), "orders");
}

TEST_F(EventsDemo, AGroupSharesAndEveryGroupGetsAll) {
    const auto first = read("jobs.#?group=a&consumer=first"),
               second = read("jobs.#?group=a&consumer=second"), other = read("jobs.#?group=b");
    publish_numbers("jobs.done", 40);
    EXPECT_EQ(numbers(*other, 40), up_to(40));
    const Json streams = body_of(http().get("/ext/events_demo/streams"), 200);
    std::set<std::string> consumers;
    for (const auto& item : find(streams, "items")->GetArray())
        consumers.emplace(string_or(item, "consumer", ""));
    EXPECT_THAT(consumers, ElementsAre("", "first", "second"));
    const auto ones = all_of(*first), others = all_of(*second);
    EXPECT_FALSE(ones.empty());  // They take turns.
    EXPECT_FALSE(others.empty());
    EXPECT_EQ(together(ones, others), up_to(40));
}

TEST_F(EventsDemo, AGroupIsSharedByProcesses) {
    cluster_.serve("api", {"--redis-url", redis_.url()});
    ASSERT_NE(cluster_.last_url(), cluster_.url());
    const auto here = read("jobs?group=g"), there = read("jobs?group=g", "", cluster_.last_url());
    publish_numbers("jobs", 30);
    const auto ones = all_of(*here), others = all_of(*there);
    EXPECT_EQ(together(ones, others), up_to(30));
}

TEST_F(EventsDemo, AGroupGoesOnWhereItWas) {
    auto reader = read("jobs?group=g");
    publish_numbers("jobs", 2);
    EXPECT_EQ(numbers(*reader, 2), up_to(2));
    ASSERT_TRUE(eventually(30s, [&] { return string_or(health(), "status", "") == "idle"; }));
    reader.reset();
    ASSERT_TRUE(eventually(30s, [&] { return open_streams() == 0; }));
    publish("jobs", "3");
    publish("jobs", "4");
    const Json waiting = health();
    EXPECT_EQ(string_or(waiting, "status", ""), "working");
    EXPECT_EQ(find(waiting, "pending")->GetInt64(), 0);
    EXPECT_EQ(find(waiting, "lag")->GetInt64(), 2);
    const JsonValue& stream = (*find(waiting, "streams"))[0];
    EXPECT_EQ(string_or(stream, "namespace", ""), "demo");
    EXPECT_EQ(string_or(stream, "topic", ""), "jobs");
    EXPECT_EQ(find(stream, "events")->GetInt64(), 4);
    EXPECT_EQ(string_or((*find(stream, "groups"))[0], "group", ""), "g");
    // Where a group begins is of no more interest when it has begun.
    reader = read("jobs?group=g&from_id=0", "0");
    EXPECT_THAT(numbers(*reader, 2), ElementsAre(3, 4));
    EXPECT_TRUE(eventually(30s, [&] { return string_or(health(), "status", "") == "idle"; }));
}

// Goal: what a slow client did not take goes to another of its group. Method: a client that does
// not read, and more events than any buffer on the way holds.
TEST_F(EventsDemo, ASlowClientIsClosedAndItsEventGoesToAnother) {
    configure(R"({"patience_ms": 200})");
    const auto slow = read("jobs?group=g");
    const std::string filler(200'000, 'x');
    constexpr int kCount = 120;
    for (int n = 1; n <= kCount; ++n)
        publish("jobs", R"({"n":)" + std::to_string(n) + R"(,"filler":")" + filler + "\"}");
    ASSERT_TRUE(eventually(60s, [&] { return open_streams() == 0; }));
    EXPECT_EQ(find(health(), "pending")->GetInt64(), 1);
    // What is quick enough for this machine at this moment is not what is tested.
    configure(R"({"patience_ms": 15000})");
    const auto quick = read("jobs?group=g");
    const auto first = quick->next();
    ASSERT_TRUE(first);
    EXPECT_EQ(find(first->data, "redelivered")->GetInt64(), 1);
    int64_t n = find(*find(first->data, "payload"), "n")->GetInt64();
    EXPECT_GT(n, 1);
    for (++n; n <= kCount; ++n) {
        const auto event = quick->next();
        ASSERT_TRUE(event) << n;
        EXPECT_EQ(find(*find(event->data, "payload"), "n")->GetInt64(), n);
        EXPECT_EQ(find(event->data, "redelivered")->GetInt64(), 0);
    }
    EXPECT_TRUE(eventually(30s, [&] { return string_or(health(), "status", "") == "idle"; }));
}

TEST_F(EventsDemo, LastEventIdReplaysWhatWasMissed) {
    auto reader = read("orders");
    publish_numbers("orders", 2);
    EXPECT_EQ(numbers(*reader, 1), up_to(1));
    const std::string last = reader->last_id();
    reader.reset();
    publish("orders", "3");
    // The address still says where it once began.
    reader = read("orders?from_id=0", last);
    EXPECT_THAT(numbers(*reader, 2), ElementsAre(2, 3));
    publish("orders", "4");
    EXPECT_THAT(numbers(*reader, 1), ElementsAre(4));
    EXPECT_THAT(numbers(*read("orders?from_id=" + last), 3), ElementsAre(2, 3, 4));
    EXPECT_EQ(numbers(*read("orders?from_id=0"), 4), up_to(4));
    // Of many names some may come once more, none is missing.
    publish("orders.eu", "5");
    const auto all = read("orders.%23", last);
    std::set<int64_t> seen;
    while (seen.count(5) == 0) {
        const auto event = all->next();
        ASSERT_TRUE(event);
        seen.insert(find(event->data, "payload")->GetInt64());
    }
    for (int64_t n = 2; n <= 5; ++n) EXPECT_EQ(seen.count(n), 1u) << n;
}

TEST_F(EventsDemo, ADisconnectFreesTheSubscription) {
    std::vector<std::unique_ptr<DemoStream>> streams;
    for (int round = 0; round < 2; ++round) {
        for (int n = 0; n < 100; ++n) {
            streams.push_back(read("a"));
            ASSERT_EQ(streams.back()->status(), 200) << streams.back()->body();
        }
        EXPECT_EQ(open_streams(), 100u);
        const auto refused = read("a");
        EXPECT_EQ(refused->status(), 503);
        EXPECT_THAT(refused->body(), HasSubstr("at most 100"));
        streams.clear();
        ASSERT_TRUE(eventually(30s, [&] { return open_streams() == 0; }));
    }
}

TEST_F(EventsDemo, ASilentStreamSaysThatItLives) {
    configure(R"({"heartbeat_ms": 50})");
    const auto reader = read("a");
    EXPECT_TRUE(reader->next_heartbeat());
    EXPECT_TRUE(reader->next_heartbeat());
}

TEST_F(EventsDemo, MistakesAreExplained) {
    const auto post = [&](const std::string& name, const std::string& body) {
        return http().post("/ext/events_demo/publish/" + name, body);
    };
    for (const auto* name : {"a..b", "a.", "a%20b", "a.%23", "%C3%A4"}) {
        const auto answer = post(name, "1");
        EXPECT_EQ(answer.status, 422) << name;
        EXPECT_THAT(answer.body, HasSubstr(R"("pointer":"/name")"));
        EXPECT_THAT(answer.body, HasSubstr("orders.created"));
    }
    EXPECT_EQ(post(std::string(201, 'a'), "1").status, 422);
    EXPECT_EQ(post("a", "").status, 400);
    const auto no_json = post("a", R"({"n": )");
    EXPECT_EQ(no_json.status, 400);
    EXPECT_THAT(no_json.body, HasSubstr("the body must be JSON"));
    EXPECT_THAT(no_json.body, HasSubstr("\"request_id\""));
    const auto twice = post("a", R"({"n": 1, "n": 2})");
    EXPECT_EQ(twice.status, 400);
    EXPECT_THAT(twice.body, HasSubstr("names a member twice"));
    EXPECT_EQ(post("a", "\"" + std::string(256 << 10, 'x') + "\"").status, 413);

    const auto refused = [&](const std::string& path, const std::string& pointer) {
        const auto stream = read(path, path.find("last") == std::string::npos ? "" : "yesterday");
        EXPECT_EQ(stream->status(), 422) << path;
        EXPECT_THAT(stream->body(), HasSubstr(pointer)) << path;
    };
    refused("a.%23.b", "/name");
    refused("a?group=two%20words", "/group");
    refused("a?group=g&consumer=a.b", "/consumer");
    refused("a?consumer=me", "give the group too");
    refused("a?from_id=now", "/from_id");
    refused("last", "/last-event-id");
    EXPECT_EQ(open_streams(), 0u);
}

TEST_F(EventsDemo, TheSameKeyIsTheSameEvent) {
    const auto post = [&](const std::string& key) {
        const auto answer =
            http().request("POST", "/ext/events_demo/publish/a", "1", {{"Idempotency-Key", key}});
        return std::string(string_or(body_of(answer, 202), "id", ""));
    };
    const std::string first = post("k1");
    EXPECT_EQ(post("k1"), first);
    EXPECT_NE(post("k2"), first);
}

TEST_F(EventsDemo, ThePageIsForAllAndTheEventsAreNot) {
    HttpClient stranger(cluster_.url());
    const auto page = stranger.get("/ext/events_demo/");
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.headers.at("content-type"), HasSubstr("text/html"));
    EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("script-src 'self'"));
    EXPECT_EQ(stranger.get("/ext/events_demo/page.js").status, 200);
    EXPECT_EQ(stranger.get("/ext/events_demo/page.css").status, 200);
    EXPECT_EQ(stranger.post("/ext/events_demo/publish/a", "1").status, 401);
    EXPECT_EQ(stranger.get("/ext/events_demo/stream/a").status, 401);
    EXPECT_EQ(stranger.get("/extensions/events_demo/events/health").status, 401);
}

TEST_F(EventsDemo, HealthOfOthersIsAnsweredToo) {
    const auto unknown = http().get("/extensions/nobody/events/health");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_THAT(unknown.body, HasSubstr("nobody"));
    const Json none = body_of(http().get("/extensions/std/events/health"), 200);
    EXPECT_EQ(string_or(none, "status", ""), "none");
    EXPECT_THAT(std::string(string_or(none, "message", "")), HasSubstr("EVENTS_SUB"));
    EXPECT_EQ(string_or(health(), "status", ""), "idle");
    const auto reader = read("jobs?group=mailers");
    publish("jobs", "1");
    EXPECT_EQ(numbers(*reader, 1), up_to(1));
    const auto shown = cluster_.run(
        {"ext", "events", "events_demo", "--server", cluster_.url(), "--token", cluster_.token()});
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("PENDING"));
    EXPECT_THAT(shown.out, HasSubstr("mailers"));
}

TEST_F(EventsDemo, WithoutRedisItSaysSoAndGoesOnLater) {
    const auto reader = read("a?group=g"), looker = read("a");
    publish("a", "1");
    EXPECT_EQ(numbers(*reader, 1), up_to(1));
    redis_.kill();
    const auto refused = http().post("/ext/events_demo/publish/a", "2");
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.headers.count("retry-after"));
    EXPECT_THAT(refused.body, HasSubstr("nothing was published"));
    const auto unhealthy = http().get("/extensions/events_demo/events/health");
    EXPECT_EQ(unhealthy.status, 503);
    EXPECT_THAT(unhealthy.body, HasSubstr("try again"));
    redis_.start();
    ASSERT_TRUE(eventually(
        30s, [&] { return http().post("/ext/events_demo/publish/a", "3").status == 202; }));
    EXPECT_THAT(numbers(*looker, 2), ElementsAre(1, 3));
    const auto event = reader->next();
    ASSERT_TRUE(event);
    EXPECT_EQ(open_streams(), 2u);
}

}  // namespace
}  // namespace ordinaut::testing
