#include "pipeline/definition.h"

#include <gmock/gmock.h>

#include "tests/pipeline/fixture.h"

namespace ordinaut::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems(std::string_view payload) {
    const auto parsed = Definition::parse(json(payload), "/payload", nullptr);
    return parsed ? std::vector<std::string>{} : problems_of(parsed.error().details);
}
std::vector<std::string> step_problems(const std::string& step) {
    return problems(R"({"pipeline":[)" + step + "]}");
}

TEST(Definition, ReadsEverything) {
    const auto parsed = Definition::parse(json(R"({"params":{"city":"Iași"},"pipeline":[
        {"id":"weather","uses":"http.request","with":{"q":"${params.city}","key":"${secrets.KEY}"},"save_as":"w","timeout_seconds":1.5,"max_retries":0},
        {"id":"tell-me","uses":"std.echo","if":"${steps.w.temp > `25`}"}]})"),
                                          "/payload", nullptr);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    ASSERT_EQ(parsed->steps().size(), 2u);
    const StepDefinition& first = parsed->steps()[0];
    EXPECT_EQ(first.id + " " + first.uses + " " + first.save_as, "weather http.request w");
    EXPECT_EQ(first.timeout, std::chrono::milliseconds(1500));
    EXPECT_EQ(first.max_retries, 0);
    const StepDefinition& second = parsed->steps()[1];
    EXPECT_EQ(second.save_as, "tell-me");
    EXPECT_EQ(second.condition->source(), "steps.w.temp > `25`");
    EXPECT_EQ(second.timeout, std::nullopt);
    const Json nothing(rapidjson::kObjectType);
    EXPECT_EQ(second.with.render({.data = &nothing})->json, "{}");
    EXPECT_EQ(to_json(parsed->params()), R"({"city":"Iași"})");
    EXPECT_THAT(parsed->secrets(), ElementsAre("KEY"));
    EXPECT_THAT(parsed->warnings(), IsEmpty());
}

TEST(Definition, PayloadMustHaveItsShape) {
    EXPECT_THAT(problems("[]"), ElementsAre(HasSubstr("/payload: must be an object")));
    EXPECT_THAT(problems("{}"), ElementsAre("/payload/pipeline: is required: an array of steps"));
    EXPECT_THAT(problems(R"({"pipeline":{},"params":[]})"),
                ElementsAre("/payload/params: must be an object",
                            "/payload/pipeline: must be an array of steps"));
    EXPECT_THAT(problems(R"({"pipeline":[],"parms":{}})"),
                ElementsAre("/payload/parms: unknown key; did you mean 'params'?"));
    EXPECT_THAT(problems(R"({"pipeline":[],"on_error":"fail"})"),
                ElementsAre("/payload/on_error: 'on_error' is not supported yet"));
    std::string many = R"({"id":"s0","uses":"a.b"})";
    for (int i = 1; i < 201; ++i) many += R"(,{"id":"s)" + std::to_string(i) + R"(","uses":"a.b"})";
    EXPECT_THAT(step_problems(many),
                ElementsAre("/payload/pipeline: has 201 steps; the limit is 200"));
}

TEST(Definition, NoStepsIsAWarning) {
    const auto parsed = Definition::parse(json(R"({"pipeline":[]})"), "/payload", nullptr);
    ASSERT_TRUE(parsed.ok());
    EXPECT_THAT(problems_of(parsed->warnings()), ElementsAre(HasSubstr("has no steps")));
}

