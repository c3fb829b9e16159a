#include "runner/runner.h"

#include <gtest/gtest.h>

#include <future>

#include "passing_queue.h"
#include "running_fixture.h"

namespace ordinaut::runner {
namespace {

using namespace std::chrono_literals;
using tool::Outcome;

// Answers at once with `behave`.
class TestTool final : public tool::Tool {
public:
    using Behave = std::function<tool::CancelCall(tool::ToolCall, tool::Done)>;
    TestTool(std::string name, Behave behave) : behave_(std::move(behave)) {
        spec_.name = std::move(name);
    }
    const tool::ToolSpec& spec() const override { return spec_; }
    tool::CancelCall start(tool::ToolCall call, tool::Done done) override {
        return behave_(std::move(call), std::move(done));
    }

private:
    tool::ToolSpec spec_;
    const Behave behave_;
};

tool::ToolResult failure(Outcome outcome, std::string message) {
    tool::ToolResult result;
    result.outcome = outcome;
    result.message = std::move(message);
    return result;
}

class RunnerTest : public RunningFixture {
protected:
    RunnerTest() {
        add_tool("test.echo", [](tool::ToolCall call, const tool::Done& done) {
            tool::ToolResult result;
            result.output_json = std::move(call.input_json);
            done(std::move(result));
            return tool::CancelCall([] {});
        });
        add_tool("test.fail", [](const tool::ToolCall& call, const tool::Done& done) {
            const auto input = parse_json(call.input_json);
            done(failure(string_or(*input, "kind", "") == "retryable" ? Outcome::kRetryable
                                                                      : Outcome::kTerminal,
                         "as asked"));
            return tool::CancelCall([] {});
        });
        // Answers only when canceled.
        add_tool("test.wait", [this](const tool::ToolCall&, const tool::Done& done) {
            waiting_.set_value();
            return tool::CancelCall([done] { done(failure(Outcome::kCanceled, "canceled")); });
        });
        // Never answers, whatever one does.
        add_tool("test.stuck", [this](const tool::ToolCall&, const tool::Done& done) {
            stuck_ = done;
            waiting_.set_value();
            return tool::CancelCall([] {});
        });
    }

    void add_tool(const std::string& name, TestTool::Behave behave) {
        ASSERT_TRUE(tools_.add(std::make_shared<TestTool>(name, std::move(behave))).ok());
    }

