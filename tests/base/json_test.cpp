#include "base/json.h"

#include <gtest/gtest.h>

namespace ordinaut {
namespace {

// Goal: what RapidJSON alone would accept, overflow on or change silently is refused with the place
// and the reason.
TEST(ParseJson, RefusesWhatTheLibraryWouldLetPass) {
    const std::pair<std::string, const char*> cases[] = {
        {R"({"a":1,"a":2})", "stands twice"},  {std::string(20000, '['), "deeper than 100"},
        {"\xef\xbb\xbf{}", "byte order mark"}, {std::string("{}\0garbage", 10), "NUL byte"},
        {R"(["\u0000"])", "U+0000"},           {R"(["\ud800"])", "surrogate"},
        {"[\"\xff\"]", "Invalid encoding"},    {"[18446744073709551616]", "64 bits"},
        {"[-9223372036854775809]", "64 bits"}, {"[1e999]", "double"},
        {"{} {}", "line 1, column 4"},         {"", "empty"},
    };
    for (const auto& [text, expected] : cases) {
        const auto parsed = parse_json(text);
        ASSERT_FALSE(parsed.ok()) << text.substr(0, 40);
        EXPECT_EQ(parsed.error().code, ErrorCode::kMalformed);
        EXPECT_NE(parsed.error().message.find(expected), std::string::npos)
            << parsed.error().message;
    }
}

TEST(ParseJson, KeepsExactIntegersAndText) {
    const std::string text =
        R"({"big":18446744073709551615,"small":-9223372036854775808,"t":"é😀 123456789012345678901234567890"})";
    const auto parsed = parse_json(text);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    EXPECT_EQ(to_json(*parsed), text);
}

TEST(ParseJson, EnforcesSize) {
    EXPECT_EQ(parse_json("[1,2,3]", {.bytes_max = 4, .depth_max = 100}).error().code,
              ErrorCode::kTooLarge);
}

TEST(JsonCopy, OwnsTextsThatTheSourceOnlyRefersTo) {
    std::string name = "name", text = "text";
    Json source(rapidjson::kObjectType);
    source.AddMember(JsonValue(rapidjson::StringRef(name.data(), name.size())),
                     JsonValue(rapidjson::StringRef(text.data(), text.size())),
                     source.GetAllocator());
    const Json copied = copy(source);
    name = "gone";
    text = "gone";
    EXPECT_EQ(to_json(copied), R"({"name":"text"})");
}

TEST(JsonPointer, EscapesNames) { EXPECT_EQ(pointer_child("/a", "b/c~d"), "/a/b~1c~0d"); }

TEST(JsonWriter, WritesNestedAnswers) {
    JsonWriter writer;
    writer.begin_object()
        .field("id", "x")
        .raw("payload", R"({"a":[1]})")
        .key("n")
        .number(0.5)
        .end_object();
    EXPECT_EQ(writer.take(), R"({"id":"x","payload":{"a":[1]},"n":0.5})");
}

}  // namespace
}  // namespace ordinaut
