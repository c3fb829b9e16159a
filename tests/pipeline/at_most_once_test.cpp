// Goal: a tool that must not be called twice is called after its beginning is recorded, and what
// nobody can say the end of is never tried again. Method: a tool and a record that answer when told
// to.
#include <gmock/gmock.h>

#include "tests/pipeline/fixture.h"

namespace ordinaut::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

tool::ToolResult answer(tool::Outcome outcome, std::string message, bool in_doubt) {
    tool::ToolResult result;
    result.outcome = outcome;
    result.message = std::move(message);
    result.output_json = R"({"sent":true})";
    result.in_doubt = in_doubt;
    return result;
}

class AtMostOnceTest : public testing::Test {
protected:
    AtMostOnceTest() {
        add("std.echo", tool::Effect::kIdempotent);
        add("sms.send", tool::Effect::kAtMostOnce);
    }

    // Keeps every call until the test answers it.
    void add(const std::string& name, tool::Effect effect) {
        auto tool = std::make_shared<FakeTool>(
            name,
            [this](const tool::ToolCall& call, tool::Done done) -> tool::CancelCall {
                log_.push_back("call " + call.step_id);
                dones_.push_back(std::move(done));
                return [this] { log_.emplace_back("cancel"); };
            },
            effect);
        ASSERT_TRUE(tools_.add(std::move(tool)).ok());
    }

    std::shared_ptr<Execution> create(std::vector<Step> earlier = {}) {
        auto definition = Definition::parse(
            json(
                R"({"pipeline":[{"id":"send","uses":"sms.send","with":{"to":"1"},"max_retries":5}]})"),
            "/payload", &tools_);
        EXPECT_TRUE(definition.ok()) << definition.error().message;
        return Execution::create(
            ExecutionInput{.tools = &tools_,
                           .clock = &clock_,
                           .definition = *definition,
                           .now = clock_.wall_now(),
                           .earlier = std::move(earlier),
                           .run_id = "run-1",
                           .task_id = "task-1"},
            {.step_changed =
                 [this](const Step& step) {
                     log_.push_back(step.id + " " + std::string(name_of(step.state)));
                 },
             .step_begins =
                 [this](const Step& step, std::function<void(Status)> recorded) {
                     log_.push_back("record " + step.id + " " + std::string(name_of(step.state)));
                     recorded_ = std::move(recorded);
                 },
             .ended =
                 [this](ExecutionResult result) {
                     ++endings_;
                     result_ = std::move(result);
                 }});
    }
    std::shared_ptr<Execution> start(std::vector<Step> earlier = {}) {
        auto execution = create(std::move(earlier));
        execution->start();
        return execution;
    }
    std::shared_ptr<Execution> start_and_call() {
        auto execution = start();
        recorded_(ok());
        EXPECT_EQ(dones_.size(), 1u);
        return execution;
    }

    // As the store has it when a worker was lost in the middle of the call.
    static Step begun(StepState state = StepState::kRunning) {
        Step step;
        step.id = step.save_as = "send";
        step.tool = "sms.send";
        step.state = state;
        step.attempt = 1;
        step.input_json = R"({"to":"1"})";
        return step;
    }

    void expect_unknown(Ending ending) {
        EXPECT_EQ(endings_, 1);
        EXPECT_EQ(result_.ending, ending);
        EXPECT_TRUE(result_.in_doubt);
        EXPECT_EQ(result_.failed_step, 0);
        EXPECT_EQ(result_.outcome, tool::Outcome::kTerminal);
        EXPECT_THAT(result_.message, HasSubstr("not known whether step 'send' took effect"));
        EXPECT_THAT(result_.message, HasSubstr("sms.send must not be called twice"));
        EXPECT_THAT(result_.message, HasSubstr("retry the run"));
        ASSERT_EQ(result_.steps.size(), 1u);
        EXPECT_EQ(result_.steps[0].state, StepState::kUnknown);
        EXPECT_THAT(result_.steps[0].error_json, HasSubstr(R"("error":"outcome_unknown")"));
        EXPECT_TRUE(result_.steps[0].finished_at);
    }

