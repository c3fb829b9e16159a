// Goal: GET /stream through the real program: everything the caller may see, once and in order,
// over reconnects, restarts, slow neighbours and a thousand clients.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cstdio>
#include <pqxx/pqxx>
#include <thread>

#include "base/clock.h"
#include "base/id.h"
#include "tests/e2e/event_stream_client.h"
#include "tests/e2e/host.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;

// Each case has a database of its own.
class Live : public ::testing::Test {
protected:
    explicit Live(std::vector<std::string> arguments = {"--stream-heartbeat-seconds", "1"})
        : arguments_(std::move(arguments)) {
        cluster_.serve("api,scheduler,runner", arguments_);
        http_ = cluster_.client();
    }
    EventStreamClient open(const std::string& query = "", const std::string& last_id = "") {
        return {cluster_.url(), cluster_.token(), query, last_id};
    }
    std::string echo_task(HttpClient& http) {
        return create_task(http, task_json("std.echo", R"({"n":1})", R"(,"overlap":"allow")"));
    }
    AgentLogin agent(const std::string& name, const std::string& scopes) {
        return log_in_new_agent(*http_, cluster_.url(), name, scopes);
    }
    // `count` changes of runs of nobody's task, in one transaction that is not committed yet.
    static void add_changes(pqxx::work& work, const std::string& reason, int count,
                            int padding = 0) {
        work.exec(
            "INSERT INTO run_event (run_id, task_id, owner, at, from_state, to_state, actor, "
            "reason, trace_id) SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), "
            "now(), '', 'ready', 'tester', " +
            work.quote(reason) + " || n || repeat('x', " + std::to_string(padding) +
            "), '' FROM generate_series(1, " + std::to_string(count) + ") AS n");
    }
    void commit_changes(const std::string& reason, int count, int padding = 0) {
        pqxx::connection link(cluster_.database_url());
        pqxx::work work(link);
        add_changes(work, reason, count, padding);
        work.exec("NOTIFY ordinaut_runs");
        work.commit();
    }

    const std::vector<std::string> arguments_;
    Cluster cluster_;
    std::unique_ptr<HttpClient> http_;
};

TEST_F(Live, ARunsStatesComeInOrderWithAllThereIsToKnow) {
    auto stream = open();
    ASSERT_EQ(stream.status(), 200) << stream.body();
    EXPECT_NE(stream.head().find("Content-Type: text/event-stream"), std::string::npos);
    EXPECT_NE(stream.head().find("Cache-Control: no-store"), std::string::npos);
    EXPECT_FALSE(stream.last_id().empty());
    const std::string task = echo_task(*http_);
    const auto created = stream.next_of("task.created");
    ASSERT_TRUE(created);
    EXPECT_EQ(created->kind, "task");
    EXPECT_EQ(string_or(created->data, "task_id", ""), task);
    const std::string run = run_now(*http_, task);
    std::string path;
    while (!path.ends_with("succeeded")) {
        const auto event = stream.next();
        ASSERT_TRUE(event) << path;
        if (event->kind != "run") continue;
        EXPECT_EQ(string_or(event->data, "run_id", ""), run);
        EXPECT_EQ(string_or(event->data, "task_id", ""), task);
        EXPECT_TRUE(parse_time(string_or(event->data, "at", "")).ok());
        path += std::string(string_or(event->data, "from", "?")) + ">" +
                std::string(string_or(event->data, "state", "?")) + " ";
        if (event->type() == "run.succeeded") break;
    }
    EXPECT_EQ(path, ">ready ready>running running>succeeded ");
    body_of(http_->post("/tasks/" + task + "/pause", "{}"), 200);
    EXPECT_TRUE(stream.next_of("task.paused"));
    body_of(http_->post("/admin/queue/pause", "{}"), 200);
    const auto paused = stream.next_of("queue.paused");
    ASSERT_TRUE(paused);
    EXPECT_EQ(paused->kind, "queue");
    body_of(http_->post("/admin/queue/resume", "{}"), 200);
    EXPECT_TRUE(stream.next_of("queue.resumed"));
    body_of(http_->post("/extensions/std/disable", "{}"), 200);
    const auto disabled = stream.next_of("extension.disabled");
    ASSERT_TRUE(disabled);
    EXPECT_EQ(string_or(disabled->data, "extension_id", ""), "std");
    EXPECT_TRUE(stream.next_of("extension.state"));
}

