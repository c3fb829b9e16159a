// Goal: what is promised of events holds through the real program: a run sees its event, Redis may
// go and come back, servers may be killed, and every event runs once. Method: a Redis of the test's
// own, which it stops and starts.
#include <gmock/gmock.h>

#include "base/id.h"
#include "tests/e2e/host.h"
#include "tests/e2e/own_redis.h"
#include "tests/support/result_matchers.h"
#include "tests/support/test_servers.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class EventsEndToEnd : public ::testing::Test {
protected:
    EventsEndToEnd() { serve("api,runner,scheduler"); }
    Process& serve(const std::string& roles) {
        return cluster_.serve(roles, {"--redis-url", redis_.url(), "--ext-policy", "manifest"});
    }
    static std::string waiting_for(const std::string& topic, const std::string& with,
                                   const std::string& more = "") {
        return task_json("std.echo", with, more,
                         R"("schedule_kind":"event","schedule_expr":")" + topic + "\"");
    }
    HttpAnswer publish(const std::string& topic, const std::string& payload,
                       const std::string& more = "") {
        return http().post("/events",
                           R"({"topic":")" + topic + R"(","payload":)" + payload + more + "}");
    }
    int64_t runs_of(const std::string& task_id, const std::string& filter = "") {
        const Json runs = body_of(http().get("/runs?limit=1&task_id=" + task_id + filter), 200);
        return find(runs, "total")->GetInt64();
    }
    // A client with these scopes alone.
    std::unique_ptr<HttpClient> agent(const std::string& name, const std::string& scopes) {
        return log_in_new_agent(http(), cluster_.url(), name, scopes).client;
    }
    HttpClient& http() {
        if (!http_) http_ = cluster_.client();
        return *http_;
    }

    OwnRedis redis_;
    Cluster cluster_;
    std::unique_ptr<HttpClient> http_;
};

TEST_F(EventsEndToEnd, ARunSeesItsEvent) {
    const std::string id = create_task(
        http(),
        waiting_for(
            "orders.*.created",
            R"({"order":"${event.order}","text":"for ${event.name}, ${run.trigger.topic}"})"));
    const Json task = body_of(http().get("/tasks/" + id), 200);
    EXPECT_TRUE(find(task, "next_run_at")->IsNull());
    EXPECT_EQ(string_or(task, "overlap", ""), "allow");
    const Json published =
        body_of(publish("orders.eu.created", R"({"order":42,"name":"Ana"})"), 202);
    const JsonValue& details = *find(published, "details");
    ASSERT_EQ(find(details, "triggered_tasks")->Size(), 1u);
    EXPECT_EQ(view((*find(details, "triggered_tasks"))[0]), id);
    ASSERT_TRUE(eventually(30s, [&] { return runs_of(id, "&success=true") == 1; }));
    const Json run = body_of(http().get("/runs/task/" + id + "/latest"), 200);
    EXPECT_EQ(string_or(run, "source", ""), "event");
    EXPECT_EQ(to_json(*find(*find(run, "output"), "a")),
              R"({"order":42,"text":"for Ana, orders.eu.created"})");
    EXPECT_EQ(to_json(*find(run, "event")), R"({"order":42,"name":"Ana"})");
    EXPECT_EQ(string_or(*find(run, "trigger"), "event_id", ""),
              string_or(details, "event_id", "-"));
    EXPECT_EQ(body_of(publish("orders.created", "1"), 202)["details"]["triggered_tasks"].Size(),
              0u);
}

TEST_F(EventsEndToEnd, AnEventWithANameIsOneEvent) {
    const std::string id = create_task(http(), waiting_for("a", "{}"));
    const Json first = body_of(publish("a", "1", R"(,"event_id":"invoice-7")"), 202);
    const Json again = body_of(publish("a", "1", R"(,"event_id":"invoice-7")"), 202);
    EXPECT_EQ(string_or(*find(first, "details"), "stream_id", "1"),
              string_or(*find(again, "details"), "stream_id", "2"));
    body_of(publish("a", "2"), 202);
    ASSERT_TRUE(eventually(30s, [&] { return runs_of(id, "&success=true") == 2; }));
    EXPECT_EQ(runs_of(id), 2);
}

