#include "pipeline/template.h"

#include <gmock/gmock.h>

#include "tests/pipeline/fixture.h"

namespace ordinaut::pipeline {
namespace {

class TemplateTest : public testing::Test {
protected:
    // What `text` (JSON) renders to, or the error's message.
    std::string render(std::string_view text) { return rendered(text).json; }
    std::string masked(std::string_view text) { return rendered(text).masked_json; }

    Rendered rendered(std::string_view text) {
        const auto compiled = Template::compile(json(text), "/with");
        if (!compiled) return {"compile: " + compiled.error().message, ""};
        auto result = compiled->render(
            {.data = &data_, .now = now_, .secrets = secrets_known_ ? &secrets_ : nullptr});
        if (!result) return {"render: " + result.error().message, ""};
        return std::move(*result);
    }

    const Json data_ = json(
        R"({"params":{"n":2,"f":1.5,"city":"Chișinău \"x\"\n","list":[1,{"a":null}],"o":{"k":"v"},"null":null,"yes":true},)"
        R"("steps":{"weather":{"body":{"temp":31,"next":null}}},"event":null,"now":"2026-03-01T08:00:00Z"})");
    const WallTime now_ = *parse_time("2026-03-01T08:00:00Z");
    const std::map<std::string, std::string> secrets_ = {{"TOKEN", "s3cr\"et"}};
    bool secrets_known_ = true;
};

TEST_F(TemplateTest, WholeExpressionKeepsTheType) {
    EXPECT_EQ(
        render(
            R"({"a":"${params.n}","b":"${params.list}","c":"${params.yes}","d":"${params.city}","e":"${params.f}"})"),
        R"({"a":2,"b":[1,{"a":null}],"c":true,"d":"Chișinău \"x\"\n","e":1.5})");
    EXPECT_EQ(render(R"("${ params.n }")"), "2");
    EXPECT_EQ(render(R"("${params.o.{x: k, y: @}}")"), R"({"x":"v","y":{"k":"v"}})");
}

TEST_F(TemplateTest, InsideTextItIsText) {
    EXPECT_EQ(
        render(R"(["n=${params.n}, ${params.city}!", " ${params.o}", "${params.n}${params.n}"])"),
        R"(["n=2, Chișinău \"x\"\n!"," {\"k\":\"v\"}","22"])");
    EXPECT_EQ(render(R"("${params.yes} ${params.f} ${params.null}")"), R"("true 1.5 null")");
}

TEST_F(TemplateTest, LeavesTheRestAlone) {
    const std::string text =
        R"({"${params.n}":1,"a":[],"b":{},"c":[1,-2.5,true,null,"$","$$ {x} } $5 ","\u0001\t\\ é😀"]})";
    EXPECT_EQ(
        render(text),
        R"({"${params.n}":1,"a":[],"b":{},"c":[1,-2.5,true,null,"$","$$ {x} } $5 ","\u0001\u0009\\ é😀"]})");
    EXPECT_EQ(render(R"(["$${params.n}","a $${x} ${params.n}","$$${params.n}"])"),
              R"(["${params.n}","a ${x} 2","$${params.n}"])");
}