    std::promise<void> waiting_;
    tool::Done stuck_;
};

TEST_F(RunnerTest, RunsStepsInOrderAndKeepsTypes) {
    const auto runner = start();
    const Id run = enqueue(
        add_task(R"([{"id":"a","uses":"test.echo","with":{"n":"${params.n}","list":[1,true,null]}},
        {"id":"b","uses":"test.echo","if":"steps.a.n > `5`","with":{"sum":"${steps.a.n}","text":"n is ${steps.a.n}"}},
        {"id":"c","uses":"test.echo","if":"steps.a.n > `50`"}])"));
    const auto detail = wait_for(run, RunState::kSucceeded);
    EXPECT_EQ(detail.run.output_json,
              R"({"a":{"n":7,"list":[1,true,null]},"b":{"sum":7,"text":"n is 7"}})");
    ASSERT_EQ(detail.steps.size(), 3u);
    EXPECT_EQ(detail.steps[2].state, StepState::kSkipped);
    EXPECT_EQ(detail.run.attempt, 1);
}

TEST_F(RunnerTest, WhatItDoesIsCounted) {
    metrics::Registry registry;
    RunnerOptions counted = options();
    counted.metrics = &registry;
    auto runner = start(counted);
    const auto runs = [&](const char* status) {
        return registry.counter("orchestrator_runs_total", "", {{"status", status}}).value();
    };
    EXPECT_EQ(runs("failed"), 0);
    wait_for(enqueue(add_task(R"([{"id":"a","uses":"test.echo"},{"id":"b","uses":"test.fail"}])")),
             RunState::kFailed);
    wait_for(enqueue(add_task(R"([{"id":"a","uses":"nobody.knows"}])")), RunState::kFailed);
    wait_for(enqueue(add_task(R"([{"id":"a","uses":"test.echo"}])")), RunState::kSucceeded);
    runner.reset();
    EXPECT_EQ(registry.counter("orchestrator_claims_total", "").value(), 3);
    EXPECT_EQ(runs("failed"), 2);
    EXPECT_EQ(runs("succeeded"), 1);
    const auto steps = [&](const char* tool, const char* status) {
        return registry
            .histogram("orchestrator_step_duration_seconds", "",
                       {{"tool", tool}, {"status", status}})
            .read()
            .count;
    };
    EXPECT_EQ(steps("test.echo", "succeeded"), 2U);
    EXPECT_EQ(steps("test.fail", "failed"), 1U);
    EXPECT_EQ(steps("unknown", "failed"), 1U);
    EXPECT_EQ(registry.histogram("orchestrator_run_lateness_seconds", "").read().count, 3U);
    EXPECT_EQ(registry.histogram("orchestrator_task_duration_seconds", "", {{"status", "failed"}})
                  .read()
                  .count,
              2U);
}

TEST_F(RunnerTest, SecretsReachTheToolAndNotTheRecord) {
    std::promise<std::string> seen;
    add_tool("test.see", [&](const tool::ToolCall& call, const tool::Done& done) {
        seen.set_value(call.input_json);
        tool::ToolResult result;
        result.output_json = "{}";
        done(std::move(result));
        return tool::CancelCall([] {});
    });
    const auto runner = start();
    const Id run = enqueue(
        add_task(R"([{"id":"a","uses":"test.see","with":{"auth":"Bearer ${secrets.KEY}"}}])"));
    EXPECT_EQ(seen.get_future().get(), R"({"auth":"Bearer s3cret-value"})");
    const auto detail = wait_for(run, RunState::kSucceeded);
    EXPECT_EQ(detail.steps.at(0).input_json.find("s3cret"), std::string::npos)
        << detail.steps.at(0).input_json;
}

TEST_F(RunnerTest, RetryableFailuresWaitAndTerminalOnesEnd) {
    const auto runner = start();
    const Id retried =
        enqueue(add_task(R"([{"id":"a","uses":"test.fail","with":{"kind":"retryable"}}])", 1));
    const Id ended =
        enqueue(add_task(R"([{"id":"a","uses":"test.fail","with":{"kind":"terminal"}}])", 5));
    const auto waiting = wait_for(retried, RunState::kRetryWait);
    EXPECT_EQ(waiting.run.failures, 1);
    EXPECT_GT(waiting.run.run_at, clock_.wall_now());
    const auto failed = wait_for(ended, RunState::kFailed);
    EXPECT_EQ(failed.run.attempt, 1);
    EXPECT_NE(failed.run.error_json.find("as asked"), std::string::npos);
    EXPECT_NE(failed.run.error_json.find(R"("step_id":"a")"), std::string::npos);
}

TEST_F(RunnerTest, AReasonIsCutBetweenCharacters) {
    std::string letters;
    for (int i = 0; i < 300; ++i) letters += "ж";
    add_tool("test.long", [&](const tool::ToolCall&, const tool::Done& done) {
        done(failure(Outcome::kTerminal, "x" + letters));
        return tool::CancelCall([] {});
    });
    const auto runner = start();
    const Id run = enqueue(add_task(R"([{"id":"a","uses":"test.long"}])"));
    wait_for(run, RunState::kFailed);
    const auto history = stores_.runs.events(run, {});
    ASSERT_TRUE(history.ok());
    EXPECT_EQ(history->back().reason, "x" + letters.substr(0, 498) + "…");
}

// The first lease ends at once, whatever its holder believes.
class ForgetfulQueue final : public PassingQueue {
public:
    using PassingQueue::PassingQueue;
    Result<std::vector<store::Lease>> claim(const std::string& worker, int limit,
                                            std::chrono::milliseconds ttl) override {
        auto leases = PassingQueue::claim(worker, limit, forgotten_ ? ttl : 0ms);
        if (leases.ok() && !leases->empty()) forgotten_ = true;
        return leases;
    }

private:
    bool forgotten_ = false;  // The claimer's thread alone asks.
};

TEST_F(RunnerTest, ARunClaimedAgainIsNotTakenForItsEarlierAttempt) {
    std::array<std::promise<tool::Done>, 2> called;
    std::promise<void> first_canceled;
    add_tool("test.held", [&](const tool::ToolCall& call, const tool::Done& done) {
        const auto n = static_cast<size_t>(
            parse_json(call.input_json)->FindMember("attempt")->value.GetInt() - 1);
        if (n < called.size()) called[n].set_value(done);
        return tool::CancelCall([&, n] {
            if (n == 0) first_canceled.set_value();
        });
    });
    ForgetfulQueue queue(stores_.queue);
    RunnerOptions patient = options();
    patient.cancel_grace = 1h;
    const auto runner = start(patient, queue);
    const Id run =
        enqueue(add_task(R"([{"id":"a","uses":"test.held","with":{"attempt":"${run.attempt}"}}])"));
    const tool::Done first = called[0].get_future().get(), second = called[1].get_future().get();
    // At the next renewal the first attempt learns that its lease is gone; the second keeps its
    // own.
    ASSERT_TRUE(stores_.queue.set_paused(false, actor()).ok());
    ASSERT_EQ(first_canceled.get_future().wait_for(20s), std::future_status::ready);
    first(failure(Outcome::kCanceled, "canceled"));
    second(tool::ToolResult{.output_json = "2"});
    const auto detail = wait_for(run, RunState::kSucceeded);
    EXPECT_EQ(detail.run.output_json, R"({"a":2})");
    EXPECT_EQ(detail.run.attempt, 2);
}

// Tells when a round of renewals begins.
class TellingQueue final : public PassingQueue {
public:
    using PassingQueue::PassingQueue;
    Result<std::vector<store::RenewOutcome>> renew(const std::vector<store::LeaseRef>& leases,
                                                   std::chrono::milliseconds ttl) override {
        auto outcomes = PassingQueue::renew(leases, ttl);
        std::lock_guard lock(mutex_);
        ++rounds_;
        changed_.notify_all();
        return outcomes;
    }
    // Several rounds, one after the other.
    void wait_for_rounds(store::QueueStore& queue, const store::Actor& actor) {
        for (int i = 0; i < 3; ++i) {
            std::unique_lock lock(mutex_);
            const int before = rounds_;
            lock.unlock();
            // Wakes the keeper.
            ASSERT_TRUE(queue.set_paused(false, actor).ok());
            lock.lock();
            ASSERT_TRUE(changed_.wait_for(lock, 20s, [&] { return rounds_ > before; }));
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int rounds_ = 0;
};

TEST_F(RunnerTest, ARunCanceledBeforeItBeginsCallsNoTool) {
    std::promise<void> busy, go_on;
    add_tool("test.block", [&](const tool::ToolCall&, const tool::Done& done) {
        busy.set_value();
        go_on.get_future().wait();
        done(tool::ToolResult{.output_json = "1"});
        return tool::CancelCall([] {});
    });
    std::atomic<int> calls{0};
    add_tool("test.count", [&](const tool::ToolCall&, const tool::Done& done) {
        ++calls;
        done(tool::ToolResult{.output_json = "1"});
        return tool::CancelCall([] {});
    });
    TellingQueue queue(stores_.queue);
    RunnerOptions one = options();
    one.executor_threads = 1;
    const auto runner = start(one, queue);
    const Id blocking = enqueue(add_task(R"([{"id":"a","uses":"test.block"}])"));
    busy.get_future().wait();
    const Id late = enqueue(add_task(R"([{"id":"a","uses":"test.count"}])"));
    wait_for(late, RunState::kRunning);
    ASSERT_TRUE(stores_.queue.cancel(late, "enough", {}, actor()).ok());
    // A round tells its news before the next one begins.
    queue.wait_for_rounds(stores_.queue, actor());
    go_on.set_value();
    wait_for(blocking, RunState::kSucceeded);
    wait_for(late, RunState::kCanceled);
    EXPECT_EQ(calls, 0);
}

TEST_F(RunnerTest, ARetryByHandGoesOnAtTheFailedStep) {
    std::atomic<int> calls{0};
    std::atomic<bool> works{false};
    add_tool("test.count", [&](const tool::ToolCall&, const tool::Done& done) {
        ++calls;
        tool::ToolResult result;
        result.output_json = R"({"called":true})";
        done(std::move(result));
        return tool::CancelCall([] {});
    });
    add_tool("test.later", [&](const tool::ToolCall&, const tool::Done& done) {
        tool::ToolResult result = failure(Outcome::kTerminal, "not yet");
        if (works) result = tool::ToolResult{.output_json = "1"};
        done(std::move(result));
        return tool::CancelCall([] {});
    });
    const auto runner = start();
    const Id run =
        enqueue(add_task(R"([{"id":"a","uses":"test.count"},{"id":"b","uses":"test.later"}])"));
    wait_for(run, RunState::kFailed);
    works = true;
    ASSERT_TRUE(stores_.queue.retry(run, {}, actor()).ok());
    const auto detail = wait_for(run, RunState::kSucceeded);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(detail.run.output_json, R"({"a":{"called":true},"b":1})");
}

TEST_F(RunnerTest, CancelReachesTheTool) {
    const auto runner = start();
    const Id run = enqueue(add_task(R"([{"id":"a","uses":"test.wait"}])"));
    waiting_.get_future().wait();
    ASSERT_TRUE(stores_.queue.cancel(run, "enough", {}, actor()).ok());
    const auto detail = wait_for(run, RunState::kCanceled);
    EXPECT_EQ(detail.steps.at(0).state, StepState::kCanceled);
}

TEST_F(RunnerTest, AToolThatIgnoresACancelIsAbandonedAfterItsGrace) {
    const auto runner = start();
    const Id run = enqueue(add_task(R"([{"id":"a","uses":"test.stuck"}])"));
    waiting_.get_future().wait();
    ASSERT_TRUE(stores_.queue.cancel(run, "enough", {}, actor()).ok());
    wait_for(run, RunState::kCanceled);
    stuck_(tool::ToolResult{.output_json = "{}"});  // Its late answer changes nothing.
    EXPECT_EQ(stores_.runs.get(run, {})->run.state, RunState::kCanceled);
}

TEST_F(RunnerTest, AnAttemptThatBreaksIsLeftToTheExpiryOfItsLease) {
    std::atomic<int> calls = 0;
    add_tool("test.breaks", [&](const tool::ToolCall&, const tool::Done& done) {
        if (++calls == 1) throw std::runtime_error("broken");
        done({.output_json = "1"});
        return tool::CancelCall([] {});
    });
    RunnerOptions one = options();
    one.slots = 1;  // Not given up with the attempt.
    one.lease.ttl = 300ms;
    one.lease.margin = 100ms;
    const auto runner = start(one);
    const Id run = enqueue(add_task(R"([{"id":"a","uses":"test.breaks"}])", 1));
    EXPECT_EQ(wait_for(run, RunState::kSucceeded).run.attempt, 2);
    EXPECT_EQ(calls, 2);
}

TEST_F(RunnerTest, DrainGivesUnfinishedRunsBackWithTheirAttempt) {
    auto runner = start();
    const Id run = enqueue(add_task(R"([{"id":"a","uses":"test.wait"}])"));
    waiting_.get_future().wait();
    runner->stop();
    const auto detail = stores_.runs.get(run, {});
    ASSERT_TRUE(detail.ok());
    EXPECT_EQ(detail->run.state, RunState::kReady);
    EXPECT_EQ(detail->run.attempt, 0);
    EXPECT_EQ(runner->running(), 0);
}

TEST_F(RunnerTest, ManyMoreRunsThanSlotsAllEndOnce) {
    RunnerOptions few = options();
    few.slots = 8;
    few.batch = 3;
    const Task task = add_task(R"([{"id":"a","uses":"test.echo","with":{"x":1}}])");
    std::vector<Id> runs;
    for (int i = 0; i < 200; ++i) runs.push_back(enqueue(task));
    const auto runner = start(few);
    for (const Id& run : runs) EXPECT_EQ(wait_for(run, RunState::kSucceeded).run.attempt, 1);
}

}  // namespace
}  // namespace ordinaut::runner
