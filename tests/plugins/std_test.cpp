// Goal: the standard tools do what their README says, through the C ABI, loaded for real.
#include <gmock/gmock.h>
#include <atomic>
#include <fstream>

#include "tests/plugins/running_host.h"

namespace ordinaut {
namespace {

using namespace std::chrono_literals;
using tool::Outcome;

int threads_of_this_process() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("Threads:", 0) == 0) return std::stoi(line.substr(8));
    return 0;
}

class StdTest : public ::testing::Test {
protected:
    StdTest() { running_.start(PLUGINS_DIR); }
    RunningHost running_;
};

TEST_F(StdTest, ToolsAreListedBeforeTheCodeIsLoaded) {
    EXPECT_EQ(running_.info("std").state, ext::State::kDiscovered);
    EXPECT_NE(running_.catalogue.find("std.echo"), nullptr);
    EXPECT_EQ(running_.call("std.echo", "{}").outcome, Outcome::kOk);
    EXPECT_EQ(running_.info("std").state, ext::State::kRunning);
    EXPECT_THAT(running_.info("std").warnings, ::testing::IsEmpty());
}

TEST_F(StdTest, EchoAnswersWithItsInputUnchanged) {
    const std::string input =
        R"({"n":1.50,"big":18446744073709551615,"text":"ă\u0001","list":[null,true,{}]})";
    EXPECT_EQ(running_.call("std.echo", input).output_json, input);
}

TEST_F(StdTest, SleepAnswersAfterItsTime) {
    const auto before = std::chrono::steady_clock::now();
    const auto result = running_.call("std.sleep", R"({"seconds":0.05})");
    EXPECT_GE(std::chrono::steady_clock::now() - before, 50ms);
    EXPECT_EQ(result.output_json, R"({"slept_seconds":0.05})");
}

TEST_F(StdTest, TenThousandSleepersNeedFewThreads) {
    constexpr int kSleepers = 10'000;
    std::atomic<int> slept{0};
    std::promise<void> all;
    for (int n = 0; n < kSleepers; ++n) {
        tool::ToolCall call;
        call.name = "std.sleep";
        call.input_json = R"({"seconds":1})";
        call.deadline = std::chrono::steady_clock::now() + 60s;
        running_.catalogue.invoke(std::move(call), [&](const tool::ToolResult& result) {
            EXPECT_EQ(result.outcome, Outcome::kOk) << result.message;
            if (++slept == kSleepers) all.set_value();
        });
    }
    EXPECT_LT(threads_of_this_process(), 20);
    all.get_future().wait();
    EXPECT_EQ(slept, kSleepers);
}

TEST_F(StdTest, ASleeperIsCanceledAtOnce) {
    tool::CancelCall cancel;
    tool::ToolCall call;
    call.name = "std.sleep";
    call.input_json = R"({"seconds":3600})";
    ASSERT_EQ(running_.call("std.echo", "{}").outcome, Outcome::kOk);
    auto result = running_.begin(std::move(call), &cancel);
    cancel();
    cancel();
    EXPECT_EQ(result.get().outcome, Outcome::kCanceled);
}

TEST_F(StdTest, ADeadlineEndsASleeper) {
    tool::ToolCall call;
    call.name = "std.sleep";
    call.input_json = R"({"seconds":3600})";
    call.deadline = std::chrono::steady_clock::now() + 50ms;
    const auto result = running_.begin(std::move(call)).get();
    EXPECT_EQ(result.outcome, Outcome::kTimedOut);
    EXPECT_EQ(result.message, "std.sleep did not answer in time");
}

TEST_F(StdTest, DisablingEndsSleepersAndTakesTheToolsAway) {
    RunningHost quick;
    ext::HostOptions options;
    options.paths.builtin = {PLUGINS_DIR};
    options.drain = 20ms;
    quick.host.start(std::move(options));
    ASSERT_EQ(quick.call("std.echo", "{}").outcome, Outcome::kOk);
    tool::ToolCall call;
    call.name = "std.sleep";
    call.input_json = R"({"seconds":3600})";
    auto sleeper = quick.begin(std::move(call));
    ASSERT_TRUE(quick.host.disable("std").ok());
    EXPECT_EQ(sleeper.get().outcome, Outcome::kRetryable);
    EXPECT_EQ(
        quick.call("std.echo", "{}").message,
        "there is no tool 'std.echo': extension 'std' is disabled; an operator enables it with "
        "`ordinaut ext enable std`");
    EXPECT_EQ(quick.host.load("std").error().code, ErrorCode::kConflict);
    ASSERT_TRUE(quick.host.enable("std").ok());
    EXPECT_EQ(quick.call("std.echo", R"({"again":1})").output_json, R"({"again":1})");
}