// Goal: the closing brace is found whatever JMESPath has in front of it.
TEST_F(TemplateTest, FindsTheEndOfAnExpression) {
    EXPECT_EQ(render(R"("<${'}'}>")"), R"("<}>")");
    EXPECT_EQ(render(R"("<${'it\\'s }'}>")"), R"("<it's }>")");
    EXPECT_EQ(render(R"("<${`\"}\"`}>")"), R"("<}>")");
    EXPECT_EQ(render(R"("<${`{\"a\": \"\\`}\"}`.a}>")"), R"("<`}>")");
    EXPECT_EQ(render(R"("<${params.\"no}pe\" || 'd'}>")"), R"("<d>")");
    EXPECT_EQ(render(R"("<${params.{a: {b: n}}.a.b}>")"), R"("<2>")");
    EXPECT_EQ(render(R"("${params.n")"),
              "compile: /with: the ${ at character 1 has no }; a literal ${ is written $${");
    EXPECT_EQ(render(R"("x ${'}")"),
              "compile: /with: the ${ at character 3 has no }; a literal ${ is written $${");
}

TEST_F(TemplateTest, MovesTheRunsTime) {
    EXPECT_EQ(
        render(
            R"(["${now}","${now+24h}","at ${now-7d}","${now + 90m}","${now+1d-2h}","${now-30s}","${now+1w}"])"),
        R"(["2026-03-01T08:00:00Z","2026-03-02T08:00:00Z","at 2026-02-22T08:00:00Z","2026-03-01T09:30:00Z","2026-03-02T06:00:00Z",)"
        R"("2026-03-01T07:59:30Z","2026-03-08T08:00:00Z"])");
    for (const char* wrong : {"now+", "now+h", "now+1", "now+1y", "now+1h2m", "now-1h || 'x'"})
        EXPECT_THAT(render("\"${" + std::string(wrong) + "}\""),
                    testing::HasSubstr("time arithmetic is now"))
            << wrong;
    EXPECT_THAT(render(R"("${now+999999999999w}")"), testing::HasSubstr("more than 10000 years"));
    EXPECT_THAT(render(R"("${now+9000d}")"), testing::HasSubstr("2050-"));
    EXPECT_THAT(render(R"("${now-800000d}")"), testing::HasSubstr("outside the years 1 to 9999"));
}

TEST_F(TemplateTest, MissingValueIsAnErrorThatNamesThePath) {
    EXPECT_EQ(render(R"({"a":{"b/c":["${params.nope.deeper}"]}})"),
              "render: /with/a/b~1c/0: params.nope.deeper is missing; write ${params.nope.deeper "
              "|| 'default'} to allow that");
    EXPECT_THAT(render(R"("x ${event.id}")"), testing::HasSubstr("event.id is missing"));
    EXPECT_THAT(render(R"("${params.nope || params.neither}")"), testing::HasSubstr("is missing"));
    EXPECT_THAT(render(R"("${length(params.nope)}")"),
                testing::HasSubstr("not null (params.nope is missing)"));
    EXPECT_THAT(render(R"("${secrets.OTHER}")"), testing::HasSubstr("secrets.OTHER is missing"));
    EXPECT_EQ(render(R"("${params.nope || 'default'}")"), R"("default")");
    EXPECT_EQ(render(R"("${params.nope || params.n}")"), "2");
    EXPECT_EQ(render(R"("${params.nope || `null`}")"), "null");
    EXPECT_EQ(render(R"("${steps.weather.body.next}")"), "null") << "there, and null";
}

TEST_F(TemplateTest, RefusesWhatCannotWork) {
    EXPECT_EQ(
        render(R"({"a":"${parms.n}","b":["${params.}","${}"]})"),
        "compile: /with/a: ${parms.n}: unknown name 'parms'; did you mean 'params'? (and 2 more)")
        << "all problems at once";
    EXPECT_THAT(
        render(R"("${weather.body}")"),
        testing::HasSubstr("a template reads params, steps, event, task, run, now or secrets"));
    EXPECT_THAT(render(R"("${lenght(params)}")"), testing::HasSubstr("did you mean length()?"));
    EXPECT_THAT(render(R"("${secrets}")"), testing::HasSubstr("secrets.NAME"));
    EXPECT_THAT(render(R"("${ }")"), testing::HasSubstr("there is no expression"));
    std::string many = "\"";
    for (size_t i = 0; i <= kTemplateExpressionsMax; ++i) many += "${now}";
    EXPECT_THAT(render(many + "\""), testing::HasSubstr("more than 500 expressions"));
}

TEST_F(TemplateTest, MasksSecretsInTheSecondRenderingOnly) {
    const char* text =
        R"({"auth":"Bearer ${secrets.TOKEN}","raw":"${secrets.TOKEN}","made":"${join('-', [secrets.TOKEN, 'x'])}","n":"${params.n}"})";
    EXPECT_EQ(render(text),
              R"({"auth":"Bearer s3cr\"et","raw":"s3cr\"et","made":"s3cr\"et-x","n":2})");
    EXPECT_EQ(masked(text),
              R"({"auth":"Bearer ********","raw":"********","made":"********","n":2})");
    EXPECT_EQ(render(R"("${keys(@)}")"), R"(["params","steps","event","now"])")
        << "showing everything shows no secret";
    secrets_known_ = false;
    EXPECT_EQ(render(text), masked(text));
}

TEST_F(TemplateTest, RenderedSizeIsBounded) {
    const std::string big(400 * 1024, 'x');
    const Json data = json(R"({"params":{"big":")" + big + "\"}}");
    const auto compiled =
        Template::compile(json(R"(["${params.big}","${params.big}","${params.big}"])"), "/with");
    ASSERT_TRUE(compiled.ok());
    const auto result = compiled->render({.data = &data});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(problems_of(result.error().details),
              std::vector<std::string>{"/with/2: the rendered input is larger than 1048576 bytes"});
}

}  // namespace
}  // namespace ordinaut::pipeline
