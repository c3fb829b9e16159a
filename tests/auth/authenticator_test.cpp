#include "auth/authenticator.h"

#include <gtest/gtest.h>

#include <ctime>
#include <functional>
#include <utility>

#include "auth/first_admin.h"
#include "auth/password.h"
#include "store/memory/memory_stores.h"
#include "tests/support/result_matchers.h"

namespace ordinaut::auth {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSecret = "correct horse battery";

class AuthenticatorTest : public ::testing::Test {
protected:
    void SetUp() override {
        // One hash for all tests: it costs 40 ms.
        static const std::string hash = hash_secret(kSecret).value_or("");
        Agent agent;
        agent.id = agent_id_;
        agent.name = "maria";
        agent.scopes = {"viewer", "tasks:write"};
        agent.secret_hash = hash;
        ASSERT_OK(agents().create(agent, {}));
    }

    store::AgentStore& agents() { return stores_.stores().agents; }
    Tokens log_in() {
        auto tokens = authenticator_.log_in(agent_id_, kSecret);
        EXPECT_OK(tokens);
        return tokens.ok() ? *tokens : Tokens{};
    }
    void set_enabled(bool enabled) {
        auto agent = agents().get(agent_id_);
        ASSERT_OK(agent);
        agent->enabled = enabled;
        ASSERT_OK(agents().update(*agent, {}));
    }
    static ErrorCode code_of(const auto& result) {
        return result.ok() ? ErrorCode::kInternal : result.error().code;
    }

