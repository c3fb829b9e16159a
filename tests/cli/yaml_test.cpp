// Goal: YAML files mean what YAML 1.2 says they mean, and no file can hurt the one who reads it.
#include "cli/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace ordinaut::cli {
namespace {

using ::testing::HasSubstr;

std::string json_of(std::string_view yaml) {
    const auto json = parse_yaml(yaml);
    return json.ok() ? to_json(*json) : "error: " + json.error().message;
}

TEST(Yaml, PlainScalarsAreTypedByTheCoreSchema) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"7", "7"},
        {"-7", "-7"},
        {"+7", "7"},
        {"012", "12"},
        {"0o17", "15"},
        {"0xFf", "255"},
        {"18446744073709551615", "18446744073709551615"},
        {"1.5", "1.5"},
        {".5", "0.5"},
        {"5.", "5.0"},
        {"1e3", "1000.0"},
        {"-2.5E-1", "-0.25"},
        {"true", "true"},
        {"False", "false"},
        {"TRUE", "true"},
        {"null", "null"},
        {"~", "null"},
        {"", "null"},
        {"yes", "\"yes\""},
        {"no", "\"no\""},
        {"on", "\"on\""},
        {"2026-03-01", "\"2026-03-01\""},
        {"08:00", "\"08:00\""},
        {"1_000", "\"1_000\""},
        {"0x", "\"0x\""},
        {"1e", "\"1e\""},
        {".", "\".\""},
        {"tRuE", "\"tRuE\""},
        {"1.2.3", "\"1.2.3\""},
    };
    for (const auto& [plain, json] : cases)
        EXPECT_EQ(json_of("x: " + plain), "{\"x\":" + json + "}") << plain;
}

TEST(Yaml, QuotedStaysText) {
    EXPECT_EQ(json_of("a: '7'\nb: \"true\"\nc: \"\"\nd: !!str 8\ne: |\n  9\n"),
              R"({"a":"7","b":"true","c":"","d":"8","e":"9\n"})");
}

TEST(Yaml, ReadsAliasesAndFlowAndComments) {
    EXPECT_EQ(json_of("# c\na: &x {n: 1}\nb: *x\nc: [1, two]\n"),
              R"({"a":{"n":1},"b":{"n":1},"c":[1,"two"]})");
}

TEST(Yaml, RefusesWithThePlace) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"a: 1\na: 2", "line 2, column 1: the name 'a' stands twice"},
        {"a: .inf", "line 1, column 4: .inf has no form in JSON"},
        {"a: 18446744073709551616", "does not fit 64 bits"},
        {"a: 1e999", "is too large"},
        {"b: {x: 1}\na:\n  <<: {x: 1}", "merge keys"},
        {"a: !!binary aGk=", "the tag"},
        {"a: [1", "line "},
        {"[a, b]: 1", "a name must be one word"},
        {"a: 1\n---\nb: 2", "more than one document"},
        {"", "nothing in it"},
        {"a: \"\\0\"", "U+0000"},
        {"a: *nobody", "line 1"},
        {std::string(2 << 20, ' '), "the limit is"},
    };
    for (const auto& [yaml, message] : cases)
        EXPECT_THAT(json_of(yaml), HasSubstr(message)) << yaml.substr(0, 40);
}

TEST(Yaml, AliasBombsAndDeepNestingEndEarly) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 1; j < 10; ++j) bomb += ", " + before;
        bomb += "]\n";
    }
    EXPECT_THAT(json_of(bomb), HasSubstr("more than 100000 values"));
    EXPECT_THAT(json_of(std::string(150, '[') + std::string(150, ']')),
                HasSubstr("nesting is deeper than 100"));
    EXPECT_THAT(json_of(std::string(100'000, '[')), HasSubstr("error"));
    EXPECT_THAT(json_of("a: &a [*a]"), HasSubstr("error"));
}

TEST(Document, JsonIsReadAsJson) {
    EXPECT_OK(parse_document("task.json", R"({"a":1})"));
    const auto broken = parse_document("task.json", R"({"a":1,})");
    ASSERT_FALSE(broken.ok());
    EXPECT_THAT(broken.error().message, HasSubstr("task.json: not valid JSON at line 1"));
    // Flow style begins like JSON and is none.
    EXPECT_EQ(to_json(*parse_document("task.yaml", "{a: b}")), R"({"a":"b"})");
}

TEST(ToYaml, ReadsBackUnchanged) {
    const std::string text =
        R"({"a":"7","b":7,"c":[],"d":{},"e":[{"x":1,"y":[1,[2,3]]},"s"],"f":"two\nlines","g":"- dash","h":"a: b","i":"true",)"
        R"("j":"","k":"é # not","l":"#x","m":"x #y","n":1.5,"o":true,"p":"[x]","q":"a\"b\\","r":"2026-03-01T08:00:00Z","~":"~"})";
    const auto json = parse_json(text);
    ASSERT_OK(json);
    EXPECT_EQ(json_of(to_yaml(*json)), text);
}

TEST(ToYaml, CannotCommandTheTerminal) {
    const auto json = parse_json(R"({"a":"\u001b[2J","b":"\u009b31m"})");
    ASSERT_OK(json);
    const std::string yaml = to_yaml(*json);
    EXPECT_EQ(yaml.find('\x1b'), std::string::npos);
    EXPECT_EQ(yaml.find("\xc2\x9b"), std::string::npos);
    EXPECT_THAT(yaml, HasSubstr("\\u001b[2J"));
}

TEST(ToYaml, LooksLikeAPersonWroteIt) {
    const auto json =
        parse_json(R"({"id":"x-1","none":null,"steps":[{"id":"a","output":{"n":3}},{"id":"b"}]})");
    ASSERT_OK(json);
    EXPECT_EQ(to_yaml(*json), "id: x-1\nsteps:\n  - id: a\n    output:\n      n: 3\n  - id: b\n");
}

}  // namespace
}  // namespace ordinaut::cli