TEST_F(EventsEndToEnd, MistakesAreExplained) {
    const auto bad_task = http().post("/tasks", waiting_for("orders.#.created", "{}"));
    EXPECT_EQ(bad_task.status, 422);
    EXPECT_THAT(bad_task.body, HasSubstr("/schedule_expr"));
    EXPECT_THAT(bad_task.body, HasSubstr("orders.*.created"));
    const auto bad_topic = publish("orders..created", "1");
    EXPECT_EQ(bad_topic.status, 422);
    EXPECT_THAT(bad_topic.body, HasSubstr("/topic"));
    EXPECT_EQ(publish("a.*", "1").status, 422);
    EXPECT_EQ(http().post("/events", R"({"payload":1})").status, 422);
    EXPECT_EQ(http().post("/events", R"({"topic":"a","payload":1,"x":1})").status, 422);
    EXPECT_EQ(http().get("/events/stream/recent?count=0").status, 422);
    const auto preview = http().post("/schedules/preview",
                                     R"({"schedule_kind":"event","schedule_expr":"orders.#"})");
    EXPECT_EQ(preview.status, 200);
    EXPECT_THAT(preview.body, HasSubstr("Whenever an event is published"));
    EXPECT_EQ(http()
                  .post("/schedules/preview", R"({"schedule_kind":"event","schedule_expr":"a b"})")
                  .status,
              422);
}

TEST_F(EventsEndToEnd, WithoutRedisNothingIsLostSilentlyAndTimeGoesOn) {
    const std::string created = create_task(http(), waiting_for("task.created", "{}"));
    const std::string waiting = create_task(http(), waiting_for("a", "{}"));
    body_of(publish("a", "1"), 202);
    ASSERT_TRUE(eventually(30s, [&] { return runs_of(waiting) == 1; }));
    ASSERT_TRUE(eventually(30s, [&] { return runs_of(created) == 2; }));
    redis_.kill();
    const auto refused = publish("a", "2");
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.headers.count("retry-after"));
    EXPECT_THAT(refused.body, HasSubstr("try again"));
    const std::string timed = create_task(http(), task_json("std.echo", "{}"));
    EXPECT_EQ(string_or(wait_for_run(http(), run_now(http(), timed)), "state", ""), "succeeded");
    redis_.start();
    ASSERT_TRUE(eventually(30s, [&] { return publish("a", "3").status == 202; }));
    EXPECT_TRUE(eventually(30s, [&] { return runs_of(waiting) == 2; }));
    // What the host had to say meanwhile is said now.
    EXPECT_TRUE(eventually(30s, [&] { return runs_of(created) == 3; }));
    const auto recent = http().get("/events/stream/recent?count=100");
    EXPECT_THAT(recent.body, HasSubstr("run.succeeded"));
    const auto topics = http().get("/events/topics");
    EXPECT_THAT(topics.body, HasSubstr("task.created"));
}

TEST_F(EventsEndToEnd, ALongOutageOfRedisIsSatOut) {
    const std::string created = create_task(http(), waiting_for("task.created", "{}"));
    const std::string waiting = create_task(http(), waiting_for("a", "{}"));
    const auto publish_named = [&](int n) {
        return publish("a", "1", R"(,"event_id":"e)" + std::to_string(n) + "\"");
    };
    for (int i = 0; i < 10; ++i) body_of(publish_named(i), 202);
    redis_.kill();
    // Until the longest pause between two attempts has come twice.
    int sent = 10;
    std::string pauses;
    const auto longest_twice = [&] {
        const auto refused = publish_named(sent++ % 40);
        EXPECT_EQ(refused.status, 503) << refused.body;
        const auto after = refused.headers.find("retry-after");
        if (after == refused.headers.end()) return ADD_FAILURE() << refused.body, true;
        if (pauses.empty() || pauses.back() != after->second[0]) pauses += after->second[0];
        const auto first = pauses.find('5');
        return first != std::string::npos && pauses.find('5', first + 1) != std::string::npos;
    };
    ASSERT_TRUE(eventually(120s, longest_twice)) << pauses;
    create_task(http(), task_json("std.echo", "{}"));
    redis_.start();
    // Those who were refused try again with the same names, and some who were not.
    for (int i = 0; i < 40; ++i)
        ASSERT_TRUE(eventually(60s, [&] { return publish_named(i).status == 202; })) << i;
    EXPECT_TRUE(eventually(60s, [&] { return runs_of(waiting, "&success=true") == 40; }))
        << runs_of(waiting);
    EXPECT_TRUE(eventually(60s, [&] { return runs_of(created) == 3; })) << runs_of(created);
    EXPECT_EQ(runs_of(waiting), 40);
}

