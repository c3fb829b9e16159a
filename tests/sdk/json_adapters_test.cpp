// Goal: values keep their kind on the way to another JSON library and back.
#include <gtest/gtest.h>

#include <ordinaut/nlohmann.hpp>
#include <ordinaut/rapidjson.hpp>

namespace ordinaut {
namespace {

const char* const kText = R"({"a":[1,-2,2.5,true,null],"big":18446744073709551615,"text":"é\n"})";

TEST(Nlohmann, ThereAndBack) {
    const nlohmann::json there = to_nlohmann(Json::parse(kText));
    EXPECT_EQ(there["a"][1], -2);
    EXPECT_EQ(there["big"], 18446744073709551615u);
    EXPECT_EQ(from_nlohmann(there).text(), Json::parse(kText).text());
}
TEST(Nlohmann, Faults) {
    EXPECT_THROW(parse_nlohmann("{"), JsonError);
    EXPECT_THROW(from_nlohmann("\xff"), JsonError);
}
TEST(RapidJson, ThereAndBack) {
    const rapidjson::Document there = to_rapidjson(Json::parse(kText));
    EXPECT_EQ(there["a"][1].GetInt(), -2);
    EXPECT_EQ(there["big"].GetUint64(), 18446744073709551615u);
    EXPECT_EQ(from_rapidjson(there).text(), Json::parse(kText).text());
}
TEST(RapidJson, Faults) { EXPECT_THROW(parse_rapidjson("[1,"), JsonError); }

}  // namespace
}  // namespace ordinaut