TEST_F(Live, FiltersAreServedAndMistakesNamed) {
    const std::string watched = echo_task(*http_), other = echo_task(*http_);
    auto of_task = open("?task_id=" + watched + "&state=succeeded");
    auto kinds = open("?kinds=task,queue");
    run_now(*http_, other);
    const std::string run = run_now(*http_, watched);
    const auto ended = of_task.next();
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->type(), "run.succeeded");
    EXPECT_EQ(string_or(ended->data, "run_id", ""), run);
    auto of_run = open("?run_id=" + run);
    body_of(http_->post("/tasks/" + watched + "/cancel", "{}"), 200);
    const auto canceled = kinds.next();
    ASSERT_TRUE(canceled);
    EXPECT_EQ(canceled->type(), "task.canceled");

    const auto refused = open("?state=succeded");
    EXPECT_EQ(refused.status(), 422);
    EXPECT_NE(refused.body().find("did you mean 'succeeded'"), std::string::npos) << refused.body();
    EXPECT_NE(refused.body().find("\"pointer\":\"/state\""), std::string::npos) << refused.body();
    EXPECT_EQ(open("?task_id=7").status(), 422);
    EXPECT_EQ(open("?nonsense=1").status(), 422);
    EXPECT_EQ(HttpClient(cluster_.url()).get("/stream").status, 401);
    const AgentLogin poor = agent("poor", R"(["tasks:read"])");
    const EventStreamClient denied(cluster_.url(), poor.token);
    EXPECT_EQ(denied.status(), 403);
    EXPECT_NE(denied.body().find("runs:read"), std::string::npos);
    // HEAD has an end.
    EXPECT_EQ(http_->request("HEAD", "/stream").status, 200);
    EXPECT_EQ(http_->post("/stream", "{}").status, 405);
}

TEST_F(Live, NothingOfOthersIsShown) {
    const AgentLogin ann = agent("ann", R"(["owner"])"), bob = agent("bob", R"(["owner"])");
    const auto &anns = ann.client, &bobs = bob.client;
    // Without extensions, which everyone may see and which load when they are first used.
    EventStreamClient to_ann(cluster_.url(), ann.token, "?kinds=run,task"),
        to_bob(cluster_.url(), bob.token, "?kinds=run,task");
    auto to_admin = open();
    const std::string task = echo_task(*anns);
    // Naming it does not help.
    EventStreamClient curious(cluster_.url(), bob.token, "?task_id=" + task);
    run_now(*anns, task);
    ASSERT_TRUE(to_ann.next_of("run.succeeded"));
    ASSERT_TRUE(to_admin.next_of("run.succeeded"));
    const std::string own = echo_task(*bobs);
    const auto first = to_bob.next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->type(), "task.created");
    EXPECT_EQ(string_or(first->data, "task_id", ""), own) << "a foreign task's event was shown";
    body_of(anns->request("DELETE", "/tasks/" + task), 204);
    const auto deleted = to_ann.next_of("task.deleted");
    ASSERT_TRUE(deleted);
    EXPECT_EQ(string_or(deleted->data, "owner", ""), ann.id);
    run_now(*bobs, own);
    for (auto event = to_bob.next(); event; event = to_bob.next()) {
        EXPECT_EQ(string_or(event->data, "task_id", ""), own);
        if (event->type() == "run.succeeded") break;
    }
    // What was deleted beside it is not replayed to others either.
    EventStreamClient replayed(cluster_.url(), bob.token, "", to_admin.last_id());
    EXPECT_EQ(replayed.status(), 200);
    EXPECT_FALSE(curious.ended());
}

