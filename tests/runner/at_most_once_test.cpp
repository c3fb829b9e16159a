// Goal: whatever happens to a worker, a tool that must not be called twice is not. Method: a store
// in memory that remembers or refuses what it is told to, and a tool that counts.
#include <gtest/gtest.h>

#include <future>

#include "passing_queue.h"
#include "running_fixture.h"

namespace ordinaut::runner {
namespace {

using namespace std::chrono_literals;
using tool::Outcome;

constexpr std::string_view kSend = R"([{"id":"send","uses":"test.send"}])";

// Counts its calls; `behave` answers them.
class SendTool final : public tool::Tool {
public:
    using Behave = std::function<void(const tool::ToolCall&, const tool::Done&)>;
    explicit SendTool(Behave behave) : behave_(std::move(behave)) {
        spec_.name = "test.send";
        spec_.effect = tool::Effect::kAtMostOnce;
    }
    const tool::ToolSpec& spec() const override { return spec_; }
    tool::CancelCall start(tool::ToolCall call, tool::Done done) override {
        behave_(call, done);
        return [] {};
    }

private:
    tool::ToolSpec spec_;
    const Behave behave_;
};

// Asks `trouble` before it records steps: its error instead of recording.
class TroubledQueue final : public PassingQueue {
public:
    using Trouble = std::function<Result<bool>(const Step&)>;
    TroubledQueue(store::QueueStore& next, Trouble trouble)
        : PassingQueue(next), trouble_(std::move(trouble)) {}
    Result<std::vector<bool>> record_steps(
        const std::vector<std::pair<store::LeaseRef, Step>>& steps) override {
        for (const auto& [lease, step] : steps)
            if (!TRY(trouble_(step))) return std::vector<bool>(steps.size(), false);
        return PassingQueue::record_steps(steps);
    }

private:
    const Trouble trouble_;
};

class AtMostOnceTest : public RunningFixture {
protected:
    // Counted; answers at once unless `behave` does something else.
    void add_tool(SendTool::Behave behave = {}) {
        const auto counted = [this, behave](const tool::ToolCall& call, const tool::Done& done) {
            ++calls_;
            if (behave) return behave(call, done);
            done(tool::ToolResult{.output_json = R"({"sent":true})"});
        };
        ASSERT_TRUE(tools_.add(std::make_shared<SendTool>(counted)).ok());
    }

    void expect_unknown(const store::RunDetail& detail) {
        EXPECT_NE(detail.run.error_json.find(R"("error":"outcome_unknown")"), std::string::npos)
            << detail.run.error_json;
        EXPECT_NE(detail.run.error_json.find(R"("step_id":"send")"), std::string::npos);
        ASSERT_EQ(detail.steps.size(), 1u);
        EXPECT_EQ(detail.steps[0].state, StepState::kUnknown);
    }

