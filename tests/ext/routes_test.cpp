// Goal: which route a path and a method mean. Method: tables and paths.
#include "ext/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ordinaut::ext {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using Segments = std::vector<std::string>;

Routes table(std::vector<std::pair<std::string, std::string>> routes) {
    Routes table;
    for (const auto& [method, pattern] : routes) {
        Route route;
        route.method = method;
        route.pattern = pattern;
        const auto added = table.add(std::move(route));
        EXPECT_TRUE(added.ok()) << added.error().message;
    }
    return table;
}
std::string found(const Routes& routes, std::string_view method, const Segments& segments) {
    const auto match = routes.find(method, segments, false);
    return match.route == nullptr ? "" : name_of(*match.route);
}
std::string refusal(const std::string& method, const std::string& pattern) {
    Routes table;
    Route route;
    route.method = method;
    route.pattern = pattern;
    const auto added = table.add(std::move(route));
    return added.ok() ? "" : added.error().message;
}

TEST(RoutesTest, LiteralBeatsParameterBeatsRest) {
    const auto routes =
        table({{"GET", "/{*}"}, {"GET", "/{a}"}, {"GET", "/x"}, {"GET", "/{a}/y"}, {"GET", "/"}});
    EXPECT_EQ(found(routes, "GET", {"x"}), "GET /x");
    EXPECT_EQ(found(routes, "GET", {"z"}), "GET /{a}");
    EXPECT_EQ(found(routes, "GET", {"x", "y"}), "GET /{a}/y");
    EXPECT_EQ(found(routes, "GET", {"x", "z"}), "GET /{*}");
    EXPECT_EQ(found(routes, "GET", {}), "GET /");
}

TEST(RoutesTest, AnotherPatternsMethodIsReached) {
    const auto routes = table({{"POST", "/x"}, {"GET", "/{a}"}, {"", "/any"}});
    EXPECT_EQ(found(routes, "GET", {"x"}), "GET /{a}");
    EXPECT_EQ(found(routes, "HEAD", {"x"}), "GET /{a}");
    EXPECT_EQ(found(routes, "BREW", {"any"}), "any method /any");
    const auto none = routes.find("DELETE", Segments{"x"}, false);
    EXPECT_EQ(none.route, nullptr);
    EXPECT_THAT(none.allowed, ElementsAre("POST", "GET", "HEAD", "OPTIONS"));
    EXPECT_THAT(routes.find("GET", Segments{"x", "y"}, false).allowed, IsEmpty());
}

TEST(RoutesTest, ParametersHaveTheNamesOfTheirRoute) {
    const auto routes = table({{"GET", "/{a}/{b}/{*}"}, {"POST", "/{c}/{d}/{*}"}});
    EXPECT_THAT(routes.find("POST", Segments{"1", "2", "3", "4"}, true).params,
                ElementsAre(Pair("c", "1"), Pair("d", "2"), Pair("*", "3/4/")));
    EXPECT_THAT(routes.find("GET", Segments{"1", "2"}, true).params,
                ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("*", "")));
    EXPECT_EQ(routes.find("GET", Segments{"", "2"}, false).route, nullptr);
}

TEST(RoutesTest, WhatIsWrongIsSaid) {
    EXPECT_THAT(refusal("get", "/"), HasSubstr("capital letters"));
    EXPECT_THAT(refusal("GET", "x"), HasSubstr("must begin with '/'"));
    EXPECT_THAT(refusal("GET", "/{*}/x"), HasSubstr("must be its last segment"));
    EXPECT_THAT(refusal("GET", "/{a b}"), HasSubstr("letters, digits, '_'"));
    EXPECT_THAT(refusal("GET", "/{a}/{a}"), HasSubstr("twice"));
    EXPECT_THAT(refusal("GET", "/x{a}"), HasSubstr("a segment is text, or one {name}"));
    EXPECT_THAT(refusal("GET", "//"), HasSubstr("empty or a dot segment"));
    EXPECT_THAT(refusal("GET", "/../x"), HasSubstr("empty or a dot segment"));
    EXPECT_THAT(refusal("GET", "/" + std::string(600, 'a')), HasSubstr("longer than 500"));
    std::string deep;
    for (int n = 0; n < 33; ++n) deep += "/a";
    EXPECT_THAT(refusal("GET", deep), HasSubstr("more than 32 segments"));
}

TEST(RoutesTest, TheSameTwiceIsAConflict) {
    auto routes = table({{"GET", "/{a}"}});
    Route again;
    again.method = "GET";
    again.pattern = "/{b}";
    EXPECT_EQ(routes.add(std::move(again)).error().code, ErrorCode::kConflict);
    EXPECT_NE(routes.same("GET", "/{whatever}"), nullptr);
    EXPECT_EQ(routes.same("POST", "/{whatever}"), nullptr);
    EXPECT_TRUE(routes.has_pattern("/{x}"));
    EXPECT_FALSE(routes.has_pattern("/{x}/y"));
}

TEST(RoutesTest, ThereIsALimit) {
    Routes routes;
    for (size_t n = 0; n < Routes::kRoutesMax; ++n) {
        Route route;
        route.pattern = "/" + std::to_string(n);
        ASSERT_TRUE(routes.add(std::move(route)).ok());
    }
    Route more;
    more.pattern = "/more";
    EXPECT_EQ(routes.add(std::move(more)).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace ordinaut::ext
