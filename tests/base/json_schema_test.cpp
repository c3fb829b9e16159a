#include "base/json_schema.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/json_schema_rules.h"
#include "tests/support/result_matchers.h"

namespace ordinaut {
namespace {

JsonSchema compiled(std::string_view text) {
    auto schema = JsonSchema::compile(text);
    EXPECT_OK(schema);
    if (!schema.ok()) abort();
    return std::move(*schema);
}

// "pointer message | pointer message", or "" when valid.
std::string faults(const JsonSchema& schema, std::string_view text, std::string_view prefix = "") {
    const auto value = parse_json(text);
    EXPECT_OK(value);
    const auto status = schema.validate(*value, prefix);
    if (status.ok()) return "";
    EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
    std::string all;
    for (const auto& detail : status.error().details)
        all += (all.empty() ? "" : " | ") + detail.pointer + " " + detail.message;
    return all;
}

std::string refusal(std::string_view text) {
    const auto schema = JsonSchema::compile(text);
    if (schema.ok()) return "";
    std::string all;
    for (const auto& detail : schema.error().details)
        all += (all.empty() ? "" : " | ") + detail.pointer + " " + detail.message;
    return all.empty() ? schema.error().message : all;
}

// Goal: a person who sent a wrong body can mend it from the answer alone.
TEST(JsonSchema, SaysWhatToChange) {
    const JsonSchema schema = compiled(R"({
        "type": "object", "additionalProperties": false, "required": ["title"],
        "properties": {
            "title": {"type": "string", "minLength": 1, "maxLength": 5},
            "priority": {"type": "integer", "minimum": 1, "maximum": 9},
            "price": {"type": "number", "multipleOf": 0.01, "exclusiveMinimum": 0},
            "kind": {"type": "string", "enum": ["cron", "rrule", "once"]},
            "name": {"type": "string", "pattern": "^[a-z]+$", "description": "lower-case letters"},
            "at": {"type": "string", "format": "date-time"},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3, "uniqueItems": true},
            "zone": {"type": ["string", "null"]}
        }})");
    // clang-format off
    const std::pair<const char*, const char*> cases[] = {
        {R"({"title":"a"})", ""},
        {R"({"title":"a","priority":5,"price":19.99,"kind":"once","name":"x","at":"2026-03-01T08:00:00+02:00","tags":["a","b"],"zone":null})", ""},
        {R"({"titel":"a"})", "/title is required | /titel unknown field 'titel'; did you mean 'title'?"},
        {R"([])", " must be an object, got an array"},
        {R"({"title":5})", "/title must be a string, got an integer"},
        {R"({"title":""})", "/title must not be empty"},
        {R"({"title":"ăîâșțx"})", "/title must have at most 5 characters, has 6"},
        {R"({"title":"ăîâșț"})", ""},
        {R"({"title":"a","priority":10})", "/priority must be at most 9, got 10"},
        {R"({"title":"a","priority":0})", "/priority must be at least 1, got 0"},
        {R"({"title":"a","priority":"5"})", "/priority must be an integer, got a string"},
        {R"({"title":"a","priority":1.0})", "/priority must be an integer, got a number with a fraction or exponent"},
        {R"({"title":"a","price":0})", "/price must be more than 0, got 0"},
        {R"({"title":"a","price":0.001})", "/price must be a multiple of 0.01, got 0.001"},
        {R"({"title":"a","kind":"corn"})", R"(/kind must be one of "cron", "rrule", "once"; did you mean 'cron'?)"},
        {R"({"title":"a","name":"A1"})", "/name must match the pattern ^[a-z]+$ (lower-case letters)"},
        {R"({"title":"a","at":"tomorrow"})", "/at must be an RFC 3339 time such as 2026-03-01T08:00:00Z"},
        {R"({"title":"a","tags":["a","b","a"]})", "/tags/2 repeats item 0; every item must be different"},
        {R"({"title":"a","tags":[1,"b"]})", "/tags/0 must be a string, got an integer"},
        {R"({"title":"a","tags":["a","b","c","d"]})", "/tags must have at most 3 items, has 4"},
        {R"({"title":"a","zone":false})", "/zone must be a string or null, got a boolean"},
    };
    // clang-format on
    for (const auto& [text, expected] : cases) EXPECT_EQ(faults(schema, text), expected) << text;
    EXPECT_EQ(faults(schema, R"({"title":"a","a/b":1})", "/payload").substr(0, 34),
              "/payload/a~1b unknown field 'a/b';");
}

