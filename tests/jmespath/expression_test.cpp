#include "jmespath/expression.h"

#include <gtest/gtest.h>

#include <thread>

namespace ordinaut::jmespath {
namespace {

Json json(std::string_view text) {
    auto parsed = parse_json(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return std::move(*parsed);
}

std::string repeated(std::string_view piece, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += piece;
    return text;
}

ErrorCode outcome(std::string_view source, std::string_view data) {
    const auto parsed = Expression::parse(source);
    if (!parsed) return parsed.error().code;
    const auto result = parsed->evaluate(json(data));
    EXPECT_FALSE(result.ok()) << source.substr(0, 60);
    return result.ok() ? ErrorCode::kInternal : result.error().code;
}

TEST(Expression, ResultOutlivesInputAndExpression) {
    Json result;
    {
        const Json data = json(R"({"a":{"b":["a text that does not fit inside a value"]}})");
        result =
            std::move(*Expression::parse("[a.b[0], `\"a literal of more than twenty bytes\"`, a]")
                           ->evaluate(data));
    }
    EXPECT_EQ(to_json(result),
              R"(["a text that does not fit inside a value","a literal of more than twenty bytes",)"
              R"({"b":["a text that does not fit inside a value"]}])");
}

// Goal: nothing is copied that need not be.
TEST(Expression, ReferenceResultIsThePlaceInTheInput) {
    const Json data = json(R"({"a":[{"b":{"c":1}}]})");
    Arena arena;
    const auto value = Expression::parse("a[*].b | [0]")->evaluate(data, arena);
    ASSERT_TRUE(value.ok());
    EXPECT_EQ(&(**value)["c"], &data["a"][0]["b"]["c"]);
}

TEST(Expression, SyntaxErrorsCountCharactersNotBytes) {
    const auto parsed = Expression::parse("\"é✓\".foo bar");
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().message,
              "column 10: expected an operator or the end of the expression, but found 'bar'");
}

TEST(Expression, RefusesWhatIsNotText) {
    EXPECT_EQ(Expression::parse("'\xff'").error().code, ErrorCode::kMalformed);
    EXPECT_EQ(Expression::parse(std::string_view("a\0b", 3)).error().code, ErrorCode::kMalformed);
}

// Goal: no source, however built, overflows the stack. Method: every way to nest and to chain, far
// past the limits.
TEST(Expression, SourceIsBounded) {
    const std::string sources[] = {
        repeated("(", 30000),          repeated("[", 30000),         repeated("!", 30000),
        "a" + repeated(".a", 30000),   "a" + repeated("[0]", 20000), "a" + repeated("||a", 20000),
        repeated("{a:", 20000),        repeated("*.", 30000) + "a",  "a" + repeated("[*]", 20000),
        "a" + repeated("[]", 30000),   repeated("a[?", 20000),       repeated("abs(", 16000),
        "a" + repeated("|a", 30000),   repeated("map(&", 13000),     "a" + repeated("==a", 20000),
        repeated("[*].", 16000) + "a", std::string(70000, 'a')};
    for (const std::string& source : sources) {
        const auto parsed = Expression::parse(source);
        ASSERT_FALSE(parsed.ok()) << source.substr(0, 20);
        EXPECT_EQ(parsed.error().code, ErrorCode::kTooLarge)
            << source.substr(0, 20) << parsed.error().message;
    }
}

// Goal: a small expression cannot make a result that grows without end.
TEST(Expression, ResultIsBounded) {
    EXPECT_EQ(outcome("@" + repeated("|[@,@]", 60), "1"), ErrorCode::kTooLarge)
        << "2^60 elements, all aliases";
    EXPECT_EQ(outcome("@" + repeated("|[@]", 120), "1"), ErrorCode::kTooLarge)
        << "too deep to write";
    EXPECT_EQ(outcome("to_string(@" + repeated("|[@]", 120) + ")", "1"), ErrorCode::kTooLarge);
    EXPECT_EQ(outcome("@" + repeated("|join(@,[@,@,@,@,@,@,@,@])", 12), "\"abcdefgh\""),
              ErrorCode::kTooLarge);
    EXPECT_EQ(outcome("@" + repeated("|[@,@]|to_string(@)", 40), "1"), ErrorCode::kTooLarge);
}

// Goal: nor one that takes time without end.
TEST(Expression, WorkIsBounded) {
    const std::string twice = repeated("|[@,@]", 40);
    EXPECT_EQ(outcome("[@" + twice + ", @" + twice + "] | [0] == [1]", "1"), ErrorCode::kTooLarge);
    EXPECT_EQ(outcome("[@" + twice + "] | contains(@, [0])", "1"), ErrorCode::kTooLarge);
    std::string row = "[0";
    for (int i = 1; i < 200; ++i) row += "," + std::to_string(i);
    row += "]";
    EXPECT_EQ(outcome("{a: @, b: @}.map(&@, a)[*].[@] | map(&map(&map(&`" + row + "`[*].abs(@), `" +
                          row + "`), `" + row + "`), `" + row + "`)",
                      row),
              ErrorCode::kTooLarge);
}

TEST(Expression, OneExpressionServesManyThreads) {
    const auto expression =
        Expression::parse("sort_by(rows[?v > `2`], &v)[*].{v: v, s: to_string(v)} | [0]");
    ASSERT_TRUE(expression.ok());
    const Json data = json(R"({"rows":[{"v":4},{"v":1},{"v":3}]})");
    std::vector<std::thread> threads;
    std::atomic<int> right = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, copy = *expression] {
            for (int n = 0; n < 500; ++n)
                right += to_json(*copy.evaluate(data)) == R"({"v":3,"s":"3"})";
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right, 2000);
}

TEST(Truthy, FollowsTheSpecification) {
    for (const char* text : {"null", "false", "\"\"", "[]", "{}"})
        EXPECT_FALSE(truthy(json(text))) << text;
    for (const char* text : {"true", "0", "0.0", "\" \"", "[null]", "{\"a\":null}"})
        EXPECT_TRUE(truthy(json(text))) << text;
}

}  // namespace
}  // namespace ordinaut::jmespath