TEST_F(Live, NothingIsLostUnderConcurrentWritersAndReconnects) {
    constexpr int kWriters = 4, kEach = 60;
    auto whole = open();
    const std::string start = whole.last_id();
    std::vector<std::string> tasks;
    for (int i = 0; i < kWriters; ++i) tasks.push_back(echo_task(*http_));
    std::vector<std::thread> writers;
    std::mutex mutex;
    std::set<std::string> runs;
    for (int i = 0; i < kWriters; ++i)
        writers.emplace_back([&, i] {
            auto http = cluster_.client();
            for (int n = 0; n < kEach; ++n) {
                const std::string run = run_now(*http, tasks[static_cast<size_t>(i)]);
                const std::lock_guard lock(mutex);
                runs.insert(run);
            }
        });
    // One that goes away and comes back all the time must see the same as one that stays.
    std::vector<std::string> stayed, returned;
    std::set<std::string> ended;
    std::map<std::string, std::string> states;
    while (ended.size() < kWriters * kEach) {
        const auto event = whole.next();
        ASSERT_TRUE(event);
        stayed.push_back(event->id);
        if (event->kind != "run") continue;
        const std::string run(string_or(event->data, "run_id", ""));
        EXPECT_EQ(string_or(event->data, "from", ""), states[run]) << "out of order";
        states[run] = string_or(event->data, "state", "");
        if (event->type() == "run.succeeded") ended.insert(run);
    }
    for (auto& writer : writers) writer.join();
    EXPECT_EQ(ended, runs);
    std::string last = start;
    while (returned.size() < stayed.size()) {
        auto back = open("", last);
        for (int i = 0; i < 97 && returned.size() < stayed.size(); ++i) {
            const auto event = back.next();
            ASSERT_TRUE(event);
            ASSERT_NE(event->kind, "resync");
            returned.push_back(event->id);
        }
        last = returned.back();
    }
    EXPECT_EQ(returned, stayed);
    EXPECT_EQ(std::set<std::string>(stayed.begin(), stayed.end()).size(), stayed.size());
}

TEST_F(Live, AnEarlierNumberThatCommitsLaterIsNotLost) {
    auto stream = open("?kinds=run");
    pqxx::connection link(cluster_.database_url());
    pqxx::work slow(link);
    add_changes(slow, "slow ", 1);
    commit_changes("quick ", 1);
    // Read past it, and "slow" would be lost. No notification tells of its end.
    ASSERT_TRUE(stream.next_heartbeat());
    slow.commit();
    const auto first = stream.next(), second = stream.next();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->reason(), "slow 1");
    EXPECT_EQ(second->reason(), "quick 1");
}