TEST(JsonSchema, ExplainsTheClosestForm) {
    const JsonSchema schema = compiled(R"({
        "definitions": {"error": {"type": "object", "required": ["code"], "properties": {"code": {"type": "integer"}}}},
        "anyOf": [{"$ref": "#/definitions/error", "description": "why"}, {"type": "null"}]})");
    EXPECT_EQ(faults(schema, "null"), "");
    EXPECT_EQ(faults(schema, R"({"code":1})"), "");
    EXPECT_EQ(faults(schema, R"({"code":"1"})"), "/code must be an integer, got a string");
    EXPECT_EQ(faults(schema, "3"), " must be an object or null, got an integer");
}

TEST(JsonSchema, BoundsItsAnswer) {
    const JsonSchema schema =
        compiled(R"({"type": "array", "items": {"type": "string", "enum": ["a"]}})");
    std::string many = "[";
    for (int i = 0; i < 1000; ++i) many += "1,";
    const auto value = parse_json(many + "1]");
    ASSERT_OK(value);
    EXPECT_EQ(schema.validate(*value).error().details.size(), 20u);
    const JsonSchema closed = compiled(R"({"additionalProperties": false})");
    EXPECT_LT(
        faults(closed, "{\"" + std::string(100'000, 'x') + "\": 1}").find("unknown field 'xxx"),
        200'000u);
}

// Goal: nothing a schema's author wrote is ignored in silence, and nothing makes valijson run for
// ever or crash.
TEST(JsonSchema, RefusesWhatItDoesNotSupport) {
    // clang-format off
    const std::pair<const char*, const char*> cases[] = {
        {R"({"properties":{"a":{"typ":"string"}}})", "/properties/a/typ unknown keyword 'typ'; did you mean 'type'?"},
        {R"({"patternProperties":{}})", "/patternProperties 'patternProperties' is not supported; use propertyNames with a pattern, and additionalProperties"},
        {R"({"dependentRequired":{}})", "/dependentRequired 'dependentRequired' is not supported; use dependencies"},
        {R"({"unevaluatedProperties":false})", "/unevaluatedProperties 'unevaluatedProperties' is not supported; use additionalProperties"},
        {R"({"prefixItems":[]})", "/prefixItems 'prefixItems' is not supported; use items with an array of schemas"},
        {R"({"definitions":{"a":{}},"items":{"$ref":"#/definitions/a","type":"string"}})", "/items/type has no effect next to $ref; put both into an allOf"},
        {R"({"definitions":{"a":{"items":{"$ref":"#/definitions/a"}}}})", "/definitions/a/items/$ref leads back to itself; recursive schemas are not supported"},
        {R"({"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}},"$ref":"#/definitions/a"})", "leads back to itself"},
        {R"({"$ref":"http://example.com/schema"})", "/$ref must be \"#/definitions/NAME\""},
        {R"({"$ref":"#"})", "/$ref must be \"#/definitions/NAME\""},
        {R"~({"pattern":"(?=a)"})~", "/pattern is not a pattern in RE2's syntax"},
        {R"({"type":"int"})", "/type must be array, boolean, integer"},
        {R"({"minLength":-1})", "/minLength must be a whole number of 0 or more"},
        {R"({"multipleOf":0})", "/multipleOf must be a number above 0"},
        {R"({"required":"a"})", "/required must be a list of different names"},
        {R"({"enum":[]})", "/enum must be a list with at least one value"},
        {R"({"items":[]})", "/items must be a list with at least one schema"},
        {R"({"then":{}})", "/then has no effect without if"},
        {R"({"properties":{"a":3}})", "/properties/a must be a schema"},
        {R"({"properties":{"a":{"properties":{"b":{}}},"a/properties/b":{}}})", "/properties/a~1properties~1b a property name with '/'"},
        {R"(3)", " must be a schema: an object, true or false"},
    };
    // clang-format on
    for (const auto& [text, expected] : cases) {
        const std::string why = refusal(text);
        EXPECT_NE(why.find(expected), std::string::npos) << text << "\n  " << why;
    }
    EXPECT_EQ(
        refusal(
            R"({"$schema":"http://json-schema.org/draft-07/schema#","$id":"x","x-mine":1,"examples":[1],"deprecated":true,"format":"email"})"),
        "");
}

TEST(JsonSchema, RefusesSchemasThatGrowWithoutBound) {
    std::string laughs = R"({"definitions":{"d0":{"type":"string"})";
    for (int i = 1; i < 40; ++i) {
        const std::string ref = R"({"$ref":"#/definitions/d)" + std::to_string(i - 1) + "\"}";
        laughs += ",\"d" + std::to_string(i) + "\":{\"anyOf\":[" + ref + "," + ref + "]}";
    }
    EXPECT_NE(
        refusal(laughs + R"(},"$ref":"#/definitions/d39"})").find("too large when every $ref"),
        std::string::npos);
    std::string deep;
    for (int i = 0; i < 80; ++i) deep += R"({"not":)";
    EXPECT_NE(refusal(deep + "true" + std::string(80, '}')).find("64 levels"), std::string::npos);
}

// Goal: patterns and lists that cost valijson's own evaluation exponential or quadratic time, or
// its stack, stay cheap.
TEST(JsonSchema, SurvivesHostileValues) {
    const JsonSchema slow = compiled(R"({"type":"string","pattern":"(a+)+$"})");
    EXPECT_NE(faults(slow, "\"" + std::string(100'000, 'a') + "b\""), "");
    const JsonSchema long_text = compiled(R"({"type":"string","pattern":"^[a-z]*$"})");
    EXPECT_EQ(faults(long_text, "\"" + std::string(500'000, 'a') + "\""), "");
    const JsonSchema date = compiled(R"({"type":"string","format":"date-time"})");
    EXPECT_NE(faults(date, "\"" + std::string(500'000, '1') + "\""), "");
    const JsonSchema unique = compiled(R"({"type":"array","uniqueItems":true})");
    std::string many = "[";
    for (int i = 0; i < 100'000; ++i) many += std::to_string(i) + ",";
    EXPECT_EQ(faults(unique, many + "\"x\"]"), "");
    EXPECT_NE(faults(unique, many + "99999]"), "");
    EXPECT_NE(faults(unique, R"([{"a":1,"b":[2]},{"b":[2],"a":1}])"), "");
    EXPECT_EQ(faults(unique, R"([{"a":"b,"},{"a":"b"},"1",1])"), "");
}

// Goal: the verdict (valijson) and the explanation (ours) never disagree.
TEST(JsonSchema, ExplainsExactlyWhatItRejects) {
    // clang-format off
    const char* schemas[] = {
        "true", "false", "{}", R"({"type":"integer"})", R"({"type":["number","null"]})", R"({"const":{"a":[1]}})", R"({"enum":[1,"1",null,[1]]})",
        R"({"minimum":2,"maximum":4})", R"({"exclusiveMaximum":3})", R"({"multipleOf":0.5})", R"({"multipleOf":2})", R"({"minLength":2,"maxLength":3})",
        R"({"pattern":"b$"})", R"({"format":"date"})", R"({"format":"uuid"})", R"({"items":{"type":"integer"}})", R"({"items":false})",
        R"({"items":[{"type":"integer"},true],"additionalItems":false})", R"({"items":[{"type":"integer"}],"additionalItems":{"type":"string"}})",
        R"({"contains":{"const":2}})", R"({"uniqueItems":true})", R"({"uniqueItems":false,"minItems":2})", R"({"required":["a"]})",
        R"({"properties":{"a":{"type":"integer"}}})", R"({"properties":{"a":true},"additionalProperties":{"type":"string"}})", R"({"properties":{"a":false}})",
        R"({"properties":{"a":true},"additionalProperties":false})", R"({"propertyNames":{"pattern":"^[a-b]$"}})", R"({"propertyNames":{"maxLength":1},"type":"object"})",
        R"({"minProperties":1,"maxProperties":1})", R"({"dependencies":{"a":["b"]}})", R"({"dependencies":{"a":{"required":["c"]},"b":{"properties":{"b":{"type":"string"}}}}})",
        R"({"not":{"type":"object"}})", R"({"anyOf":[{"type":"string"},{"minimum":3}]})", R"({"oneOf":[{"type":"integer"},{"minimum":3}]})",
        R"({"allOf":[{"type":"object"},{"required":["b"]}]})", R"({"if":{"type":"object"},"then":{"required":["b"]},"else":{"type":"string"}})",
        R"({"if":{"required":["a"]},"else":{"type":"array"}})", R"({"$defs":{"n":{"type":"integer"}},"properties":{"a":{"$ref":"#/$defs/n"},"b":{"$ref":"#/$defs/n"}}})",
        R"({"definitions":{"n":{"propertyNames":{"maxLength":1}}},"$ref":"#/definitions/n"})",
        R"({"definitions":{"n":{"propertyNames":{"$ref":"#/definitions/s"}},"s":{"maxLength":1}},"allOf":[{"$ref":"#/definitions/n"},{"$ref":"#/definitions/s"}]})",
        R"({"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"type":"integer"}},"items":{"$ref":"#/definitions/a"},"properties":{"a":{"$ref":"#/definitions/b"}}})",
    };
    const char* values[] = {
        "null", "true", "false", "0", "1", "2", "3", "4", "2.5", "0.3", "1.0", "-7", "\"\"", "\"b\"", "\"ab\"", "\"abc\"", "\"2026-02-28\"",
        "\"2026-02-30\"", "\"0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10\"", "[]", "[1]", "[1,1]", "[1,2]", "[\"a\",2]", "[1,\"a\",\"b\"]", "[1,2,3]", "{}",
        R"({"a":1})", R"({"a":"x"})", R"({"b":1})", R"({"b":"x"})", R"({"a":1,"b":2})", R"({"a":1,"b":"x","c":true})", R"({"long":1})", R"({"a":[1]})",
    };
    // clang-format on
    for (const char* text : schemas) {
        const JsonSchema schema = compiled(text);
        const auto source = parse_json(text);
        ASSERT_OK(source);
        for (const char* value_text : values) {
            const auto value = parse_json(value_text);
            ASSERT_OK(value);
            std::vector<ErrorDetail> found;
            json_schema::explain(*source, *source, *value, "", 20, found);
            EXPECT_EQ(schema.validate(*value).ok(), found.empty())
                << text << " with " << value_text << ": "
                << (found.empty() ? "nothing" : found.front().message);
        }
    }
}

TEST(JsonSchema, ValidatesFromManyThreads) {
    const JsonSchema schema = compiled(
        R"({"type":"object","required":["a"],"properties":{"a":{"type":"string","pattern":"^x"}}})");
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, copy = schema] {
            const auto good = parse_json(R"({"a":"xy"})"), bad = parse_json(R"({"a":"y"})");
            for (int i = 0; i < 500; ++i)
                wrong += !copy.validate(*good).ok() + copy.validate(*bad).ok();
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace ordinaut
