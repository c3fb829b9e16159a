#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jmespath/expression.h"

namespace ordinaut::jmespath {
namespace {

std::vector<std::string> roots(std::string_view source) {
    const auto parsed = Expression::parse(source);
    EXPECT_TRUE(parsed.ok()) << parsed.error().message;
    std::vector<std::string> joined;
    for (const Path& path : parsed->root_paths()) {
        std::string text;
        for (const std::string& name : path) text += (text.empty() ? "" : ".") + name;
        joined.push_back(text);
    }
    return joined;
}

// Goal: a validator learns every place below the root that an expression can read, and no place
// that it cannot.
TEST(RootPaths, FollowNamesFromTheRoot) {
    using testing::ElementsAre;
    using testing::IsEmpty;
    EXPECT_THAT(roots("steps.weather.body.temp"), ElementsAre("steps.weather.body.temp"));
    EXPECT_THAT(roots("steps.a.b[0].c || params"), ElementsAre("params", "steps.a.b"));
    EXPECT_THAT(roots("steps | \"last one\" | @.x"), ElementsAre("steps.last one.x"));
    EXPECT_THAT(roots("steps.[a, b.c]"), ElementsAre("steps.a", "steps.b.c"));
    EXPECT_THAT(roots("steps.{x: a, y: b}"), ElementsAre("steps.a", "steps.b"));
    EXPECT_THAT(roots("steps.*.body"), ElementsAre("steps"));
    EXPECT_THAT(roots("steps.list[*].name"), ElementsAre("steps.list"));
    EXPECT_THAT(roots("steps.list[?steps.inner == `1`].name"), ElementsAre("steps.list"));
    EXPECT_THAT(roots("steps.list[][1:2]"), ElementsAre("steps.list"));
    EXPECT_THAT(roots("sort_by(steps.a, &steps.b)[0].x"), ElementsAre("steps.a"));
    EXPECT_THAT(roots("(steps || params).a"), ElementsAre("params", "steps"));
    EXPECT_THAT(roots("!steps.a && steps.b > length(steps.c)"),
                ElementsAre("steps.a", "steps.b", "steps.c"));
    EXPECT_THAT(roots("steps.length(@)"), ElementsAre("steps"));
    EXPECT_THAT(roots("@"), ElementsAre(""));
    EXPECT_THAT(roots("[*]"), ElementsAre(""));
    EXPECT_THAT(roots("'steps.a'"), IsEmpty());
}

}  // namespace
}  // namespace ordinaut::jmespath
