#include "pipeline/execution.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/pipeline/fixture.h"

namespace ordinaut::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

tool::ToolResult answer(tool::Outcome outcome, std::string message = {}) {
    tool::ToolResult result;
    result.outcome = outcome;
    result.message = std::move(message);
    return result;
}
tool::ToolResult output(std::string text) {
    tool::ToolResult result;
    result.output_json = std::move(text);
    return result;
}

class ExecutionTest : public testing::Test {
protected:
    ExecutionTest() {
        add("std.echo", {});
        // Keeps every call until the test answers it.
        add("std.hold", [this](tool::ToolCall call, tool::Done done) -> tool::CancelCall {
            const std::lock_guard lock(mutex_);
            held_.emplace_back(std::move(call), std::move(done));
            return [this] { ++cancels_; };
        });
    }

    void add(const std::string& name, FakeTool::Behave behave) {
        ASSERT_TRUE(tools_.add(std::make_shared<FakeTool>(name, std::move(behave))).ok());
    }

    ExecutionInput input(std::string_view payload) {
        auto definition = Definition::parse(json(payload), "/payload", &tools_);
        EXPECT_TRUE(definition.ok()) << definition.error().message;
        return ExecutionInput{.tools = &tools_,
                              .clock = &clock_,
                              .definition = *definition,
                              .now = clock_.wall_now(),
                              .run_id = "run-1",
                              .task_id = "task-1"};
    }
    ExecutionInput steps(const std::string& steps) {
        return input(R"({"params":{"n":2},"pipeline":[)" + steps + "]}");
    }

    std::shared_ptr<Execution> create(ExecutionInput input) {
        return Execution::create(
            std::move(input),
            {.step_changed =
                 [this](const Step& step) {
                     changes_.push_back(step.id + " " + std::string(name_of(step.state)));
                 },
             .ended =
                 [this](ExecutionResult result) {
                     ++endings_;
                     result_ = std::move(result);
                 }});
    }
    std::shared_ptr<Execution> start(ExecutionInput input) {
        auto execution = create(std::move(input));
        execution->start();
        return execution;
    }

    tool::Catalogue tools_;
    ManualClock clock_{*parse_time("2026-03-01T08:00:00Z")};
    std::mutex mutex_;
    std::vector<std::pair<tool::ToolCall, tool::Done>> held_;
    std::atomic<int> cancels_ = 0;
    std::vector<std::string> changes_;
    int endings_ = 0;
    ExecutionResult result_;
};

