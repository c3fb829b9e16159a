// Goal: a person stays in charge of tasks and runs: cancel, retry, replay, pause, and answers that
// can be repeated safely.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/clock.h"
#include "tests/e2e/host.h"
#include "tests/support/http_stub.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class Control : public ::testing::Test {
protected:
    static void SetUpTestSuite() { host_ = new Host; }
    static void TearDownTestSuite() {
        EXPECT_EQ(host_->stop(), 0) << host_->process().err();
        delete host_;
        host_ = nullptr;
    }
    std::string state(const std::string& run) {
        return std::string(string_or(body_of(http_->get("/runs/" + run), 200), "state", ""));
    }

    static Host* host_;
    std::unique_ptr<HttpClient> http_ = host_->client();
};
Host* Control::host_ = nullptr;

TEST_F(Control, ARunningSleepIsCanceledPromptly) {
    const std::string run =
        run_now(*http_, create_task(*http_, task_json("std.sleep", R"({"seconds":300})")));
    ASSERT_TRUE(eventually(30s, [&] { return state(run) == "running"; }));
    body_of(http_->post("/runs/" + run + "/cancel", R"({"reason":"enough"})"), 202);
    const auto before = std::chrono::steady_clock::now();
    const Json ended = wait_for_run(*http_, run);
    EXPECT_EQ(string_or(ended, "state", ""), "canceled") << to_json(ended);
    // Not when its 300 s are over.
    EXPECT_LT(std::chrono::steady_clock::now() - before, 100s);
    EXPECT_THAT(http_->get("/runs/" + run + "/events").body, HasSubstr("enough"));
    EXPECT_EQ(http_->post("/runs/" + run + "/cancel", "{}").status, 409);
}

TEST_F(Control, CancelOfATaskStopsItsRuns) {
    const std::string task = create_task(*http_, task_json("std.sleep", R"({"seconds":300})"));
    const std::string run = run_now(*http_, task);
    ASSERT_TRUE(eventually(30s, [&] { return state(run) == "running"; }));
    EXPECT_EQ(http_->del("/tasks/" + task).status, 409);
    EXPECT_EQ(
        string_or(body_of(http_->post("/tasks/" + task + "/cancel", "{}"), 200), "status", ""),
        "canceled");
    EXPECT_EQ(string_or(wait_for_run(*http_, run), "state", ""), "canceled");
    const auto refused = http_->post("/tasks/" + task + "/run_now", "{}");
    EXPECT_EQ(refused.status, 409);
    EXPECT_THAT(refused.body, HasSubstr("canceled"));
    EXPECT_EQ(http_->del("/tasks/" + task).status, 204);
    EXPECT_EQ(http_->get("/tasks/" + task).status, 404);
}

// The second step fails until the service says otherwise: retry goes on there, replay begins anew.
TEST_F(Control, RetryGoesOnWhereItFailedAndReplayBeginsAnew) {
    std::atomic<bool> healthy = false;
    std::atomic<int> first_calls = 0;
    HttpStub service([&](const StubRequest& request) {
        if (request.target == "/first") return ++first_calls, StubAnswer{200, R"({"n":1})"};
        return healthy ? StubAnswer{200, R"({"n":2})"} : StubAnswer{404, R"({"no":1})"};
    });
    const std::string task = create_task(
        *http_,
        R"({"title":"two","schedule_kind":"cron","schedule_expr":"0 0 1 1 *","payload":{"pipeline":[)"
        R"({"id":"one","uses":"http.request","with":{"url":")" +
            service.url() +
            R"(/first"}},)"
            R"({"id":"two","uses":"http.request","with":{"url":")" +
            service.url() + R"(/second"}}]}})");
    const std::string run = run_now(*http_, task);
    const Json failed = wait_for_run(*http_, run);
    EXPECT_EQ(string_or(failed, "state", ""), "failed");
    EXPECT_EQ(string_or(*find(failed, "error"), "step_id", ""), "two") << to_json(failed);
    healthy = true;
    body_of(http_->post("/runs/" + run + "/retry", "{}"), 202);
    const Json retried = wait_for_run(*http_, run);
    EXPECT_EQ(string_or(retried, "state", ""), "succeeded") << to_json(retried);
    EXPECT_EQ(first_calls, 1);
    const Json replay = body_of(http_->post("/runs/" + run + "/replay", "{}"), 202);
    EXPECT_EQ(string_or(replay, "replay_of", ""), run);
    const Json replayed = wait_for_run(*http_, std::string(string_or(replay, "id", "")));
    EXPECT_EQ(string_or(replayed, "state", ""), "succeeded");
    EXPECT_EQ(first_calls, 2);
}