    std::atomic<int> calls_{0};
};

TEST_F(AtMostOnceTest, TheStoreKnowsOfTheCallBeforeTheTool) {
    StepState seen = StepState::kPending;
    add_tool([&](const tool::ToolCall& call, const tool::Done& done) {
        const auto detail = stores_.runs.get(call.run_id, {});
        if (detail.ok() && detail->steps.size() == 1) seen = detail->steps[0].state;
        done(tool::ToolResult{.output_json = "1"});
    });
    const auto runner = start();
    const auto detail = wait_for(enqueue(add_task(std::string(kSend))), RunState::kSucceeded);
    EXPECT_EQ(seen, StepState::kRunning);
    EXPECT_EQ(detail.steps.at(0).state, StepState::kSucceeded);
    EXPECT_EQ(detail.run.output_json, R"({"send":1})");
}

TEST_F(AtMostOnceTest, WhatWasDoneBeforeIsKnownWithIt) {
    std::string seen;
    add_tool([&](const tool::ToolCall& call, const tool::Done& done) {
        const auto detail = stores_.runs.get(call.run_id, {});
        if (detail.ok())
            for (const Step& step : detail->steps)
                seen += step.id + " " + std::string(name_of(step.state)) + ";";
        done(tool::ToolResult{.output_json = "1"});
    });
    const auto runner = start();
    const Task task = add_task(R"([{"id":"a","uses":"test.send"},{"id":"b","uses":"test.send"}])");
    wait_for(enqueue(task), RunState::kSucceeded);
    EXPECT_EQ(seen, "a running;a succeeded;b running;");
}

TEST_F(AtMostOnceTest, ALostWorkersCallIsForAPersonToSettle) {
    add_tool();
    const Id run = enqueue(add_task(std::string(kSend), 5));
    const auto lost = stores_.queue.claim("worker-lost", 1, 0ms);
    ASSERT_EQ(lost->size(), 1u);
    Step begun;
    begun.id = begun.save_as = "send";
    begun.tool = "test.send";
    begun.state = StepState::kRunning;
    begun.attempt = 1;
    const auto recorded = stores_.queue.record_steps({{{run, lost->front().lease_token}, begun}});
    ASSERT_TRUE(recorded.ok() && recorded->front());

    const auto runner = start();
    const auto detail = wait_for(run, RunState::kFailed);
    expect_unknown(detail);
    EXPECT_EQ(detail.run.attempt, 2);
    EXPECT_EQ(calls_, 0);

    ASSERT_TRUE(stores_.queue.retry(run, {}, actor()).ok());
    const auto settled = wait_for(run, RunState::kSucceeded);
    EXPECT_EQ(calls_, 1);
    EXPECT_EQ(settled.steps.at(0).attempt, 2);
}

TEST_F(AtMostOnceTest, ADrainGivesNoCallBackThatMayHaveBeenMade) {
    std::promise<void> called;
    add_tool([&](const tool::ToolCall&, const tool::Done&) { called.set_value(); });
    const auto runner = start();
    const Id run = enqueue(add_task(std::string(kSend), 5));
    called.get_future().wait();
    runner->stop();
    const auto detail = stores_.runs.get(run, {});
    ASSERT_TRUE(detail.ok());
    EXPECT_EQ(detail->run.state, RunState::kFailed);
    expect_unknown(*detail);
}

TEST_F(AtMostOnceTest, OnlyWhatTheToolSaysItDidNotDoIsTriedAgain) {
    add_tool([](const tool::ToolCall& call, const tool::Done& done) {
        tool::ToolResult result;
        result.message = "as asked";
        result.outcome = call.attempt == 1 ? Outcome::kRetryable : Outcome::kTimedOut;
        result.in_doubt = call.attempt > 1;
        result.retry_after = 1ms;
        done(std::move(result));
    });
    const auto runner = start();
    expect_unknown(wait_for(enqueue(add_task(std::string(kSend), 5)), RunState::kFailed));
    EXPECT_EQ(calls_, 2);
}

TEST_F(AtMostOnceTest, IsCalledOnceTheStoreIsBack) {
    std::atomic<int> asked{0};
    add_tool();
    TroubledQueue queue(stores_.queue, [&](const Step& step) -> Result<bool> {
        if (step.state == StepState::kRunning && ++asked < 3)
            return Error{asked == 1 ? ErrorCode::kUnavailable : ErrorCode::kInDoubt,
                         "out of reach"};
        return true;
    });
    const auto runner = start(options(), queue);
    wait_for(enqueue(add_task(std::string(kSend))), RunState::kSucceeded);
    EXPECT_EQ(asked, 3);
    EXPECT_EQ(calls_, 1);
}

TEST_F(AtMostOnceTest, IsNotCalledWhenTheStoreRefusesItsBeginningAndHoldsUpNone) {
    add_tool();
    TroubledQueue queue(stores_.queue, [](const Step& step) -> Result<bool> {
        if (step.input_json.find("unstorable") != std::string::npos)
            return invalid("", "not to be stored");
        return true;
    });
    const Id refused =
        enqueue(add_task(R"([{"id":"send","uses":"test.send","with":{"text":"unstorable"}}])"));
    const Id fine = enqueue(add_task(std::string(kSend)));
    const auto runner = start(options(), queue);
    wait_for(fine, RunState::kSucceeded);
    const auto detail = wait_for(refused, RunState::kFailed);
    EXPECT_NE(detail.run.error_json.find("not to be stored"), std::string::npos)
        << detail.run.error_json;
    EXPECT_EQ(detail.steps.at(0).state, StepState::kFailed);
    EXPECT_EQ(calls_, 1);
}

TEST_F(AtMostOnceTest, IsNotCalledForALeaseThatIsLost) {
    std::atomic<int> asked{0};
    std::promise<void> lost;
    add_tool();
    TroubledQueue queue(stores_.queue, [&](const Step&) -> Result<bool> {
        if (++asked == 1) lost.set_value();
        return false;
    });
    const auto runner = start(options(), queue);
    const Id run = enqueue(add_task(std::string(kSend)));
    lost.get_future().wait();
    // Its slot comes free without anything recorded.
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (runner->running() > 0 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    EXPECT_EQ(runner->running(), 0);
    EXPECT_EQ(stores_.runs.get(run, {})->run.state, RunState::kRunning);
    EXPECT_EQ(calls_, 0);
}

TEST_F(AtMostOnceTest, ManyMoreRunsThanSlotsAreCalledOnceEach) {
    add_tool();
    const Task task = add_task(R"([{"id":"a","uses":"test.send"},{"id":"b","uses":"test.send"}])");
    std::vector<Id> runs;
    for (int i = 0; i < 300; ++i) runs.push_back(enqueue(task));
    RunnerOptions few = options();
    few.slots = 8;
    const auto runner = start(few);
    for (const Id& run : runs) EXPECT_EQ(wait_for(run, RunState::kSucceeded).run.attempt, 1);
    EXPECT_EQ(calls_, 600);
}

}  // namespace
}  // namespace ordinaut::runner
