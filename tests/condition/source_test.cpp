// Goal: what is wrong with a condition is said at its place, and an answer is only what can be one.
#include "condition/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "condition/describe.h"
#include "condition/evaluation.h"

namespace ordinaut::condition {
namespace {

using ::testing::HasSubstr;

Task task_with(std::string source, std::string expression = "a") {
    Task task;
    task.schedule_kind = ScheduleKind::kCondition;
    task.schedule_expr = std::move(expression);
    task.condition = Condition{.source_json = std::move(source)};
    return task;
}

// "/place: message" of the first problem, or empty.
std::string problem(const Task& task, const tool::Catalogue* tools = nullptr) {
    const Status checked = check(task, tools);
    if (checked.ok()) return {};
    if (checked.error().details.empty()) return checked.error().message;
    return checked.error().details[0].pointer + ": " + checked.error().details[0].message;
}

class SomeTool final : public tool::Tool {
public:
    explicit SomeTool(tool::Effect effect) {
        spec_.name = "some.tool";
        spec_.extension_id = "some";
        spec_.effect = effect;
    }
    const tool::ToolSpec& spec() const override { return spec_; }
    tool::CancelCall start(tool::ToolCall, tool::Done done) override {
        done({});
        return {};
    }

private:
    tool::ToolSpec spec_;
};

TEST(Source, WhatIsRight) {
    for (
        const auto* source :
        {R"({"kind":"http","url":"https://example.org","headers":{"authorization":"${secrets.KEY}"}})",
         R"({"kind":"http","url":"${params.url}","fail_on_status":false})", R"({"kind":"queue"})",
         R"({"kind":"task","task_id":"0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10"})",
         R"({"kind":"tool","tool":"not.here","input":{"text":"hi"}})",
         R"({"kind":"tool","tool":"not.here"})"})
        EXPECT_EQ(problem(task_with(source)), "") << source;
}

TEST(Source, WhatIsWrongIsNamed) {
    const auto said = [](const char* source) { return problem(task_with(source)); };
    EXPECT_THAT(said(R"({"kind":"htpp"})"),
                HasSubstr("/condition/source/kind: must be http, queue, task or tool; did you mean "
                          "'http'?"));
    EXPECT_THAT(said(R"({"kind":"http"})"), HasSubstr("/condition/source/url: must be"));
    EXPECT_THAT(said(R"({"kind":"http","url":"x","header":{}})"),
                HasSubstr("/condition/source/header: a source of kind 'http' has no such member; "
                          "did you mean 'headers'?"));
    EXPECT_THAT(said(R"({"kind":"http","url":"${steps.a}"})"),
                HasSubstr("/condition/source/url: there are no steps here"));
    EXPECT_THAT(said(R"({"kind":"http","url":"${(}"})"), HasSubstr("/condition/source/url: "));
    EXPECT_THAT(said(R"({"kind":"queue","x":1})"), HasSubstr("/condition/source/x: "));
    EXPECT_THAT(said(R"({"kind":"task","task_id":"7"})"),
                HasSubstr("/condition/source/task_id: must be a UUID"));
    EXPECT_THAT(said(R"({"kind":"tool","tool":"a.b","input":[]})"),
                HasSubstr("/condition/source/input: must be an object"));
    EXPECT_THAT(problem(task_with(R"({"kind":"queue"})", "a ==")), HasSubstr("/schedule_expr: "));
    Task without = task_with("{}");
    without.condition.reset();
    EXPECT_THAT(problem(without), HasSubstr("/condition: "));
}

TEST(Source, AToolThatChangesSomethingIsNotAsked) {
    const Task task = task_with(R"({"kind":"tool","tool":"some.tool"})");
    tool::Catalogue harmless, harmful;
    ASSERT_TRUE(harmless.add(std::make_shared<SomeTool>(tool::Effect::kPure)).ok());
    ASSERT_TRUE(harmful.add(std::make_shared<SomeTool>(tool::Effect::kAtMostOnce)).ok());
    EXPECT_EQ(problem(task, &harmless), "");
    EXPECT_THAT(problem(task, &harmful), HasSubstr("/condition/source/tool: 'some.tool' changes"));
}

TEST(Answer, NullAndWhatCannotBeKeptAreNone) {
    const Json data = *parse_json(R"({"n":3,"list":[1,2],"text":"x"})");
    EXPECT_EQ(*answer_to("n > `2`", data), "true");
    EXPECT_EQ(*answer_to("list", data), "[1,2]");
    EXPECT_THAT(answer_to("nope", data).error().message, HasSubstr("null"));
    EXPECT_THAT(answer_to("nope > `2`", data).error().message, HasSubstr("null"));
    EXPECT_EQ(*answer_to("not_null(nope, `false`)", data), "false");
    EXPECT_FALSE(answer_to("length(n)", data).ok());
    const Json large = *parse_json("\"" + std::string(kAnswerBytesMax, 'x') + "\"");
    EXPECT_THAT(answer_to("@", large).error().message, HasSubstr("bytes"));
    const Json deep = *parse_json(std::string(60, '[') + std::string(60, ']'));
    EXPECT_FALSE(answer_to("@", deep).ok());
}

TEST(Sentence, SaysWhatItDoes) {
    Task task = task_with(R"({"kind":"queue"})", "ready > `100`");
    task.condition->for_seconds = 120;
    task.condition->cooldown_seconds = 3600;
    EXPECT_EQ(describe(task, Language::kEnglish),
              "Runs when “ready > `100`” becomes true and has stayed so for 120 s (source: queue, "
              "checked every 60 s); not again for 3600 s after a run.");
    EXPECT_THAT(describe(task, Language::kRomanian), HasSubstr("devine adevărat"));
    EXPECT_THAT(describe(task, Language::kRussian), HasSubstr("становится истинным"));
}

}  // namespace
}  // namespace ordinaut::condition
