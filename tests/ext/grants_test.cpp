// Goal: an extension gets what it asks for and the operator allows, and nothing because a list is
// empty.
#include <gmock/gmock.h>

#include "ext/grants.h"

namespace ordinaut::ext {
namespace {

const Grants kAsked{Grant::kTools, Grant::kRoutes};

TEST(Grants, BuiltInOnesGetWhatTheyAskFor) {
    EXPECT_EQ(decide(kAsked, "a", Source::kBuiltin, {}), kAsked);
}

TEST(Grants, DropInsGetWhatThePolicySays) {
    EXPECT_TRUE(decide(kAsked, "a", Source::kPath, {DropInPolicy::kExplicit}).empty());
    EXPECT_EQ(decide(kAsked, "a", Source::kPath, {DropInPolicy::kManifest}), kAsked);
}

TEST(Grants, TheOperatorsWordIsIntersected) {
    const GrantPolicy policy{DropInPolicy::kExplicit,
                             {{"a", {Grant::kTools, Grant::kStatic}}, {"b", {}}}};
    EXPECT_EQ(decide(kAsked, "a", Source::kPath, policy), Grants{Grant::kTools});
    EXPECT_TRUE(decide(kAsked, "b", Source::kBuiltin, policy).empty());
    EXPECT_TRUE(decide({}, "a", Source::kPath, policy).empty());
}

TEST(Grants, TheOperatorsJsonIsChecked) {
    const auto grants = parse_operator_grants(R"({"aa":["TOOLS","STATIC"],"b_2":[]})");
    ASSERT_TRUE(grants.ok()) << grants.error().message;
    EXPECT_THAT(grants->at("aa").names(), ::testing::ElementsAre("TOOLS", "STATIC"));
    EXPECT_TRUE(grants->at("b_2").empty());
    const auto unknown = parse_operator_grants(R"({"aa":["TOOL"]})");
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().details.front().pointer, "/aa/0");
    EXPECT_FALSE(parse_operator_grants(R"(["a"])").ok());
    EXPECT_FALSE(parse_operator_grants("{").ok());
}

}  // namespace
}  // namespace ordinaut::ext
