// Goal: a browser's session is worth what its agent is worth, and no longer. Method: the store in
// memory, a clock moved by hand.
#include <gtest/gtest.h>

#include "auth/authenticator.h"
#include "auth/password.h"
#include "store/memory/memory_stores.h"
#include "tests/support/result_matchers.h"

namespace ordinaut::auth {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSecret = "correct horse battery";

class BrowserSessionTest : public ::testing::Test {
protected:
    void SetUp() override {
        static const std::string hash = hash_secret(kSecret).value_or("");
        Agent agent;
        agent.id = agent_id_;
        agent.name = "maria";
        agent.scopes = {"viewer"};
        agent.secret_hash = hash;
        ASSERT_OK(agents().create(agent, {}));
    }

    store::AgentStore& agents() { return stores_.stores().agents; }
    std::string log_in() {
        const auto session = authenticator_.open_session(agent_id_, kSecret);
        EXPECT_OK(session);
        return session.ok() ? session->token : std::string();
    }
    bool works(const std::string& token) { return authenticator_.authenticate_session(token).ok(); }

    const Id agent_id_ = "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10";
    ManualClock clock_{WallTime(1'772'352'000s)};
    store::memory::MemoryStores stores_{clock_};
    Authenticator authenticator_{agents(), *TokenSigner::create(std::string(32, 'k'), clock_),
                                 clock_};
};

TEST_F(BrowserSessionTest, StandsForItsAgentUntilItIsEnded) {
    const std::string token = log_in(), other = log_in();
    const auto caller = authenticator_.authenticate_session(token);
    ASSERT_OK(caller);
    EXPECT_EQ(caller->agent_id, agent_id_);
    EXPECT_EQ(caller->scopes, (std::vector<std::string>{"runs:read", "tasks:read"}));
    EXPECT_FALSE(authenticator_.authenticate(token).ok()) << "it is no bearer token";
    EXPECT_FALSE(works("made up"));
    ASSERT_OK(authenticator_.end_session(token));
    EXPECT_FALSE(works(token));
    EXPECT_TRUE(works(other));
    EXPECT_FALSE(authenticator_.open_session(agent_id_, "wrong").ok());
}

TEST_F(BrowserSessionTest, EndsUnusedAfterAWeekAndAfterAMonthInAnyCase) {
    const std::string unused = log_in(), used = log_in();
    for (int day = 0; day < 29; ++day) {
        EXPECT_TRUE(works(used)) << day;
        clock_.advance(24h);
        if (day == 5) {
            EXPECT_TRUE(works(unused));
        }
        if (day == 14) {
            EXPECT_FALSE(works(unused));
        }
    }
    EXPECT_TRUE(works(used));
    clock_.advance(24h);
    EXPECT_FALSE(works(used));
}

TEST_F(BrowserSessionTest, EndsWithTheAgentsOwnLogins) {
    const std::string disabled = log_in();
    Agent agent = *agents().get(agent_id_);
    agent.enabled = false;
    ASSERT_OK(agents().update(agent, {}));
    authenticator_.forget(agent_id_);
    EXPECT_FALSE(works(disabled));
    agent.enabled = true;
    ASSERT_OK(agents().update(agent, {}));
    authenticator_.forget(agent_id_);
    EXPECT_TRUE(works(disabled));

    const std::string revoked = log_in();
    ASSERT_OK(authenticator_.revoke_all(agent_id_));
    EXPECT_FALSE(works(revoked));
    EXPECT_FALSE(works(disabled));
    clock_.advance(1s);
    const std::string deleted = log_in();
    EXPECT_TRUE(works(deleted));
    ASSERT_OK(agents().remove(agent_id_, {}));
    authenticator_.forget(agent_id_);
    EXPECT_FALSE(works(deleted));
}

TEST_F(BrowserSessionTest, OfALinkOnceAndOfATokenNoLongerThanTheToken) {
    const auto link = authenticator_.make_login_link(agent_id_);
    ASSERT_OK(link);
    const auto by_link = authenticator_.open_session_by_link(*link);
    ASSERT_OK(by_link);
    EXPECT_EQ(by_link->agent_id, agent_id_);
    EXPECT_FALSE(authenticator_.open_session_by_link(*link).ok());

    const auto tokens = authenticator_.log_in(agent_id_, kSecret);
    ASSERT_OK(tokens);
    const auto by_token = authenticator_.open_session_by_token(tokens->access_token);
    ASSERT_OK(by_token);
    EXPECT_TRUE(works(by_token->token));
    clock_.advance(kAccessTokenLives);
    EXPECT_FALSE(works(by_token->token));
    EXPECT_TRUE(works(by_link->token));
    EXPECT_FALSE(authenticator_.open_session_by_token(tokens->access_token).ok());
}

}  // namespace
}  // namespace ordinaut::auth