TEST_F(ExecutionTest, RunsStepsInOrderAndHandsResultsOn) {
    start(steps(R"({"id":"a","uses":"std.echo","with":{"v":"${params.n}"}},
                   {"id":"b","uses":"std.echo","if":"steps.a.v > `5`","with":{}},
                   {"id":"c","uses":"std.echo","if":"steps.a.v == `2`","with":{"t":"v=${steps.a.v}"},"save_as":"last"})"));
    EXPECT_EQ(endings_, 1);
    EXPECT_EQ(result_.ending, Ending::kSucceeded);
    EXPECT_EQ(result_.output_json, R"({"a":{"v":2},"last":{"t":"v=2"}})");
    EXPECT_THAT(changes_,
                ElementsAre("a running", "a succeeded", "b skipped", "c running", "c succeeded"));
    ASSERT_EQ(result_.steps.size(), 3u);
    EXPECT_EQ(result_.steps[2].input_json, R"({"t":"v=2"})");
    EXPECT_EQ(result_.steps[2].output_json, R"({"t":"v=2"})");
    EXPECT_EQ(result_.steps[2].attempt, 1);
    EXPECT_EQ(result_.steps[2].finished_at, clock_.wall_now());
}

TEST_F(ExecutionTest, NoStepsSucceed) {
    start(steps(""));
    EXPECT_EQ(result_.ending, Ending::kSucceeded);
    EXPECT_EQ(result_.output_json, "{}");
}

TEST_F(ExecutionTest, TellsTheToolWhoAsksAndUntilWhen) {
    auto given = steps(R"({"id":"a","uses":"std.hold","with":{"x":1},"timeout_seconds":10})");
    given.principal = "agent";
    given.scopes = {"ext:std:tools"};
    given.trace_id = "trace";
    start(std::move(given));
    ASSERT_EQ(held_.size(), 1u);
    EXPECT_EQ(endings_, 0);
    const tool::ToolCall& call = held_[0].first;
    EXPECT_EQ(call.input_json, R"({"x":1})");
    EXPECT_EQ(call.idempotency_key, "run-1/a/0");
    EXPECT_EQ(call.deadline, clock_.mono_now() + std::chrono::seconds(10));
    EXPECT_EQ(call.principal + " " + call.trace_id + " " + call.run_id + " " + call.step_id + " " +
                  call.task_id,
              "agent trace run-1 a task-1");
    held_[0].second(output("{}"));
    EXPECT_EQ(result_.ending, Ending::kSucceeded);
}

TEST_F(ExecutionTest, AFailureNamesTheStepAndItsKind) {
    start(steps(
        R"({"id":"a","uses":"std.echo"},{"id":"b","uses":"std.hold"},{"id":"c","uses":"std.echo"})"));
    auto failed = answer(tool::Outcome::kRateLimited, "too many");
    failed.details_json = R"({"status":429})";
    failed.retry_after = std::chrono::seconds(7);
    held_.at(0).second(tool::ToolResult(failed));
    EXPECT_EQ(result_.ending, Ending::kFailed);
    EXPECT_EQ(result_.failed_step, 1);
    EXPECT_EQ(result_.outcome, tool::Outcome::kRateLimited);
    EXPECT_EQ(result_.message, "too many");
    EXPECT_EQ(result_.retry_after, std::chrono::seconds(7));
    EXPECT_EQ(result_.steps[1].error_json,
              R"({"error":"rate_limited","message":"too many","details":{"status":429}})");
    EXPECT_EQ(result_.steps[2].state, StepState::kPending);
}

TEST_F(ExecutionTest, AMissingValueFailsTheStepForGood) {
    start(steps(R"({"id":"a","uses":"std.echo","with":{"v":"${params.city}"}})"));
    EXPECT_EQ(result_.outcome, tool::Outcome::kTerminal);
    EXPECT_THAT(result_.message, HasSubstr("params.city is missing"));
    EXPECT_THAT(result_.details_json, HasSubstr(R"("pointer":"/payload/pipeline/0/with/v")"));
    EXPECT_THAT(changes_, ElementsAre("a failed"));
}

TEST_F(ExecutionTest, AnUnknownToolFailsTheStepForGood) {
    start(steps(R"({"id":"a","uses":"std.nothing"})"));
    EXPECT_EQ(result_.outcome, tool::Outcome::kTerminal);
    EXPECT_THAT(result_.message, HasSubstr("std.nothing"));
}

// Goal: an output over the limit is refused as a whole, never cut.
TEST_F(ExecutionTest, OutputsAreBounded) {
    start(steps(R"({"id":"a","uses":"std.hold"})"));
    held_.at(0).second(output("\"" + std::string(kOutputBytesMax, 'x') + "\""));
    EXPECT_EQ(result_.outcome, tool::Outcome::kTerminal);
    EXPECT_THAT(result_.message, HasSubstr("has 1048578 bytes; the limit is 1048576"));
    EXPECT_EQ(result_.steps[0].output_json, "");
}

TEST_F(ExecutionTest, OutputsOfAllStepsTogetherAreBounded) {
    start(steps(R"({"id":"a","uses":"std.hold"},{"id":"b","uses":"std.hold"})"));
    const std::string half = "\"" + std::string(kOutputBytesMax / 2, 'x') + "\"";
    held_.at(0).second(output(half));
    held_.at(1).second(output(half));
    EXPECT_EQ(result_.ending, Ending::kFailed);
    EXPECT_THAT(result_.message, HasSubstr("the limit is 1048576"));
}

TEST_F(ExecutionTest, AnAnswerThatIsNotJsonFailsTheStep) {
    start(steps(R"({"id":"a","uses":"std.hold"})"));
    held_.at(0).second(output("{\"a\":"));
    EXPECT_EQ(result_.ending, Ending::kFailed);
    EXPECT_EQ(result_.outcome, tool::Outcome::kTerminal);
}

TEST_F(ExecutionTest, ARetryGoesOnAtTheFailedStep) {
    const std::string pipeline =
        R"({"id":"a","uses":"std.hold"},{"id":"s","uses":"std.hold","if":"params.none"},
                                    {"id":"b","uses":"std.hold","with":{"v":"${steps.a.v}"}})";
    start(steps(pipeline));
    held_.at(0).second(output(R"({"v":"kept"})"));
    held_.at(1).second(answer(tool::Outcome::kRetryable, "later"));
    ASSERT_EQ(result_.ending, Ending::kFailed);
    auto again = steps(pipeline);
    again.earlier = result_.steps;
    changes_.clear();
    start(std::move(again));
    ASSERT_EQ(held_.size(), 3u) << "a is not called again";
    EXPECT_EQ(held_[2].first.input_json, R"({"v":"kept"})");
    EXPECT_EQ(held_[2].first.attempt, 2);
    EXPECT_EQ(held_[2].first.idempotency_key, held_[1].first.idempotency_key);
    held_[2].second(output("1"));
    EXPECT_EQ(result_.output_json, R"({"a":{"v":"kept"},"b":1})");
    EXPECT_THAT(changes_, ElementsAre("b running", "b succeeded"));
    EXPECT_EQ(result_.steps[0].attempt, 1);
    EXPECT_EQ(result_.steps[1].state, StepState::kSkipped);
}

