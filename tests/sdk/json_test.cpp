// Goal: the SDK's own JSON reads and writes what JSON is, and refuses what it is not.
#include <gtest/gtest.h>

#include <ordinaut/json.hpp>

namespace {

using ordinaut::JsonError;
using SdkJson = ordinaut::Json;

TEST(SdkJson, RoundTrips) {
    for (const auto* text :
         {"null", "true", "-1", "9223372036854775807", "18446744073709551615", "1.5",
          "\"a\\\"b\\\\\"", "[]", "{}", R"({"a":[1,2.5,{"b":null}],"c":"ă"})"})
        EXPECT_EQ(SdkJson::parse(text).text(), text);
    EXPECT_EQ(SdkJson::parse(R"("\u0103\ud83d\ude00\n")").as_string(), "ă😀\n");
}

TEST(SdkJson, Refuses) {
    for (const auto* text : {"", "{", "[1,]", "{\"a\"}", "01", "1.", "\"a", "\"\\x\"",
                             "\"\\ud800\"", "nul", "1 2", "+1", "\"\n\""})
        EXPECT_THROW(SdkJson::parse(text), JsonError) << text;
    EXPECT_THROW(SdkJson::parse(std::string(100'000, '[')), JsonError);
}

TEST(SdkJson, IsBuiltByBraces) {
    const SdkJson json{
        {"text", "Hello"}, {"n", 3}, {"list", SdkJson::array({1, "two"})}, {"whole", 2.0}};
    EXPECT_EQ(json.text(), R"({"text":"Hello","n":3,"list":[1,"two"],"whole":2.0})");
    const SdkJson one = {{"text", std::string("x")}};
    EXPECT_EQ(one.find("text")->as_string(), "x");
    EXPECT_THROW(static_cast<void>(one.find("text")->as_int()), JsonError);
}

}  // namespace
