// Goal: a watcher asks what is due, and edges become runs that know why. Method: the memory store
// on a clock moved by hand, and a tool that answers as the test says.
#include "condition/watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "scheduler/edge_planner.h"
#include "store/memory/memory_stores.h"

namespace ordinaut::condition {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// Answers at once, or keeps the call until it is canceled.
class Weather final : public tool::Tool {
public:
    Weather() {
        spec_.name = "weather.now";
        spec_.extension_id = "weather";
    }
    const tool::ToolSpec& spec() const override { return spec_; }
    tool::CancelCall start(tool::ToolCall call, tool::Done done) override {
        {
            std::lock_guard lock(mutex_);
            calls.push_back(std::move(call));
        }
        if (!silent) {
            done(tool::ToolResult(answer));
            return {};
        }
        asked.set_value();
        return [done] { done({.outcome = tool::Outcome::kCanceled}); };
    }

    std::vector<tool::ToolCall> calls;
    std::promise<void> asked;  // With `silent`, which takes one call.
    tool::ToolResult answer{.output_json = R"({"temp":10})"};
    bool silent = false;

private:
    std::mutex mutex_;
    tool::ToolSpec spec_;
};

class WatcherTest : public ::testing::Test {
protected:
    WatcherTest() {
        Agent agent;
        agent.id = owner_;
        agent.name = "tester";
        agent.scopes = {"tasks:read", "tools:invoke"};
        EXPECT_TRUE(stores_.agents.create(agent, {}).ok());
        EXPECT_TRUE(tools_.add(weather_).ok());
    }

    Task add_task(const std::string& source, const std::string& expression, Condition rest = {}) {
        Task task;
        task.id = new_id();
        task.title = "watch";
        task.owner = owner_;
        task.schedule_kind = ScheduleKind::kCondition;
        task.schedule_expr = expression;
        task.payload_json = R"({"params":{"city":"Chisinau"},"pipeline":[]})";
        rest.source_json = source;
        task.condition = rest;
        auto created = stores_.tasks.create(task, task.id, {});
        EXPECT_TRUE(created.ok());
        return created->task;
    }
    Task add_weather_task(const std::string& expression = "temp > `25`", Condition rest = {}) {
        return add_task(R"({"kind":"tool","tool":"weather.now","input":{"city":"${params.city}"}})",
                        expression, std::move(rest));
    }
    // One round; then it is a minute later. How many edges there were.
    int round(const std::string& output = "") {
        if (!output.empty()) weather_->answer = {.output_json = output};
        EXPECT_TRUE(watcher_.begin_due().ok());
        watcher_.wait_for_answers();
        const auto edges = watcher_.settle();
        EXPECT_TRUE(edges.ok());
        clock_.advance(60s);
        return edges.value_or(-1);
    }
    std::vector<ordinaut::Run> runs_of(const Task& task) {
        store::RunQuery query;
        query.task_id = task.id;
        return stores_.runs.list(query)->items;
    }
    ConditionState state_of(const Task& task) {
        return *stores_.tasks.get(task.id, std::nullopt)->condition_state;
    }

    ManualClock clock_{*parse_time("2026-03-01T08:00:00Z")};
    store::memory::MemoryStores memory_{clock_};
    store::Stores stores_ = memory_.stores();
    tool::Catalogue tools_;
    std::shared_ptr<Weather> weather_ = std::make_shared<Weather>();
    scheduler::EdgePlanner planner_;
    const Id owner_ = new_id();
    Watcher watcher_{
        stores_.conditions,
        {stores_.queue, stores_.runs, stores_.tasks, tools_, clock_,
         [](const Id&, const std::vector<std::string>&) {
             return std::map<std::string, std::string>{{"KEY", "s3cret"}};
         }},
        [this](const store::DueTask& due, WallTime now) { return planner_.plan(due, now); },
        {}};
};

TEST_F(WatcherTest, AnEdgeBecomesARunThatKnowsWhy) {
    const Task task = add_weather_task();
    EXPECT_EQ(round(R"({"temp":10})"), 0);
    EXPECT_EQ(round(R"({"temp":26})"), 1);
    EXPECT_EQ(round(R"({"temp":27})"), 0);
    const auto runs = runs_of(task);
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].source, RunSource::kCondition);
    EXPECT_EQ(runs[0].nominal_at, *parse_time("2026-03-01T08:01:00Z"));
    EXPECT_EQ(runs[0].event_json,
              R"({"source":"tool","value":true,"previous":false,"at":"2026-03-01T08:01:00Z"})");
    ASSERT_EQ(weather_->calls.size(), 3u);
    EXPECT_EQ(weather_->calls[0].input_json, R"({"city":"Chisinau"})");
    EXPECT_EQ(weather_->calls[0].principal, owner_);
    EXPECT_EQ(weather_->calls[0].scopes, (std::vector<std::string>{"tasks:read", "tools:invoke"}));
    EXPECT_EQ(weather_->calls[0].deadline, clock_.mono_now() - 180s + kDeadlineMax);
}