TEST_F(ExecutionTest, CancelStopsTheToolInFlight) {
    const auto execution =
        start(steps(R"({"id":"a","uses":"std.hold"},{"id":"b","uses":"std.echo"})"));
    execution->cancel();
    EXPECT_EQ(cancels_, 1);
    EXPECT_EQ(endings_, 0) << "the tool has not answered yet";
    held_.at(0).second(answer(tool::Outcome::kCanceled));
    EXPECT_EQ(endings_, 1);
    EXPECT_EQ(result_.ending, Ending::kCanceled);
    EXPECT_THAT(changes_, ElementsAre("a running", "a canceled"));
}

TEST_F(ExecutionTest, CancelBeforeTheStartRunsNothing) {
    const auto execution = create(steps(R"({"id":"a","uses":"std.hold"})"));
    execution->cancel();
    EXPECT_EQ(endings_, 1);
    EXPECT_EQ(result_.ending, Ending::kCanceled);
    execution->start();
    EXPECT_EQ(held_.size(), 0u);
    EXPECT_EQ(endings_, 1);
}

TEST_F(ExecutionTest, AResultThatBeatsTheCancelIsKept) {
    const auto execution =
        start(steps(R"({"id":"a","uses":"std.hold"},{"id":"b","uses":"std.echo"})"));
    execution->cancel();
    held_.at(0).second(output("1"));
    EXPECT_EQ(result_.ending, Ending::kCanceled);
    EXPECT_EQ(result_.steps[0].state, StepState::kSucceeded);
    EXPECT_THAT(changes_, ElementsAre("a running", "a succeeded"));
}

TEST_F(ExecutionTest, AbandonEndsNowAndDropsTheLateAnswer) {
    const auto execution =
        start(steps(R"({"id":"a","uses":"std.hold"},{"id":"b","uses":"std.echo"})"));
    execution->cancel();
    execution->abandon();
    EXPECT_EQ(endings_, 1);
    EXPECT_EQ(result_.ending, Ending::kCanceled);
    EXPECT_EQ(result_.steps[0].state, StepState::kCanceled);
    held_.at(0).second(output("1"));
    execution->abandon();
    execution->cancel();
    EXPECT_EQ(endings_, 1);
    EXPECT_EQ(cancels_, 1);
}

TEST_F(ExecutionTest, ASecondAnswerIsDropped) {
    start(steps(R"({"id":"a","uses":"std.hold"},{"id":"b","uses":"std.hold"})"));
    const auto first = held_.at(0).second;
    first(output("1"));
    first(output("2"));
    ASSERT_EQ(held_.size(), 2u);
    EXPECT_EQ(endings_, 0);
    held_.at(1).second(output("3"));
    EXPECT_EQ(result_.output_json, R"({"a":1,"b":3})");
}

