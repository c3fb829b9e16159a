// Goal: occurrences start on time and exactly once, with one runner and with three, and neither a
// crash nor a stop loses or doubles any.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <set>

#include "base/clock.h"
#include "tests/e2e/host.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;

std::string once_task(WallTime due) {
    return task_json("std.echo", R"({"n":1})", "",
                     R"("schedule_kind":"once","schedule_expr":")" + format_time(due) + "\"");
}

// All runs, page after page.
std::vector<Json> all_runs(HttpClient& http) {
    std::vector<Json> pages;
    for (int offset = 0;; offset += 200) {
        pages.push_back(body_of(http.get("/runs?limit=200&offset=" + std::to_string(offset)), 200));
        const JsonValue* more = find(pages.back(), "has_more");
        if (more == nullptr || !more->IsTrue()) return pages;
    }
}

template <class Visit>
void each_run(HttpClient& http, Visit visit) {
    for (const Json& page : all_runs(http))
        for (const auto& run : find(page, "items")->GetArray()) visit(run);
}

// Asked in one request: two would be answered at different moments.
int64_t count_succeeded(HttpClient& http) {
    const Json runs = body_of(http.get("/runs?success=true&limit=1"), 200);
    return find(runs, "total")->GetInt64();
}

// 200 tasks due in one second: each runs once and not before its time. How late the last one
// started is printed; a machine that is busy with something else may not fail the test for it.
void run_two_hundred(HttpClient& http) {
    const WallTime due = std::chrono::ceil<std::chrono::seconds>(SystemClock().wall_now()) + 25s;
    std::set<std::string> tasks;
    for (int i = 0; i < 200; ++i) tasks.insert(create_task(http, once_task(due)));
    ASSERT_EQ(tasks.size(), 200U);
    ASSERT_LT(SystemClock().wall_now(), due) << "too slow to create 200 tasks in 25 s";
    ASSERT_TRUE(eventually(60s, [&] { return count_succeeded(http) >= 200; }));
    std::set<std::string> ran;
    std::chrono::microseconds latest{0};
    each_run(http, [&](const JsonValue& run) {
        EXPECT_TRUE(ran.insert(std::string(string_or(run, "task_id", ""))).second)
            << "ran twice: " << to_json(run);
        EXPECT_EQ(string_or(run, "state", ""), "succeeded");
        EXPECT_EQ(find(run, "attempt")->GetInt(), 1);
        const auto started = parse_time(string_or(run, "started_at", ""));
        ASSERT_TRUE(started.ok()) << to_json(run);
        EXPECT_GE(*started, due);
        latest =
            std::max(latest, std::chrono::duration_cast<std::chrono::microseconds>(*started - due));
    });
    EXPECT_EQ(ran, tasks);
    std::printf("the last of 200 started %lld ms after its time\n",
                static_cast<long long>(latest.count() / 1000));
    EXPECT_LT(latest, 30s);
}

TEST(Queue, TwoHundredInOneSecondWithOneRunner) {
    Cluster cluster;
    cluster.serve("api,scheduler,runner");
    run_two_hundred(*cluster.client());
}

TEST(Queue, TwoHundredInOneSecondWithThreeRunners) {
    Cluster cluster;
    cluster.serve("api,scheduler");
    for (int i = 0; i < 3; ++i) cluster.serve("runner");
    run_two_hundred(*cluster.client());
}

TEST(Queue, AKilledServerLosesAndDoublesNothing) {
    Host host({"--lease-seconds", "6"});
    auto http = host.client();
    const std::string task =
        create_task(*http, task_json("std.sleep", R"({"seconds":2})", R"(,"overlap":"allow")"));
    std::set<std::string> wanted;
    for (int i = 0; i < 500; ++i) wanted.insert(run_now(*http, task));
    ASSERT_TRUE(eventually(
        60s, [&] { return find(body_of(http->get("/queue"), 200), "running")->GetInt64() > 0; }));
    host.kill();
    host.start();
    http = host.client();
    ASSERT_TRUE(eventually(
        120s, [&] { return find(body_of(http->get("/queue"), 200), "depth")->GetInt64() == 0; }));
    std::set<std::string> ended;
    each_run(*http, [&](const JsonValue& run) {
        EXPECT_TRUE(ended.insert(std::string(string_or(run, "id", ""))).second);
        EXPECT_EQ(string_or(run, "state", ""), "succeeded") << to_json(run);
    });
    EXPECT_EQ(ended, wanted);
    // One ending each, in the history too.
    for (const std::string& run :
         std::vector<std::string>(wanted.begin(), std::next(wanted.begin(), 20))) {
        const Json events = body_of(http->get("/runs/" + run + "/events"), 200);
        int endings = 0;
        for (const auto& event : find(events, "items")->GetArray())
            endings += string_or(event, "to", "") == "succeeded" ? 1 : 0;
        EXPECT_EQ(endings, 1) << run;
    }
    EXPECT_EQ(host.stop(), 0);
}

TEST(Queue, AStopLetsRunningWorkFinish) {
    Host host;
    auto http = host.client();
    const std::string task = create_task(*http, task_json("std.sleep", R"({"seconds":2})"));
    const std::string run = run_now(*http, task);
    ASSERT_TRUE(eventually(30s, [&] {
        return string_or(body_of(http->get("/runs/" + run), 200), "state", "") == "running";
    }));
    EXPECT_EQ(host.stop(), 0) << host.process().err();
    host.start();
    const Json ended = wait_for_run(*host.client(), run);
    EXPECT_EQ(string_or(ended, "state", ""), "succeeded");
    EXPECT_EQ(find(ended, "attempt")->GetInt(), 1) << to_json(ended);
    EXPECT_EQ(host.stop(), 0);
}

TEST(Queue, AStopGivesBackWhatWouldTakeTooLong) {
    Host host({"--drain-seconds", "1"});
    auto http = host.client();
    const std::string run =
        run_now(*http, create_task(*http, task_json("std.sleep", R"({"seconds":600})")));
    ASSERT_TRUE(eventually(30s, [&] {
        return string_or(body_of(http->get("/runs/" + run), 200), "state", "") == "running";
    }));
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(host.stop(), 0) << host.process().err();
    EXPECT_LT(std::chrono::steady_clock::now() - before, 60s);
    host.start();
    http = host.client();
    // Taken up again at once, without waiting for a lease to end.
    ASSERT_TRUE(eventually(30s, [&] {
        return string_or(body_of(http->get("/runs/" + run), 200), "state", "") == "running";
    }));
    EXPECT_EQ(find(body_of(http->get("/runs/" + run), 200), "lease_losses")->GetInt(), 0);
    body_of(http->post("/runs/" + run + "/cancel", R"({"reason":"test ends"})"), 202);
    EXPECT_EQ(string_or(wait_for_run(*http, run), "state", ""), "canceled");
    EXPECT_EQ(host.stop(), 0);
}

}  // namespace
}  // namespace ordinaut::testing