TEST_F(StdTest, FailFailsAsAsked) {
    const auto retryable = running_.call("std.fail", R"({"kind":"retryable","message":"later"})");
    EXPECT_EQ(retryable.outcome, Outcome::kRetryable);
    EXPECT_EQ(retryable.message, "later");
    EXPECT_EQ(retryable.retry_after, std::nullopt);
    EXPECT_EQ(running_.call("std.fail", R"({"kind":"terminal","message":"no"})").outcome,
              Outcome::kTerminal);
    const auto limited = running_.call(
        "std.fail", R"({"kind":"rate_limited","message":"slow down","retry_after":2.5})");
    EXPECT_EQ(limited.outcome, Outcome::kRateLimited);
    EXPECT_EQ(limited.retry_after, 2500ms);
}

TEST_F(StdTest, WrongInputNamesTheField) {
    const auto result = running_.call("std.sleep", R"({"seconds":"x"})");
    EXPECT_EQ(result.outcome, Outcome::kTerminal);
    EXPECT_THAT(result.details_json, ::testing::HasSubstr(R"("pointer":"/seconds")"));
}

TEST(StdSeams, LogReachesTheRunsLog) {
    std::vector<std::string> lines;
    ext::Seams seams;
    seams.run_log = [&](auto run, auto step, auto level, auto message, auto fields) {
        for (const std::string_view part : {run, step, level, message, fields})
            lines.emplace_back(part);
    };
    RunningHost running(std::move(seams));
    running.start(PLUGINS_DIR);
    tool::ToolCall call;
    call.name = "std.log";
    call.input_json = R"({"level":"warn","message":"hot","fields":{"city":"Chișinău","n":[1]}})";
    call.run_id = "run-1";
    call.step_id = "a";
    ASSERT_EQ(running.begin(std::move(call)).get().output_json, R"({"logged":true})");
    EXPECT_THAT(lines, ::testing::ElementsAre("run-1", "a", "warn", "hot",
                                              R"({"city":"Chișinău","n":"[1]"})"));
}

TEST(StdSeams, TransformAsksTheCoreForItsCaller) {
    ext::Seams seams;
    std::string asked;
    seams.core = [&](const ext::CallerIdentity& who, const std::string& operation,
                     const std::string& input, const ext::CoreDone& done) {
        asked = who.principal + " " + who.extension_id + " " + operation + " " + input;
        if (input.find("bad") != std::string::npos)
            return done(invalid("/expression", "ends too early"));
        std::thread([done] { done(std::string(R"({"result":[1,2]})")); }).detach();
    };
    RunningHost running(std::move(seams));
    running.start(PLUGINS_DIR);
    tool::ToolCall call;
    call.name = "std.transform";
    call.input_json = R"({"expression":"a","data":{"a":[1,2]}})";
    call.principal = "agent-1";
    EXPECT_EQ(running.begin(std::move(call)).get().output_json, R"({"result":[1,2]})");
    EXPECT_EQ(asked, R"(agent-1 std pipelines.eval {"expression":"a","data":{"a":[1,2]}})");
    const auto refused = running.call("std.transform", R"({"expression":"bad","data":null})");
    EXPECT_EQ(refused.outcome, Outcome::kTerminal);
    EXPECT_EQ(refused.message, "/expression: ends too early");
}

TEST(StdSeams, WithoutACoreTransformSaysSo) {
    RunningHost running;
    running.start(PLUGINS_DIR);
    const auto refused = running.call("std.transform", R"({"expression":"a","data":null})");
    EXPECT_EQ(refused.outcome, Outcome::kTerminal);
    EXPECT_THAT(refused.message, ::testing::HasSubstr("refuses"));
}

}  // namespace
}  // namespace ordinaut