TEST(Definition, EveryKeyOfAStepIsChecked) {
    EXPECT_THAT(step_problems("1"),
                ElementsAre("/payload/pipeline/0: must be an object with at least id and uses"));
    EXPECT_THAT(step_problems("{}"),
                ElementsAre("/payload/pipeline/0/id: is required: the step's name",
                            "/payload/pipeline/0/uses: is required: the name of a tool"));
    EXPECT_THAT(step_problems(R"({"id":"a b","uses":"x y"})"),
                ElementsAre(HasSubstr("/id: must be 1 to 64 letters"),
                            HasSubstr("/uses: must be the name of a tool")));
    EXPECT_THAT(step_problems(R"({"id":"a","uses":"x.y","with":[]})"),
                ElementsAre("/payload/pipeline/0/with: must be an object: the tool's input"));
    EXPECT_THAT(step_problems(R"({"id":"a","uses":"x.y","save_as":"1a"})"),
                ElementsAre(HasSubstr("/save_as: must be a name")));
    EXPECT_THAT(step_problems(R"({"id":"a","uses":"x.y","if":true})"),
                ElementsAre("/payload/pipeline/0/if: must be a string: a JMESPath expression"));
    EXPECT_THAT(step_problems(R"({"id":"a","uses":"x.y","if":"params.n >"})"),
                ElementsAre(HasSubstr("/payload/pipeline/0/if: column 11: expected")));
    for (const char* wrong : {"0", "-1", "86401", "\"5\"", "null"})
        EXPECT_THAT(step_problems(R"({"id":"a","uses":"x.y","timeout_seconds":)" +
                                  std::string(wrong) + "}"),
                    ElementsAre(HasSubstr("/timeout_seconds: must be a number above 0")))
            << wrong;
    for (const char* wrong : {"-1", "11", "1.5", "\"1\""})
        EXPECT_THAT(
            step_problems(R"({"id":"a","uses":"x.y","max_retries":)" + std::string(wrong) + "}"),
            ElementsAre(HasSubstr("/max_retries: must be an integer from 0 to 10")))
            << wrong;
    EXPECT_THAT(
        step_problems(R"({"id":"a","uses":"x.y","timeout_secnds":5})"),
        ElementsAre(
            "/payload/pipeline/0/timeout_secnds: unknown key; did you mean 'timeout_seconds'?"));
    EXPECT_THAT(
        step_problems(R"({"id":"a","uses":"x.y","zzz":5})"),
        ElementsAre(HasSubstr(
            "unknown key; a step has id, uses, with, save_as, if, timeout_seconds, max_retries")));
}

TEST(Definition, KeysOfLaterVersionsAreNamedAsSuch) {
    for (const std::string key :
         {"foreach", "max_parallel", "parallel", "wait", "compensate", "on_error", "call"})
        EXPECT_THAT(
            step_problems(R"({"id":"a",")" + key + R"(":1})"),
            ElementsAre("/payload/pipeline/0/" + key + ": '" + key + "' is not supported yet"));
}

TEST(Definition, NamesAreUnique) {
    EXPECT_THAT(
        step_problems(R"({"id":"a","uses":"x.y"},{"id":"a","uses":"x.y"})"),
        ElementsAre("/payload/pipeline/1/id: 'a' is already the id of /payload/pipeline/0"));
    EXPECT_THAT(
        step_problems(R"({"id":"a","uses":"x.y"},{"id":"b","uses":"x.y","save_as":"a"})"),
        ElementsAre("/payload/pipeline/1/save_as: steps.a is already the result of step 'a'"));
    EXPECT_THAT(step_problems(R"({"id":"a","uses":"x.y","save_as":"b"},{"id":"b","uses":"x.y"})"),
                ElementsAre("/payload/pipeline/1/id: steps.b is already the result of step 'a'"));
}