    const Id agent_id_ = "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10";
    ManualClock clock_{WallTime(1'772'352'000s)};
    store::memory::MemoryStores stores_{clock_};
    Authenticator authenticator_{agents(), *TokenSigner::create(std::string(32, 'k'), clock_),
                                 clock_};
};

TEST_F(AuthenticatorTest, TurnsASecretIntoACaller) {
    const Tokens tokens = log_in();
    EXPECT_EQ(tokens.expires_in, kAccessTokenLives);
    const auto caller = authenticator_.authenticate(tokens.access_token);
    ASSERT_OK(caller);
    EXPECT_EQ(caller->agent_id, agent_id_);
    EXPECT_EQ(caller->name, "maria");
    EXPECT_EQ(caller->scopes, (std::vector<std::string>{"runs:read", "tasks:read", "tasks:write"}));
    EXPECT_FALSE(caller->admin());
    EXPECT_FALSE(authenticator_.authenticate(tokens.refresh_token).ok());
    EXPECT_FALSE(authenticator_.refresh(tokens.access_token).ok());
}

TEST_F(AuthenticatorTest, TellsNothingAboutWhyALoginFailed) {
    const auto wrong = authenticator_.log_in(agent_id_, "wrong");
    const auto unknown = authenticator_.log_in("0190a6b0-0000-7b5a-9f00-3b1c5a7e2d10", kSecret);
    set_enabled(false);
    const auto disabled = authenticator_.log_in(agent_id_, kSecret);
    for (const auto* refused : {&wrong, &unknown, &disabled}) {
        ASSERT_EQ(code_of(*refused), ErrorCode::kUnauthenticated);
        EXPECT_EQ(refused->error().message, wrong.error().message);
    }
}

TEST_F(AuthenticatorTest, EveryTryIsCounted) {
    metrics::Registry registry;
    authenticator_.count_in(registry);
    const auto tries = [&](const char* method, const char* result) {
        return registry
            .counter("orchestrator_authentication_attempts_total", "",
                     {{"method", method}, {"result", result}})
            .value();
    };
    const auto events = [&](const char* kind) {
        return registry.counter("orchestrator_security_events_total", "", {{"kind", kind}}).value();
    };
    EXPECT_EQ(events("wrong_secret"), 0);
    const Tokens tokens = log_in();
    EXPECT_FALSE(authenticator_.log_in(agent_id_, "wrong").ok());
    EXPECT_TRUE(authenticator_.authenticate(tokens.access_token).ok());
    EXPECT_FALSE(authenticator_.authenticate("forged").ok());
    EXPECT_TRUE(authenticator_.refresh(tokens.refresh_token).ok());
    EXPECT_FALSE(authenticator_.refresh(tokens.refresh_token).ok());
    EXPECT_FALSE(authenticator_.redeem_login_link("never made").ok());
    EXPECT_EQ(tries("secret", "accepted"), 1);
    EXPECT_EQ(tries("secret", "refused"), 1);
    EXPECT_EQ(tries("token", "accepted"), 1);
    EXPECT_EQ(tries("token", "refused"), 1);
    EXPECT_EQ(tries("refresh", "accepted"), 1);
    EXPECT_EQ(tries("refresh", "refused"), 1);
    EXPECT_EQ(tries("login_link", "refused"), 1);
    EXPECT_EQ(events("wrong_secret"), 1);
    EXPECT_EQ(events("token_refused"), 1);
    EXPECT_EQ(events("refresh_token_reused"), 1);
    EXPECT_EQ(events("login_link_refused"), 1);
    for (int i = 0; i < LoginLimiter::kFailuresMax; ++i)
        EXPECT_FALSE(authenticator_.log_in(agent_id_, "wrong").ok());
    EXPECT_GE(tries("secret", "limited"), 1);
    EXPECT_EQ(events("login_limited"), tries("secret", "limited"));
}

// Goal: an id that is not known cannot be told from a known one by a stopwatch. Method: the work of
// this thread, which a busy machine does not change. The bound is wide: without the hashing, the
// unknown id would be thousands of times faster.
TEST_F(AuthenticatorTest, TakesAsLongForAnUnknownAgent) {
    const auto seconds_of = [&](const Id& id) {
        const auto worked = [] {
            timespec time{};
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
        };
        const double before = worked();
        EXPECT_FALSE(authenticator_.log_in(id, "wrong").ok());
        return worked() - before;
    };
    const Id unknown = "0190a6b0-0000-7b5a-9f00-3b1c5a7e2d10";
    seconds_of(unknown);  // Makes the hash it compares with.
    EXPECT_GT(seconds_of(unknown), seconds_of(agent_id_) / 10);
}

TEST_F(AuthenticatorTest, LimitsGuessing) {
    for (int i = 0; i < LoginLimiter::kFailuresMax; ++i)
        EXPECT_EQ(code_of(authenticator_.log_in(agent_id_, "wrong")), ErrorCode::kUnauthenticated)
            << i;
    const auto limited = authenticator_.log_in(
        agent_id_, kSecret);  // Not even the right one, or guessing would go on.
    ASSERT_EQ(code_of(limited), ErrorCode::kRateLimited);
    EXPECT_EQ(limited.error().retry_after, LoginLimiter::kForgivenEvery);
    EXPECT_EQ(code_of(authenticator_.log_in("0190A6B0-7C1E-7b5a-9f00-3b1c5a7e2d10", "wrong")),
              ErrorCode::kRateLimited);
    EXPECT_EQ(code_of(authenticator_.log_in("0190a6b0-0000-7b5a-9f00-3b1c5a7e2d10", "wrong")),
              ErrorCode::kUnauthenticated);
    clock_.advance(LoginLimiter::kForgivenEvery);
    EXPECT_EQ(code_of(authenticator_.log_in(agent_id_, "wrong")), ErrorCode::kUnauthenticated);
    EXPECT_EQ(code_of(authenticator_.log_in(agent_id_, "wrong")), ErrorCode::kRateLimited);
    clock_.advance(LoginLimiter::kForgivenEvery);
    EXPECT_OK(authenticator_.log_in(agent_id_, kSecret));
    EXPECT_EQ(code_of(authenticator_.log_in(agent_id_, "wrong")), ErrorCode::kUnauthenticated);
}

TEST_F(AuthenticatorTest, IdsOfNoOneShareTheirFailures) {
    for (int i = 0; i < LoginLimiter::kFailuresMax; ++i)
        EXPECT_EQ(code_of(authenticator_.log_in(new_id(), "wrong")), ErrorCode::kUnauthenticated)
            << i;
    EXPECT_EQ(code_of(authenticator_.log_in(new_id(), "wrong")), ErrorCode::kRateLimited);
    EXPECT_OK(authenticator_.log_in(agent_id_, kSecret));
}

TEST_F(AuthenticatorTest, RotatesRefreshTokens) {
    const Tokens first = log_in();
    const auto second = authenticator_.refresh(first.refresh_token);
    ASSERT_OK(second);
    EXPECT_NE(second->refresh_token, first.refresh_token);
    EXPECT_OK(authenticator_.authenticate(second->access_token));
    EXPECT_OK(authenticator_.refresh(second->refresh_token));
}

// Goal: a stolen refresh token ends the login it was stolen from, whoever uses it first, and no
// other login.
TEST_F(AuthenticatorTest, EndsALoginWhoseTokenComesTwice) {
    const Tokens stolen = log_in(), other = log_in();
    const auto thief = authenticator_.refresh(stolen.refresh_token);
    ASSERT_OK(thief);
    const auto owner = authenticator_.refresh(stolen.refresh_token);
    ASSERT_EQ(code_of(owner), ErrorCode::kUnauthenticated);
    EXPECT_NE(owner.error().message.find("used before"), std::string::npos);
    EXPECT_EQ(code_of(authenticator_.refresh(thief->refresh_token)), ErrorCode::kUnauthenticated);
    EXPECT_OK(authenticator_.refresh(other.refresh_token));
}

// A clock that lets something happen in the middle of what asks it for the time.
class Interruption final : public Clock {
public:
    explicit Interruption(const Clock& clock) : clock_(clock) {}
    WallTime wall_now() const override {
        if (happens) std::exchange(happens, nullptr)();
        return clock_.wall_now();
    }
    MonoTime mono_now() const override { return clock_.mono_now(); }
    mutable std::function<void()> happens;

private:
    const Clock& clock_;
};

// Goal: of two uses at the same time neither leaves a login behind. Method: the second one comes
// while the first has used the token and not yet stored the next.
TEST_F(AuthenticatorTest, EndsALoginWhoseTokenComesTwiceAtOnce) {
    Interruption clock(clock_);
    Authenticator first(agents(), *TokenSigner::create(std::string(32, 'k'), clock_), clock);
    for (const bool all : {false, true}) {
        const Tokens stolen = log_in();
        clock.happens = [&] {
            if (all)
                EXPECT_OK(authenticator_.revoke_all(agent_id_));
            else
                EXPECT_FALSE(authenticator_.refresh(stolen.refresh_token).ok());
        };
        const auto refreshed = first.refresh(stolen.refresh_token);
        ASSERT_FALSE(clock.happens) << "it did not happen";
        EXPECT_EQ(code_of(refreshed), ErrorCode::kUnauthenticated) << all;
    }
}

TEST_F(AuthenticatorTest, LetsRefreshTokensExpire) {
    const Tokens early = log_in();
    clock_.advance(kRefreshTokenLives - 1s);
    const Tokens late = log_in();
    EXPECT_OK(authenticator_.refresh(early.refresh_token));
    clock_.advance(kRefreshTokenLives);
    EXPECT_EQ(code_of(authenticator_.refresh(late.refresh_token)), ErrorCode::kUnauthenticated);
    EXPECT_EQ(code_of(authenticator_.refresh("unknown")), ErrorCode::kUnauthenticated);
    EXPECT_EQ(code_of(authenticator_.refresh("")), ErrorCode::kUnauthenticated);
}

TEST_F(AuthenticatorTest, RevokesOneLoginOrAll) {
    const Tokens one = log_in(), two = log_in(), three = log_in();
    EXPECT_OK(authenticator_.revoke(one.refresh_token));
    EXPECT_OK(authenticator_.revoke("unknown"));
    EXPECT_FALSE(authenticator_.refresh(one.refresh_token).ok());
    EXPECT_OK(authenticator_.refresh(two.refresh_token));
    EXPECT_OK(authenticator_.authenticate(three.access_token));
    EXPECT_OK(authenticator_.revoke_all(agent_id_));
    EXPECT_FALSE(authenticator_.refresh(three.refresh_token).ok());
    const auto revoked = authenticator_.authenticate(three.access_token);
    ASSERT_EQ(code_of(revoked), ErrorCode::kUnauthenticated);
    EXPECT_NE(revoked.error().message.find("revoked"), std::string::npos);
    clock_.advance(1ms);  // Within the same second.
    EXPECT_OK(authenticator_.authenticate(log_in().access_token));
}

TEST_F(AuthenticatorTest, NoticesChangesOfTheAgentWithinSeconds) {
    const Tokens tokens = log_in();
    ASSERT_OK(authenticator_.authenticate(tokens.access_token));
    set_enabled(false);
    EXPECT_OK(
        authenticator_.authenticate(tokens.access_token));  // As another process sees it at first.
    clock_.advance(5s);
    EXPECT_EQ(code_of(authenticator_.authenticate(tokens.access_token)),
              ErrorCode::kUnauthenticated);
    EXPECT_EQ(code_of(authenticator_.refresh(tokens.refresh_token)), ErrorCode::kUnauthenticated);
    set_enabled(true);
    authenticator_.forget(agent_id_);
    EXPECT_OK(authenticator_.authenticate(tokens.access_token));
    ASSERT_OK(agents().remove(agent_id_, {}));
    authenticator_.forget(agent_id_);
    EXPECT_EQ(code_of(authenticator_.authenticate(tokens.access_token)),
              ErrorCode::kUnauthenticated);
}

TEST_F(AuthenticatorTest, RedeemsLoginLinksOnceAndInTime) {
    const auto link = authenticator_.make_login_link(agent_id_),
               late = authenticator_.make_login_link(agent_id_);
    ASSERT_OK(link);
    ASSERT_OK(late);
    const auto tokens = authenticator_.redeem_login_link(*link);
    ASSERT_OK(tokens);
    EXPECT_OK(authenticator_.authenticate(tokens->access_token));
    EXPECT_EQ(code_of(authenticator_.redeem_login_link(*link)), ErrorCode::kUnauthenticated);
    clock_.advance(kLoginLinkLives);
    EXPECT_EQ(code_of(authenticator_.redeem_login_link(*late)), ErrorCode::kUnauthenticated);
}

TEST_F(AuthenticatorTest, MakesTheFirstAdminOnlyOnce) {
    EXPECT_FALSE(make_first_admin(agents())->has_value());  // There is an agent already.
    store::memory::MemoryStores fresh(clock_);
    const auto made = make_first_admin(fresh.stores().agents);
    ASSERT_OK(made);
    ASSERT_TRUE(made->has_value());
    EXPECT_FALSE(make_first_admin(fresh.stores().agents)->has_value());
    Authenticator authenticator(fresh.stores().agents,
                                *TokenSigner::create(std::string(32, 'k'), clock_), clock_);
    const auto tokens = authenticator.log_in((*made)->agent_id, (*made)->agent_secret);
    ASSERT_OK(tokens);
    EXPECT_TRUE(authenticator.authenticate(tokens->access_token)->admin());
    const auto renewed = renew_admin(fresh.stores().agents);
    ASSERT_OK(renewed);
    EXPECT_EQ(renewed->agent_id, (*made)->agent_id);
    EXPECT_FALSE(authenticator.log_in((*made)->agent_id, (*made)->agent_secret).ok());
    EXPECT_OK(authenticator.log_in(renewed->agent_id, renewed->agent_secret));
}

}  // namespace
}  // namespace ordinaut::auth
