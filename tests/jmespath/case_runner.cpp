#include "tests/jmespath/case_runner.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "jmespath/expression.h"

namespace ordinaut::jmespath {
namespace {

std::string read_text(const std::string& path) {
    std::ifstream file(path);
    EXPECT_TRUE(file) << path;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

Result<Json> search(std::string_view expression, const JsonValue& given) {
    const Expression parsed = TRY(Expression::parse(expression));
    return parsed.evaluate(given);
}

// What the code and the message of an error must say for each kind of the suite.
void expect_error(const JsonValue& test, const Result<Json>& result) {
    const std::string kind(string_or(test, "error", ""));
    ASSERT_FALSE(result.ok()) << "expected " << kind << ", got " << to_json(*result);
    const std::pair<const char*, std::pair<ErrorCode, const char*>> kinds[] = {
        {"syntax", {ErrorCode::kMalformed, "column "}},
        {"invalid-type", {ErrorCode::kInvalid, " must "}},
        {"invalid-arity", {ErrorCode::kInvalid, " takes "}},
        {"unknown-function", {ErrorCode::kInvalid, "unknown function"}},
        {"invalid-value", {ErrorCode::kInvalid, " must not be 0"}},
    };
    const auto* expected = std::find_if(std::begin(kinds), std::end(kinds),
                                        [&](const auto& k) { return k.first == kind; });
    ASSERT_NE(expected, std::end(kinds)) << kind;
    EXPECT_EQ(error_name(result.error().code), error_name(expected->second.first))
        << result.error().message;
    EXPECT_NE(result.error().message.find(expected->second.second), std::string::npos)
        << result.error().message;
    const std::string message(string_or(test, "message", ""));
    EXPECT_NE(result.error().message.find(message), std::string::npos)
        << result.error().message << "\nhas no: " << message;
}

}  // namespace

bool same_json(const JsonValue& a, const JsonValue& b) {
    if (a.IsNumber() && b.IsNumber()) return a.GetDouble() == b.GetDouble();
    if (a.GetType() != b.GetType()) return false;
    if (a.IsArray()) return std::equal(a.Begin(), a.End(), b.Begin(), b.End(), same_json);
    if (!a.IsObject()) return a == b;
    return a.MemberCount() == b.MemberCount() &&
           std::all_of(a.MemberBegin(), a.MemberEnd(), [&](const auto& member) {
               const JsonValue* other = find(b, view(member.name));
               return other != nullptr && same_json(member.value, *other);
           });
}

int run_cases(const std::string& path) {
    const auto groups = parse_json(read_text(path));
    if (!groups) {
        ADD_FAILURE() << path << ": " << groups.error().message;
        return 0;
    }
    int count = 0;
    for (const JsonValue& group : groups->GetArray()) {
        for (const JsonValue& test : (*find(group, "cases")).GetArray()) {
            ++count;
            SCOPED_TRACE(path + ": " + std::string(string_or(test, "expression", "")));
            const auto result = search(string_or(test, "expression", ""), *find(group, "given"));
            if (find(test, "error") != nullptr) {
                expect_error(test, result);
            } else if (!result) {
                ADD_FAILURE() << result.error().message;
            } else if (const JsonValue* expected = find(test, "result")) {
                EXPECT_TRUE(same_json(*result, *expected))
                    << to_json(*result) << "\nexpected " << to_json(*expected);
            }
        }
    }
    return count;
}

}  // namespace ordinaut::jmespath