TEST_F(WatcherTest, NothingIsAskedBeforeItsTime) {
    add_weather_task();
    EXPECT_EQ(*watcher_.begin_due(), 1);
    EXPECT_EQ(*watcher_.begin_due(), 0);  // Leased.
    watcher_.wait_for_answers();
    EXPECT_EQ(*watcher_.settle(), 0);
    clock_.advance(59s);
    EXPECT_EQ(*watcher_.begin_due(), 0);
    clock_.advance(1s);
    EXPECT_EQ(*watcher_.begin_due(), 1);
    watcher_.wait_for_answers();
}

TEST_F(WatcherTest, AFailureIsUnknownAndSaysWhy) {
    const Task task = add_weather_task();
    round(R"({"temp":10})");
    weather_->answer = {.outcome = tool::Outcome::kRetryable, .message = "connection refused"};
    EXPECT_EQ(round(), 0);
    EXPECT_EQ(state_of(task).error, "connection refused");
    EXPECT_EQ(state_of(task).errors_in_a_row, 1);
    EXPECT_EQ(state_of(task).value_json, "false");
    EXPECT_EQ(round(R"({})"), 0);  // No temp: null.
    EXPECT_THAT(state_of(task).error, HasSubstr("null"));
    weather_->answer = {.outcome = tool::Outcome::kTerminal, .message = "\xff\xfe"};
    EXPECT_EQ(round(), 0);
    EXPECT_THAT(state_of(task).error, HasSubstr("not text"));
    EXPECT_EQ(round(R"({"temp":30})"), 1);  // From the false before all that.
    EXPECT_EQ(state_of(task).errors_in_a_row, 0);
}

TEST_F(WatcherTest, SecretsReachTheTool) {
    add_task(R"({"kind":"tool","tool":"weather.now","input":{"key":"${secrets.KEY}"}})", "temp");
    round(R"({"temp":10})");
    EXPECT_EQ(weather_->calls.at(0).input_json, R"({"key":"s3cret"})");
}

TEST_F(WatcherTest, TheQueueAndTasksAreSourcesToo) {
    const Task watched = add_weather_task();
    const Task busy = add_task(R"({"kind":"queue"})", "ready > `0`");
    const Task after = add_task(R"({"kind":"task","task_id":")" + watched.id + R"("})",
                                "last_run.state == 'ready'");
    const Task gone = add_task(R"({"kind":"task","task_id":")" + new_id() + R"("})", "status");
    EXPECT_EQ(round(R"({"temp":10})"), 0);
    EXPECT_EQ(state_of(busy).value_json, "false");
    EXPECT_EQ(state_of(after).value_json, "false");
    EXPECT_THAT(state_of(gone).error, HasSubstr("no task"));
    round(R"({"temp":30})");
    round();
    EXPECT_EQ(runs_of(busy).size(), 1u);
    EXPECT_EQ(runs_of(after).size(), 1u);
}

TEST_F(WatcherTest, OverlapHoldsForEdges) {
    const Task task = add_weather_task("temp", {.source_json = "", .edge = Edge::kChange});
    for (const auto* output : {R"({"temp":1})", R"({"temp":2})", R"({"temp":3})"}) round(output);
    EXPECT_EQ(runs_of(task).size(), 1u);
    const auto skips = stores_.schedules.skipped(task.id, std::nullopt, {});
    ASSERT_EQ(skips->size(), 1u);
    EXPECT_EQ(skips->at(0).reason, "overlap");
}

TEST_F(WatcherTest, ACalendarThatIsGonePausesTheTask) {
    Task task = add_weather_task();
    task.calendars = {"gone"};
    store::TaskUpdate update{.task = task, .schedule_changed = false, .expected_version = {}};
    ASSERT_TRUE(stores_.tasks.update(update, std::nullopt, {}).ok());
    round(R"({"temp":10})");
    round(R"({"temp":30})");
    EXPECT_EQ(stores_.tasks.get(task.id, std::nullopt)->status, TaskStatus::kPaused);
    EXPECT_TRUE(runs_of(task).empty());
}

TEST_F(WatcherTest, AStopGivesBackWhatIsBeingAsked) {
    add_weather_task();
    weather_->silent = true;
    watcher_.start();
    weather_->asked.get_future().wait();
    watcher_.stop();
    EXPECT_EQ(stores_.conditions.claim(10, 1s)->size(), 1u);  // Due at once, unevaluated.
}

}  // namespace
}  // namespace ordinaut::condition
