#include "auth/scope.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace ordinaut::auth {
namespace {

TEST(Scope, AllowsWhatIsHeldAndNothingElse) {
    EXPECT_TRUE(allows({"tasks:read"}, "tasks:read"));
    EXPECT_FALSE(allows({"tasks:read"}, "tasks:write"));
    EXPECT_FALSE(allows({}, "tasks:read"));
    EXPECT_FALSE(allows({"tasks"}, "tasks:read"));
    EXPECT_FALSE(allows({"ext:echo:routes"}, "ext:echo:tools"));
    EXPECT_FALSE(allows({"ext:echo:routes"}, "ext:echo2:routes"));
}

TEST(Scope, AdminImpliesAllAndNothingImpliesAdmin) {
    for (const auto* scope : {"tasks:write", "extensions:admin", "ext:any:tools", "admin"})
        EXPECT_TRUE(allows({"admin"}, scope));
    EXPECT_FALSE(
        allows({"viewer", "operator", "owner", "agents:admin", "queue:admin", "extensions:admin"},
               "admin"));
}

TEST(Scope, RolesStandForTheirScopes) {
    EXPECT_TRUE(allows({"viewer"}, "runs:read"));
    EXPECT_FALSE(allows({"viewer"}, "tasks:write"));
    EXPECT_TRUE(allows({"operator"}, "queue:admin"));
    EXPECT_FALSE(allows({"operator"}, "tasks:write"));
    EXPECT_TRUE(allows({"owner"}, "tasks:write"));
    EXPECT_FALSE(allows({"owner"}, "agents:admin"));
    EXPECT_EQ(expand_roles({"viewer", "tasks:read", "admin"}),
              (std::vector<std::string>{"admin", "runs:read", "tasks:read"}));
}

TEST(Scope, NamesTheUnknownOnes) {
    EXPECT_OK(check_scopes({"tasks:read", "viewer", "owner", "operator", "admin",
                            "ext:echo_2:routes", "ext:echo:tools"},
                           "/scopes"));
    const auto checked = check_scopes(
        {"tasks:read", "task:read", "ext:Echo:routes", "ext:echo:all", "", "*"}, "/scopes");
    ASSERT_FALSE(checked.ok());
    const auto& details = checked.error().details;
    ASSERT_EQ(details.size(), 5u);
    EXPECT_EQ(details[0].pointer, "/scopes/1");
    EXPECT_EQ(details[0].message, "unknown scope 'task:read'; did you mean 'tasks:read'?");
    EXPECT_EQ(details[4].pointer, "/scopes/5");
}

}  // namespace
}  // namespace ordinaut::auth