// Goal: a secret reaches the tool and nothing else, also when the tool or a later step brings it
// back.
TEST_F(ExecutionTest, SecretsAreMaskedInRecords) {
    add("std.leak", [](tool::ToolCall call, tool::Done done) -> tool::CancelCall {
        done(answer(tool::Outcome::kTerminal, "refused: " + call.input_json));
        return {};
    });
    auto given = steps(
        R"({"id":"a","uses":"std.echo","with":{"key":"Bearer ${secrets.KEY}"}},{"id":"b","uses":"std.leak","with":{"again":"${steps.a.key}"}})");
    given.secrets = {{"KEY", "to\"psecret"}};
    start(std::move(given));
    EXPECT_EQ(result_.steps[0].input_json, R"({"key":"Bearer ********"})");
    EXPECT_EQ(result_.steps[0].output_json, R"({"key":"Bearer to\"psecret"})")
        << "a retry needs the output as it is";
    EXPECT_EQ(result_.steps[1].input_json, R"({"again":"Bearer ********"})");
    EXPECT_EQ(result_.message, R"(refused: {"again":"Bearer ********"})");
    EXPECT_THAT(result_.steps[1].error_json, testing::Not(HasSubstr("psecret")));
}

// Goal: tools that answer at once do not nest the stack. Method: as many steps as there may be, on
// a small stack.
TEST_F(ExecutionTest, InlineAnswersDoNotNest) {
    std::string many = R"({"id":"s0","uses":"std.depth"})";
    for (int i = 1; i < 200; ++i)
        many += R"(,{"id":"s)" + std::to_string(i) + R"(","uses":"std.depth"})";
    const char* lowest = nullptr;
    const char* highest = nullptr;
    add("std.depth", [&](tool::ToolCall, tool::Done done) -> tool::CancelCall {
        // Not a local's address: AddressSanitizer keeps those elsewhere.
        const auto* const at = static_cast<const char*>(__builtin_frame_address(0));
        if (lowest == nullptr || at < lowest) lowest = at;
        if (highest == nullptr || at > highest) highest = at;
        done(output("1"));
        return {};
    });
    start(steps(many));
    EXPECT_EQ(result_.ending, Ending::kSucceeded);
    EXPECT_EQ(result_.steps[199].state, StepState::kSucceeded);
    EXPECT_LT(highest - lowest, 256);
}

// Goal: waiting costs memory only. Method: ten thousand executions wait at once, then all are
// answered from four threads.
TEST_F(ExecutionTest, TenThousandWaitAtOnce) {
    constexpr int kCount = 10'000;
    const ExecutionInput one = steps(
        R"({"id":"a","uses":"std.hold"},{"id":"b","uses":"std.echo","with":{"v":"${steps.a}"}})");
    std::atomic<int> succeeded = 0;
    for (int i = 0; i < kCount; ++i) {
        ExecutionInput given{.tools = &tools_,
                             .clock = &clock_,
                             .definition = one.definition,
                             .run_id = std::to_string(i)};
        Execution::create(std::move(given),
                          {.step_changed = [](const Step&) {},
                           .ended =
                               [&](ExecutionResult result) {
                                   succeeded += result.ending == Ending::kSucceeded &&
                                                result.output_json == R"({"a":1,"b":{"v":1}})";
                               }})
            ->start();
    }
    ASSERT_EQ(held_.size(), static_cast<size_t>(kCount));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = t; i < kCount; i += 4) held_[static_cast<size_t>(i)].second(output("1"));
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(succeeded, kCount);
}

// Goal: whatever the order of cancel, abandon and the answer on other threads, there is one ending.
TEST_F(ExecutionTest, EndsOnceUnderRaces) {
    for (int round = 0; round < 200; ++round) {
        std::atomic<int> endings = 0;
        const auto execution = Execution::create(
            steps(R"({"id":"a","uses":"std.hold"},{"id":"b","uses":"std.echo"})"),
            {.step_changed = [](const Step&) {}, .ended = [&](ExecutionResult) { ++endings; }});
        execution->start();
        const auto done = held_.back().second;
        std::thread answers([&] { done(output("1")); });
        std::thread cancels([&] { execution->cancel(); });
        std::thread abandons([&] { execution->abandon(); });
        answers.join();
        cancels.join();
        abandons.join();
        EXPECT_EQ(endings, 1);
    }
}

}  // namespace
}  // namespace ordinaut::pipeline
