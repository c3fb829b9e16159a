// Goal: what an extension says of itself and of its work reaches people: its health, how far a run
// is, and what it may do by itself; and what happens to runs reaches it. Method: the real program,
// small extensions in C and C++.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/e2e/host.h"

namespace ordinaut::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ExtensionVoice : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        host_ = new Host({"--ext-paths", TELLER_DIR "/teller:" USES_DIR "/watcher"});
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(host_->stop(), 0) << host_->process().err();
        delete host_;
        host_ = nullptr;
    }
    static Host* host_;
    std::unique_ptr<HttpClient> http_ = host_->client();
};
Host* ExtensionVoice::host_ = nullptr;

TEST_F(ExtensionVoice, HowFarItIsStandsInTheLogOfTheRun) {
    const std::string task = create_task(*http_, task_json("teller.work", "{}"));
    const std::string run = run_now(*http_, task);
    const Json ended = wait_for_run(*http_, run);
    ASSERT_EQ(string_or(ended, "state", ""), "succeeded") << to_json(ended);
    std::string log;
    EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] {
        log = http_->get("/runs/" + run + "/logs").body;
        return log.find("50.5 % halfway there") != std::string::npos;
    })) << log;
    EXPECT_THAT(log, HasSubstr(R"("progress_permille":"505")"));
    EXPECT_THAT(host_->cli({"run", "logs", run}).out, HasSubstr("50.5 % halfway there"));
}

TEST_F(ExtensionVoice, ByItselfItMayDoWhatAnOperatorLetsIt) {
    create_task(*http_, task_json("std.echo", "{}"));
    const auto refused = http_->post("/tools/teller.mine/invoke", "{}");
    EXPECT_NE(refused.status, 200);
    EXPECT_THAT(refused.body, HasSubstr("ORD_E_DENIED"));
    const auto granted = host_->cli({"ext", "grant", "teller", "TOOLS", "--scopes", "tasks:read"});
    ASSERT_EQ(granted.exit_code, 0) << granted.err;
    // It is somebody of its own: what others own it does not see.
    const Json mine = body_of(http_->post("/tools/teller.mine/invoke", "{}"), 200);
    EXPECT_THAT(to_json(mine), HasSubstr(R"("items":[],"total":0)"));
    const auto changed = host_->cli({"ext", "revoke", "teller", "--scopes", "tasks:read"});
    ASSERT_EQ(changed.exit_code, 0) << changed.err;
    // What it may do is looked up at most once a second.
    EXPECT_TRUE(eventually(std::chrono::seconds(30), [&] {
        const auto answer = http_->post("/tools/teller.mine/invoke", "{}");
        return answer.status != 200 && answer.body.find("refused") != std::string::npos;
    }));
}

TEST_F(ExtensionVoice, ItIsToldOfTheRunsOfATask) {
    const std::string task = create_task(*http_, task_json("std.echo", "{}"));
    const std::string filter =
        JsonWriter().begin_object().field("task_id", task).end_object().take();
    const std::string input =
        JsonWriter().begin_object().field("filter", filter).end_object().take();
    ASSERT_EQ(http_->post("/extensions/watcher/load", "{}").status, 200);
    // It watches for its caller, as long as the call is open.
    auto call = std::async(std::launch::async, [&] {
        return host_->client()->post("/tools/watcher.begin/invoke", input).status;
    });
    ASSERT_EQ(http_->post("/tools/watcher.begun/invoke", "{}").status, 200);
    create_task(*http_, task_json("std.echo", "{}"));
    run_now(*http_, task);
    const auto told = http_->post("/tools/watcher.seen/invoke", R"({"until":"run.succeeded"})");
    EXPECT_THAT(told.body, HasSubstr("run.ready, run.running, run.succeeded")) << told.status;
    EXPECT_THAT(told.body, Not(HasSubstr("task.created")));
    ASSERT_EQ(http_->post("/tools/watcher.release/invoke", "{}").status, 200);
    EXPECT_EQ(call.get(), 200);
    EXPECT_THAT(http_->post("/tools/watcher.seen/invoke", R"({"count":4})").body,
                HasSubstr("run.succeeded, end 6 the invocation it was opened for has ended"));
}

TEST_F(ExtensionVoice, ItsHealthIsTheServersHealth) {
    ASSERT_EQ(http_->post("/extensions/teller/load", "{}").status, 200);
    EXPECT_THAT(http_->get("/health").body, HasSubstr(R"({"name":"extensions","status":"ok"})"));
    ASSERT_EQ(http_->post("/tools/teller.fall_ill/invoke", "{}").status, 200);
    // Extensions are not asked more often than every few seconds.
    std::string health;
    EXPECT_TRUE(eventually(std::chrono::seconds(30), [&] {
        health = http_->get("/health").body;
        return health.find("teller") != std::string::npos;
    }));
    EXPECT_THAT(health, HasSubstr(R"("status":"degraded")"));
    EXPECT_THAT(health, HasSubstr("in error or failing: teller; see /extensions for the reasons"));
    EXPECT_THAT(http_->get("/extensions/teller").body, HasSubstr("the pump is cold"));
}

}  // namespace
}  // namespace ordinaut::testing