TEST(Definition, StepsReadOnlyEarlierSteps) {
    const auto reading = [](const std::string& expression) {
        return step_problems(
            R"({"id":"a","uses":"x.y","save_as":"first"},{"id":"b","uses":"x.y","with":{"v":["${)" +
            expression + R"(}"]}},{"id":"c","uses":"x.y"})");
    };
    EXPECT_THAT(reading("steps.first.x"), IsEmpty());
    EXPECT_THAT(reading("steps"), IsEmpty());
    EXPECT_THAT(reading("steps.c.x"),
                ElementsAre("/payload/pipeline/1/with/v/0: steps.c is the result of a later step "
                            "('c'); steps run in order"));
    EXPECT_THAT(reading("params.x || steps.[first, c]"),
                ElementsAre(HasSubstr("steps.c is the result of a later step")));
    EXPECT_THAT(reading("steps.b"), ElementsAre(HasSubstr("steps.b is this step's own result")));
    EXPECT_THAT(
        reading("steps.a"),
        ElementsAre(HasSubstr("no step saves steps.a; the result of step 'a' is steps.first")));
    EXPECT_THAT(reading("steps.frist"),
                ElementsAre(HasSubstr("no step saves steps.frist; did you mean steps.first?")));
    EXPECT_THAT(step_problems(R"({"id":"a","uses":"x.y","if":"steps.b"},{"id":"b","uses":"x.y"})"),
                ElementsAre(HasSubstr("/payload/pipeline/0/if: steps.b is the result of a later")));
}

TEST(Definition, UnknownToolIsAWarning) {
    tool::Catalogue tools;
    ASSERT_TRUE(tools.add(std::make_shared<FakeTool>("std.echo")).ok());
    const auto parsed = Definition::parse(
        json(R"({"pipeline":[{"id":"a","uses":"std.ecko"},{"id":"b","uses":"std.echo"}]})"),
        "/payload", &tools);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    EXPECT_THAT(problems_of(parsed->warnings()),
                ElementsAre("/payload/pipeline/0/uses: no tool is named 'std.ecko' at present; did "
                            "you mean 'std.echo'?"));
}

TEST(Definition, WhatWillFailForSureIsAWarning) {
    tool::Catalogue tools;
    ASSERT_TRUE(tools
                    .add(std::make_shared<FakeTool>(
                        "std.sleep", FakeTool::Behave{}, tool::Effect::kPure,
                        R"({"type":"object","properties":{"seconds":{"type":"number"}},)"
                        R"("required":["seconds"],"additionalProperties":false})"))
                    .ok());
    const auto warnings = [&](const std::string& params, const std::string& with) {
        const auto parsed = Definition::parse(
            json(R"({"params":)" + params + R"(,"pipeline":[{"id":"a","uses":"std.sleep","with":)" +
                 with + "}]}"),
            "/payload", &tools);
        EXPECT_TRUE(parsed.ok()) << parsed.error().message;
        return problems_of(parsed->warnings());
    };
    EXPECT_THAT(warnings("{}", R"({"seconds":1})"), IsEmpty());
    EXPECT_THAT(warnings("{}", R"({"seconds":"x"})"),
                ElementsAre(HasSubstr("/payload/pipeline/0/with/seconds: std.sleep will refuse")));
    EXPECT_THAT(warnings("{}", "{}"),
                ElementsAre(AllOf(HasSubstr("/payload/pipeline/0/with"), HasSubstr("seconds"))));
    // Known when it runs.
    EXPECT_THAT(warnings(R"({"n":1})", R"({"seconds":"${params.n}"})"), IsEmpty());
    EXPECT_THAT(warnings("{}", R"({"seconds":"${event.seconds}"})"), IsEmpty());
    EXPECT_THAT(warnings("{}", R"({"seconds":"${params.n || `1`}"})"), IsEmpty());
    EXPECT_THAT(
        warnings(R"({"m":1})", R"({"seconds":"${params.n}"})"),
        ElementsAre(AllOf(HasSubstr("/payload/pipeline/0/with/seconds: there is no params.n"),
                          HasSubstr("${params.n || 'something'}"))));
}

TEST(Definition, ListsAtMostTwentyProblems) {
    std::string steps = "1";
    for (int i = 0; i < 50; ++i) steps += ",1";
    EXPECT_EQ(step_problems(steps).size(), kProblemsMax);
}

}  // namespace
}  // namespace ordinaut::pipeline