TEST_F(Live, WhatCannotBeReplayedIsAResync) {
    for (const std::string wrong : {"nonsense", "18446744073709551615-1"}) {
        auto stream = open("", wrong);
        ASSERT_EQ(stream.status(), 200);
        const auto event = stream.next();
        ASSERT_TRUE(event) << wrong;
        EXPECT_EQ(event->kind, "resync");
        EXPECT_FALSE(event->reason().empty());
        echo_task(*http_);
        EXPECT_TRUE(stream.next_of("task.created"));
    }
    const std::string old = open().last_id();
    commit_changes("many ", 12'000);
    auto stream = open("", old);
    std::optional<StreamEvent> event;
    int replayed = 0;
    for (event = stream.next(); event && event->kind != "resync"; event = stream.next()) ++replayed;
    ASSERT_TRUE(event);
    EXPECT_GE(replayed, 10'000);
    EXPECT_LT(replayed, 12'000);
    echo_task(*http_);
    EXPECT_TRUE(stream.next_of("task.created"));
}

TEST_F(Live, ALongReplayWaitsForItsReader) {
    const std::string old = open().last_id();
    commit_changes("wide ", 9'000, 2'000);
    auto stream = open("", old);
    int replayed = 0;
    for (auto event = stream.next(); event; event = stream.next()) {
        ASSERT_EQ(event->reason().substr(0, 5), "wide ");
        if (++replayed == 9'000) break;
    }
    EXPECT_EQ(replayed, 9'000);
}

TEST_F(Live, ASlowClientIsClosedAndOthersGoOn) {
    RawSocket slow(port_of(cluster_.url()));
    const int small = 4096;
    setsockopt(slow.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    slow.send(stream_request(cluster_.token()));
    slow.read_until("retry:");
    auto quick = open();
    std::atomic<bool> closed{false};
    // More than a megabyte and what the kernel holds, in pieces, while the quick one reads along.
    int told = 0;
    for (int batch = 0; batch < 60; ++batch) {
        commit_changes("b", 200, 2'000);
        for (int i = 0; i < 200; ++i, ++told) ASSERT_TRUE(quick.next()) << told;
    }
    EXPECT_EQ(told, 12'000);
    const std::string rest = slow.read_to_end(60s);
    closed = slow.closed();
    EXPECT_TRUE(closed) << "the slow client is still connected after " << rest.size() << " bytes";
    EXPECT_LT(rest.size(), 20U << 20);
    echo_task(*http_);
    EXPECT_TRUE(quick.next_of("task.created"));
}

TEST_F(Live, HeartbeatsComeAndMoveThePosition) {
    auto quiet = open("?kinds=extension");
    const std::string first = quiet.last_id();
    const std::string task = echo_task(*http_);
    run_now(*http_, task);
    ASSERT_TRUE(quiet.next_heartbeat());
    while (quiet.last_id() == first) ASSERT_TRUE(quiet.next_heartbeat());
}

TEST_F(Live, AStreamEndsWithItsCallersRight) {
    const AgentLogin ann = agent("ann", R"(["owner"])");
    EventStreamClient stream(cluster_.url(), ann.token);
    ASSERT_EQ(stream.status(), 200);
    body_of(http_->put("/agents/" + ann.id, R"({"enabled":false})"), 200);
    EXPECT_FALSE(stream.next(60s));
    EXPECT_TRUE(stream.ended());
}

TEST(LiveRestart, AStreamGoesOnWhereItWasAfterARestart) {
    Host host;
    auto http = host.client();
    std::string last;
    const std::string task = create_task(*http, task_json("std.echo", "{}"));
    {
        EventStreamClient stream(host.url(), host.token());
        run_now(*http, task);
        ASSERT_TRUE(stream.next_of("run.succeeded"));
        last = stream.last_id();
        run_now(*http, task);
        ASSERT_TRUE(stream.next_of("run.succeeded"));
        EXPECT_EQ(host.stop(), 0) << host.process().err();
        while (stream.next()) continue;
        EXPECT_TRUE(stream.ended());
    }
    host.start();
    http = host.client();
    EventStreamClient again(host.url(), host.token(), "?kinds=run", last);
    for (const char* state : {"run.ready", "run.running", "run.succeeded"}) {
        const auto event = again.next();
        ASSERT_TRUE(event);
        EXPECT_EQ(event->type(), state);
    }
    run_now(*http, task);
    EXPECT_TRUE(again.next_of("run.succeeded"));
    EXPECT_EQ(host.stop(), 0);
}

TEST_F(Live, AThousandClientsOfOneProcess) {
    constexpr int kClients = 1000;
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    std::vector<EventStreamClient> clients;
    clients.reserve(kClients);
    for (int i = 0; i < kClients; ++i) {
        clients.push_back(open("?kinds=task"));
        ASSERT_EQ(clients.back().status(), 200) << i;
    }
    const auto began = std::chrono::steady_clock::now();
    const std::string task = echo_task(*http_);
    for (int i = 0; i < kClients; ++i) {
        const auto event = clients[static_cast<size_t>(i)].next();
        ASSERT_TRUE(event) << i;
        EXPECT_EQ(event->type(), "task.created");
        EXPECT_EQ(string_or(event->data, "task_id", ""), task);
    }
    const auto took = std::chrono::steady_clock::now() - began;
    std::printf("1,000 clients had the event after %lld ms\n",
                static_cast<long long>(
                    std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
}

}  // namespace
}  // namespace ordinaut::testing
