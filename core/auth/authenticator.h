// From a bearer token to a Caller, and from a secret, refresh token or login link to tokens.
#pragma once
#include <mutex>
#include <unordered_map>

#include "auth/caller.h"
#include "auth/login_limiter.h"
#include "auth/token.h"
#include "store/agent_store.h"

namespace ordinaut::auth {

struct Tokens {
    std::string access_token;
    std::string refresh_token;
    std::chrono::seconds expires_in{0};
};

inline constexpr std::chrono::hours kRefreshTokenLives{24 * 30};
inline constexpr std::chrono::minutes kLoginLinkLives{10};

// Thread-safe. `agents` and `clock` must outlive it. Errors are kUnauthenticated unless said
// otherwise.
class Authenticator {
public:
    Authenticator(store::AgentStore& agents, TokenSigner signer, const Clock& clock);

    // The caller with the agent's scopes as they are now. Enabled state, scopes and revocation are
    // looked up at most every five seconds per agent.
    Result<Caller> authenticate(std::string_view access_token);

    // kRateLimited after ten wrong secrets in a row (then one try every six seconds). Takes as long
    // for an unknown agent.
    Result<Tokens> log_in(const Id& agent_id, std::string_view secret);
    // A refresh token works once. One that comes a second time was stolen: the whole login it
    // belongs to ends.
    Result<Tokens> refresh(std::string_view refresh_token);
    // Ends one login, or all of the agent's (access tokens too, within five seconds).
    Status revoke(std::string_view refresh_token);
    Status revoke_all(const Id& agent_id);

    // A token for one login within kLoginLinkLives.
    Result<std::string> make_login_link(const Id& agent_id);
    Result<Tokens> redeem_login_link(std::string_view token);

    // Drops what is remembered of an agent, after a change of it here.
    void forget(const Id& agent_id);

private:
    struct Known {
        Caller caller;
        bool enabled = false;
        std::optional<WallTime> not_before;
        MonoTime looked_up_at;
    };
    Result<Known> look_up(const Id& agent_id);
    Result<Tokens> issue(const Id& agent_id, const Id& family);

    store::AgentStore& agents_;
    const TokenSigner signer_;
    const Clock& clock_;
    LoginLimiter limiter_;
    std::mutex mutex_;
    std::unordered_map<Id, Known> known_;
};

}  // namespace ordinaut::auth
