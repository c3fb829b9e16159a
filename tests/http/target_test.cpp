#include "http/target.h"

#include <gtest/gtest.h>

namespace ordinaut::http {
namespace {

TEST(Target, DecodesSegmentsAndQuery) {
    const auto target = parse_target("/tasks/a%20b/%C3%A4/?q=a+b%26c&empty=&flag&&x=1=2", 10);
    ASSERT_TRUE(target.ok());
    EXPECT_EQ(target->segments, (std::vector<std::string>{"tasks", "a b", "ä"}));
    EXPECT_TRUE(target->trailing_slash);
    EXPECT_EQ(target->path, "/tasks/a%20b/%C3%A4/");
    EXPECT_EQ(target->raw_query, "q=a+b%26c&empty=&flag&&x=1=2");
    std::string pairs;
    for (const auto& [name, value] : target->query) pairs += name + "=" + value + ";";
    EXPECT_EQ(pairs, "q=a b&c;empty=;flag=;x=1=2;");
}

// Under AddressSanitizer: what is decoded by then is not lost.
TEST(Target, AValueThatCannotBeDecodedTakesItsNameAlong) {
    EXPECT_FALSE(
        parse_target("/?" + std::string(100, 'q') + "=" + std::string(100, 'x') + "%.", 10).ok());
}

TEST(Target, KeepsEmptySegmentsApart) {
    EXPECT_EQ(parse_target("/", 1)->segments.size(), 0U);
    EXPECT_EQ(parse_target("//", 1)->segments, (std::vector<std::string>{""}));
    EXPECT_EQ(parse_target("/a//b", 1)->segments, (std::vector<std::string>{"a", "", "b"}));
    EXPECT_EQ(parse_target("/" + std::string(16000, '/'), 1)->segments.size(), 16000U);
    EXPECT_EQ(parse_target("http://host", 1)->path, "/");
    EXPECT_EQ(parse_target("http://host?a=b", 1)->path, "/");
}

TEST(Target, RefusesWhatCouldMeanAnotherPath) {
    for (const char* text :
         {"/a/../b", "/a/%2e%2E/b", "/./a",  "/%2e",    "/a%2fb", "/a%5cb", "/a\\b",
          "/a%00b",  "/a%0ab",      "/%",    "/%4",     "/%zz",   "/%+1",   "/a%ff",
          "/%C0%AF", "/%ED%A0%80",  "/?a=%", "/?a=%00", "/a#b",   "a/b",    ""})
        EXPECT_FALSE(parse_target(text, 10).ok()) << text;
    EXPECT_FALSE(parse_target("/?a=1&b=2&c=3", 2).ok());
    EXPECT_TRUE(parse_target("/a/.../b", 10).ok());
}

}  // namespace
}  // namespace ordinaut::http
