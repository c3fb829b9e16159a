// Goal: whoever manages agents gains no rights by it, and what is shown once is kept nowhere.
// Method: the real dispatcher and handlers over stores in memory.
#include <gtest/gtest.h>

#include "base/id.h"
#include "events/memory/memory_event_bus.h"
#include "operations/dispatcher.h"
#include "operations/services.h"
#include "store/memory/memory_stores.h"
#include "tests/support/result_matchers.h"

namespace ordinaut::operations {
namespace {

// Knows one extension and does nothing.
class OneExtension final : public ExtensionAdmin {
public:
    std::vector<std::string> list_json() override { return {}; }
    Result<std::string> info_json(std::string_view) override { return std::string("{}"); }
    Result<std::string> logs_json(std::string_view, int) override { return std::string("{}"); }
    Result<std::string> events_json(std::string_view) override { return std::string("{}"); }
    std::vector<ExtensionComplaint> complaints() override { return {}; }
    Status load(std::string_view, const store::Actor&) override { return ok(); }
    Status reload(std::string_view, const store::Actor&) override { return ok(); }
    Status set_enabled(std::string_view, bool, const store::Actor&) override { return ok(); }
    Status may_have(std::string_view, const std::vector<std::string>&) override { return ok(); }
    Status change_grants(std::string_view, GrantChange, const std::vector<std::string>&,
                         const store::Actor&) override {
        return ok();
    }
    Status configure(std::string_view, std::string_view, const store::Actor&) override {
        return ok();
    }
    void identity_changed() override {}
};

class AgentsTest : public ::testing::Test {
protected:
    Result<Reply> ask(std::string_view operation, const std::string& input,
                      const std::string& idempotency_key = "") {
        Call call;
        call.caller = {caller_, "someone", scopes_};
        call.input = std::move(*parse_json(input));
        call.idempotency_key = idempotency_key;
        Result<Reply> answer = internal("not answered");
        dispatcher_.invoke(operation, std::move(call),
                           [&](Result<Reply> reply) { answer = std::move(reply); });
        return answer;
    }
    std::string member_of(const Result<Reply>& reply, std::string_view member) {
        if (!reply.ok()) return reply.error().message;
        return std::string(string_or(*parse_json(reply->body_json), member, ""));
    }

    const Id caller_ = new_id();
    std::vector<std::string> scopes_ = {"admin"};
    ManualClock clock_{*parse_time("2026-03-01T08:00:00Z")};
    store::memory::MemoryStores stores_{clock_};
    tool::Catalogue tools_;
    OneExtension extensions_;
    auth::Authenticator authenticator_{
        stores_.stores().agents, *auth::TokenSigner::create(std::string(32, 'k'), clock_), clock_};
    const auth::SecretBox box_ = *auth::SecretBox::create(std::string(32, 'b'));
    events::memory::MemoryEventBus events_{clock_};
    Services services_{stores_.stores(), tools_, extensions_, authenticator_, box_,
                       events_,          clock_, {}};
    Dispatcher dispatcher_{services_};
};

TEST_F(AgentsTest, ASecretIsShownAgainButNotStoredInTheClear) {
    const std::string input = R"({"name":"bob","scopes":["viewer"]})";
    const auto first = ask("agents.create", input, "key");
    const std::string secret = member_of(first, "agent_secret");
    ASSERT_GE(secret.size(), 40U) << secret;
    const auto again = ask("agents.create", input, "key");
    EXPECT_EQ(member_of(again, "agent_secret"), secret);
    EXPECT_EQ(again->status, 201);

    const auto stored = services_.stores.system.begin_idempotent(
        caller_, "key", "agents.create", derived_id("agents.create", to_json(*parse_json(input))));
    ASSERT_OK(stored);
    ASSERT_TRUE(stored->reply.has_value());
    EXPECT_EQ(stored->reply->body_json.find(secret), std::string::npos);
    EXPECT_EQ(stored->reply->body_json.find("bob"), std::string::npos);
}

TEST_F(AgentsTest, AnAnswerStoredUnderAnotherKeyIsNotGivenAgain) {
    const std::string input = R"({"name":"bob","scopes":["viewer"]})";
    ASSERT_OK(ask("agents.create", input, "key"));
    ASSERT_OK(services_.stores.system.finish_idempotent(caller_, "key", {201, "{}"}));
    const auto again = ask("agents.create", input, "key");
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, ErrorCode::kConflict);
}

// Goal: nobody holds a secret of the agent an extension acts as, so that the scopes it is given
// later are its alone.
TEST_F(AgentsTest, NobodyBecomesAnExtension) {
    for (const char* input :
         {R"({"name":"ext:webui","scopes":[]})", R"({"name":"ext:","scopes":[]})"}) {
        const auto taken = ask("agents.create", input);
        ASSERT_FALSE(taken.ok()) << input;
        EXPECT_EQ(taken.error().details.front().pointer, "/name");
    }
    const auto bob = ask("agents.create", R"({"name":"bob","scopes":[]})");
    ASSERT_OK(bob);
    const std::string id = member_of(bob, "agent_id");
    EXPECT_FALSE(ask("agents.update", R"({"agent_id":")" + id + R"(","name":"ext:webui"})").ok());
    EXPECT_OK(ask("agents.update", R"({"agent_id":")" + id + R"(","name":"robert"})"));

    ASSERT_OK(ask("extensions.grant", R"({"extension_id":"webui","scopes":["tasks:read"]})"));
    const auto own = services_.stores.agents.find_by_name("ext:webui");
    ASSERT_OK(own);
    const std::string ref = R"({"agent_id":")" + own->id + "\"";
    const auto secret = ask("agents.credentials", ref + "}");
    ASSERT_FALSE(secret.ok());
    EXPECT_EQ(secret.error().code, ErrorCode::kConflict);
    EXPECT_FALSE(ask("agents.update", ref + R"(,"name":"mine"})").ok());
    EXPECT_OK(ask("agents.update", ref + R"(,"scopes":[]})"));
}

TEST_F(AgentsTest, NobodyGivesRightsTheyDoNotHave) {
    const auto boss = ask("agents.create", R"({"name":"boss","scopes":["admin"]})");
    const std::string boss_ref = R"({"agent_id":")" + member_of(boss, "agent_id") + "\"";
    scopes_ = {"agents:admin", "tasks:read"};
    const auto refused = [&](std::string_view operation, const std::string& input) {
        const auto answer = ask(operation, input);
        return !answer.ok() && answer.error().code == ErrorCode::kDenied &&
               !answer.error().missing_scope.empty();
    };
    EXPECT_TRUE(refused("agents.create", R"({"name":"x","scopes":["admin"]})"));
    EXPECT_TRUE(refused("agents.create", R"({"name":"x","scopes":["owner"]})"));
    EXPECT_TRUE(refused("agents.credentials", boss_ref + "}"));
    EXPECT_TRUE(refused("agents.update", boss_ref + R"(,"enabled":false})"));
    EXPECT_TRUE(refused("agents.delete", boss_ref + "}"));
    const auto helper = ask("agents.create", R"({"name":"helper","scopes":["tasks:read"]})");
    ASSERT_OK(helper);
    EXPECT_TRUE(refused("agents.update", R"({"agent_id":")" + member_of(helper, "agent_id") +
                                             R"(","scopes":["admin"]})"));
}

}  // namespace
}  // namespace ordinaut::operations