    tool::Catalogue tools_;
    ManualClock clock_{*parse_time("2026-03-01T08:00:00Z")};
    std::vector<std::string> log_;
    std::vector<tool::Done> dones_;
    std::function<void(Status)> recorded_;
    int endings_ = 0;
    ExecutionResult result_;
};

TEST_F(AtMostOnceTest, IsCalledOnceItsBeginningIsRecorded) {
    start();
    EXPECT_THAT(log_, ElementsAre("record send running"));
    recorded_(ok());
    recorded_(ok());
    EXPECT_THAT(log_, ElementsAre("record send running", "call send"));
    dones_[0](answer(tool::Outcome::kOk, "", false));
    EXPECT_THAT(log_, ElementsAre("record send running", "call send", "send succeeded"));
    EXPECT_EQ(result_.ending, Ending::kSucceeded);
    EXPECT_EQ(result_.output_json, R"({"send":{"sent":true}})");
}

TEST_F(AtMostOnceTest, OtherToolsAreCalledAtOnce) {
    auto definition = Definition::parse(
        json(R"({"pipeline":[{"id":"a","uses":"std.echo","with":{}}]})"), "/payload", &tools_);
    const auto execution = Execution::create(
        ExecutionInput{.tools = &tools_, .clock = &clock_, .definition = *definition},
        {.step_changed =
             [this](const Step& step) {
                 log_.push_back(step.id + " " + std::string(name_of(step.state)));
             },
         .step_begins = [](const Step&, const auto&) { FAIL() << "nothing to wait for"; },
         .ended = [this](ExecutionResult result) { result_ = std::move(result); }});
    execution->start();
    EXPECT_THAT(log_, ElementsAre("a running", "call a"));
    // Cut short: tried again, for a repeated call does no harm.
    dones_[0](answer(tool::Outcome::kTimedOut, "no answer", true));
    EXPECT_FALSE(result_.in_doubt);
    EXPECT_EQ(result_.outcome, tool::Outcome::kTimedOut);
    EXPECT_EQ(result_.steps[0].state, StepState::kFailed);
}

TEST_F(AtMostOnceTest, IsNotCalledWhenItCannotBeRecorded) {
    start();
    recorded_(Error{ErrorCode::kInvalid, "no such text"});
    EXPECT_THAT(dones_, IsEmpty());
    EXPECT_EQ(result_.ending, Ending::kFailed);
    EXPECT_FALSE(result_.in_doubt);
    EXPECT_THAT(result_.message, HasSubstr("was not called"));
    EXPECT_THAT(result_.message, HasSubstr("no such text"));
    EXPECT_EQ(result_.steps[0].state, StepState::kFailed);
}

TEST_F(AtMostOnceTest, IsNotCalledAfterACancelThatComesBeforeTheRecord) {
    const auto execution = start();
    execution->cancel();
    EXPECT_EQ(endings_, 1);
    EXPECT_EQ(result_.ending, Ending::kCanceled);
    EXPECT_FALSE(result_.in_doubt);
    EXPECT_EQ(result_.steps[0].state, StepState::kCanceled);
    recorded_(ok());
    EXPECT_THAT(dones_, IsEmpty());
    EXPECT_EQ(endings_, 1);
}

TEST_F(AtMostOnceTest, ABeginningWithoutAnEndIsUnknownAndNotCalledAgain) {
    start({begun()});
    expect_unknown(Ending::kFailed);
    EXPECT_THAT(result_.message, HasSubstr("its worker was lost"));
    EXPECT_EQ(result_.steps[0].attempt, 1);
    EXPECT_EQ(result_.steps[0].input_json, R"({"to":"1"})");
    EXPECT_THAT(log_, ElementsAre("send unknown"));
}