TEST_F(EventsEndToEnd, ScopesAndOwnersDecide) {
    const auto publisher = agent("publisher", R"(["events:publish"])");
    const auto reader = agent("reader", R"(["tasks:read"])");
    body_of(publisher->post("/events", R"({"topic":"orders.created","payload":{"order":1}})"), 202);
    const auto denied = [](const HttpAnswer& answer, const char* scope) {
        EXPECT_EQ(answer.status, 403) << answer.body;
        EXPECT_THAT(answer.body, HasSubstr(scope));
    };
    denied(reader->post("/events", R"({"topic":"a","payload":1})"), "events:publish");
    denied(reader->get("/events/topics"), "events:publish");
    denied(reader->get("/events/stream/recent"), "events:publish");
    denied(publisher->request("DELETE", "/events/stream/cleanup"), "queue:admin");
    const Json me = body_of(http().get("/agents/me"), 200);
    denied(publisher->post("/events", R"({"topic":"a","payload":1,"source_agent_id":")" +
                                          std::string(string_or(me, "id", "")) + "\"}"),
           "admin");
    // What the host says of a task is for its owner.
    create_task(http(), task_json("std.echo", "{}"));
    const auto told = [](HttpClient& client) {
        return client.get("/events/stream/recent?count=1000").body;
    };
    ASSERT_TRUE(
        eventually(30s, [&] { return told(http()).find("task.created") != std::string::npos; }));
    EXPECT_THAT(told(*publisher),
                AllOf(HasSubstr("orders.created"), Not(HasSubstr("task.created"))));
}

TEST_F(EventsEndToEnd, CleaningDropsWhatIsOldAndRead) {
    const std::string id = create_task(http(), waiting_for("a", "{}"));
    for (int i = 0; i < 5; ++i) body_of(publish("a", std::to_string(i)), 202);
    ASSERT_TRUE(eventually(30s, [&] { return runs_of(id, "&success=true") == 5; }));
    const auto clean = [&](const std::string& query) {
        return http().request("DELETE", "/events/stream/cleanup" + query);
    };
    for (const std::string bad :
         {"?max_age_hours=-1", "?max_age_hours=x", "?max_age_hours=87601", "?max_age_hours=1.5"}) {
        const auto refused = clean(bad);
        EXPECT_EQ(refused.status, 422) << bad << " " << refused.body;
        EXPECT_THAT(refused.body, HasSubstr("max_age_hours"));
    }
    EXPECT_EQ(clean("?max_age=1").status, 422);
    EXPECT_EQ(find(body_of(clean(""), 200), "deleted")->GetInt64(), 0);
    EXPECT_TRUE(eventually(30s, [&] {
        body_of(clean("?max_age_hours=0"), 200);
        return http().get("/events/stream/recent?count=1000").body.find("\"topic\":\"a\"") ==
               std::string::npos;
    }));
    body_of(publish("a", "6"), 202);
    EXPECT_TRUE(eventually(30s, [&] { return runs_of(id, "&success=true") == 6; }));
    EXPECT_EQ(runs_of(id), 6);
}

TEST_F(EventsEndToEnd, KilledSchedulersLoseAndRepeatNothing) {
    Process& second = serve("scheduler");
    const std::string id = create_task(http(), waiting_for("a.#", "{}"));
    for (int i = 0; i < 300; ++i) {
        body_of(publish("a." + std::to_string(i % 7), std::to_string(i)), 202);
        if (i == 150) second.signal(SIGKILL);
    }
    // What the killed one had read is anyone's after a minute.
    EXPECT_TRUE(eventually(100s, [&] { return runs_of(id, "&success=true") == 300; }));
    EXPECT_EQ(runs_of(id), 300);
}

TEST_F(EventsEndToEnd, ALoopOfRunsEnds) {
    const std::string id = create_task(http(), waiting_for("run.succeeded", "{}"));
    run_now(http(), id);
    EXPECT_TRUE(eventually(60s, [&] { return runs_of(id, "&success=true") == 10; }));
    EXPECT_EQ(runs_of(id), 10);
}

}  // namespace
}  // namespace ordinaut::testing