TEST_F(Control, FailuresAreTriedAgainAndTheLastIsKept) {
    const std::string run = run_now(
        *http_,
        create_task(*http_, task_json("std.fail", R"({"kind":"terminal","message":"no way"})")));
    const Json terminal = wait_for_run(*http_, run);
    EXPECT_EQ(string_or(terminal, "state", ""), "failed");
    EXPECT_EQ(find(terminal, "attempt")->GetInt(), 1);
    EXPECT_THAT(std::string(string_or(*find(terminal, "error"), "message", "")),
                HasSubstr("no way"));
    const std::string limited = run_now(
        *http_,
        create_task(
            *http_,
            task_json("std.fail", R"({"kind":"rate_limited","message":"slow","retry_after":0.1})",
                      R"(,"max_retries":2)")));
    const Json ended = wait_for_run(*http_, limited);
    EXPECT_EQ(string_or(ended, "state", ""), "failed") << to_json(ended);
    EXPECT_EQ(find(ended, "attempt")->GetInt(), 3);
}

TEST_F(Control, ThePausedQueueStartsNothing) {
    body_of(http_->post("/admin/queue/pause", "{}"), 200);
    const std::string run = run_now(*http_, create_task(*http_, task_json("std.echo", "{}")));
    const std::string unwanted = run_now(*http_, create_task(*http_, task_json("std.echo", "{}")));
    EXPECT_EQ(
        string_or(
            body_of(http_->post("/runs/" + unwanted + "/cancel", R"({"reason":"not today"})"), 202),
            "state", ""),
        "canceled");
    EXPECT_THAT(http_->get("/runs/" + unwanted + "/events").body, HasSubstr("not today"));
    const std::string fence = format_time(SystemClock().wall_now());
    EXPECT_TRUE(find(body_of(http_->get("/queue"), 200), "paused")->IsTrue());
    EXPECT_EQ(state(run), "ready");
    body_of(http_->post("/admin/queue/resume", "{}"), 200);
    const Json ended = wait_for_run(*http_, run);
    EXPECT_EQ(string_or(ended, "state", ""), "succeeded");
    EXPECT_GE(std::string(string_or(ended, "started_at", "")), fence);
}

TEST_F(Control, TheSameIdempotencyKeyGivesTheSameAnswer) {
    const std::string body = task_json("std.echo", R"({"n":1})");
    const auto first = http_->request("POST", "/tasks", body, {{"Idempotency-Key", "k-1"}});
    const auto again = http_->request("POST", "/tasks", body, {{"Idempotency-Key", "k-1"}});
    EXPECT_EQ(first.status, 201) << first.body;
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(string_or(body_of(first, 201), "id", "a"), string_or(body_of(again, 201), "id", "b"));
    EXPECT_EQ(http_
                  ->request("POST", "/tasks", task_json("std.echo", R"({"n":2})"),
                            {{"Idempotency-Key", "k-1"}})
                  .status,
              409);
}

TEST_F(Control, LogsOfARunCanBeRead) {
    const std::string run = run_now(
        *http_,
        create_task(*http_, task_json("std.log",
                                      R"({"message":"salut","level":"warn","fields":{"n":1}})")));
    EXPECT_EQ(string_or(wait_for_run(*http_, run), "state", ""), "succeeded");
    const Outcome logs = host_->cli({"run", "logs", run, "-f"});
    EXPECT_EQ(logs.exit_code, 0);
    EXPECT_THAT(logs.out, HasSubstr("salut"));
    EXPECT_THAT(logs.out, HasSubstr("warn"));
}

}  // namespace
}  // namespace ordinaut::testing