TEST_F(AtMostOnceTest, ABeginningWithoutAnEndIsUnknownThoughItsRunIsCanceled) {
    create({begun()})->cancel();
    expect_unknown(Ending::kCanceled);
}

TEST_F(AtMostOnceTest, WhoseEndWasLostToo) {
    auto definition = Definition::parse(
        json(R"({"pipeline":[{"id":"one","uses":"sms.send"},{"id":"two","uses":"sms.send"}]})"),
        "/payload", &tools_);
    ASSERT_TRUE(definition.ok());
    std::vector<Step> earlier{begun(), begun()};
    earlier[0].id = "one";
    earlier[1].id = "two";
    const auto execution = Execution::create(
        ExecutionInput{.tools = &tools_,
                       .clock = &clock_,
                       .definition = *definition,
                       .earlier = std::move(earlier)},
        {.step_changed = [](const Step&) {},
         .ended = [this](ExecutionResult result) { result_ = std::move(result); }});
    execution->start();
    EXPECT_TRUE(result_.in_doubt);
    EXPECT_EQ(result_.steps[0].state, StepState::kUnknown);
    EXPECT_EQ(result_.steps[1].state, StepState::kUnknown);
    EXPECT_THAT(dones_, IsEmpty());
}

TEST_F(AtMostOnceTest, WhoseToolIsGoneIsUnknownToo) {
    tools_.remove("sms.send");
    start({begun()});
    expect_unknown(Ending::kFailed);
}

TEST_F(AtMostOnceTest, AfterAPersonsRetryItIsCalledOnceMore) {
    start({begun(StepState::kUnknown)});
    EXPECT_THAT(log_, ElementsAre("record send running"));
    recorded_(ok());
    dones_.at(0)(answer(tool::Outcome::kOk, "", false));
    EXPECT_EQ(result_.ending, Ending::kSucceeded);
    EXPECT_EQ(result_.steps[0].attempt, 2);
}

TEST_F(AtMostOnceTest, CutShortIsUnknown) {
    start_and_call();
    dones_[0](answer(tool::Outcome::kTimedOut, "sms.send did not answer in time", true));
    expect_unknown(Ending::kFailed);
    EXPECT_THAT(result_.message, HasSubstr("did not answer in time"));
}

TEST_F(AtMostOnceTest, WhatTheToolSaysItDidNotDoIsTriedAgain) {
    start_and_call();
    dones_[0](answer(tool::Outcome::kRetryable, "no line", false));
    EXPECT_EQ(result_.ending, Ending::kFailed);
    EXPECT_FALSE(result_.in_doubt);
    EXPECT_EQ(result_.outcome, tool::Outcome::kRetryable);
    EXPECT_EQ(result_.steps[0].state, StepState::kFailed);
}

TEST_F(AtMostOnceTest, CanceledInTheMiddleIsUnknown) {
    const auto execution = start_and_call();
    execution->cancel();
    EXPECT_EQ(endings_, 0);
    dones_[0](answer(tool::Outcome::kCanceled, "canceled", true));
    expect_unknown(Ending::kCanceled);
}

TEST_F(AtMostOnceTest, CanceledBeforeTheToolBeganIsNot) {
    const auto execution = start_and_call();
    execution->cancel();
    dones_[0](answer(tool::Outcome::kCanceled, "canceled before it started", false));
    EXPECT_EQ(result_.ending, Ending::kCanceled);
    EXPECT_FALSE(result_.in_doubt);
    EXPECT_EQ(result_.steps[0].state, StepState::kCanceled);
}

TEST_F(AtMostOnceTest, AbandonedIsUnknown) {
    const auto execution = start_and_call();
    execution->cancel();
    execution->abandon();
    expect_unknown(Ending::kCanceled);
    dones_[0](answer(tool::Outcome::kOk, "", false));
    EXPECT_EQ(endings_, 1);
}

}  // namespace
}  // namespace ordinaut::pipeline
