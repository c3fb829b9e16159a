// From a bearer token or a browser's session to a Caller, and from a secret, refresh token or login
// link to tokens or a session.
#pragma once
#include <mutex>
#include <unordered_map>

#include "auth/auth_meter.h"
#include "auth/caller.h"
#include "auth/login_limiter.h"
#include "auth/token.h"
#include "store/agent_store.h"

namespace ordinaut::auth {

struct Tokens {
    std::string access_token;
    std::string refresh_token;
    std::chrono::seconds expires_in{0};
    Id agent_id = {};  // Whose they are.
};

// A browser's login. The token is known to the browser alone.
struct BrowserSession {
    std::string token;
    Id agent_id;
    WallTime ends_at{};
};

inline constexpr std::chrono::hours kSessionLives{24 * 30};
// A session that is not used for so long ends before its time.
inline constexpr std::chrono::hours kSessionIdles{24 * 7};
inline constexpr std::chrono::hours kRefreshTokenLives{24 * 30};
inline constexpr std::chrono::minutes kLoginLinkLives{10};

// Thread-safe. `agents` and `clock` must outlive it. Errors are kUnauthenticated unless said
// otherwise.
class Authenticator {
public:
    Authenticator(store::AgentStore& agents, TokenSigner signer, const Clock& clock);

    // Counts every try there from now on. Before the first one; `registry` must outlive it.
    void count_in(metrics::Registry& registry) { meter_.emplace(registry); }

    // The caller with the agent's scopes as they are now. Enabled state, scopes and revocation are
    // looked up at most every five seconds per agent.
    Result<Caller> authenticate(std::string_view access_token);

    // kRateLimited after ten wrong secrets in a row (then one try every six seconds). Takes as long
    // for an unknown agent; all unknown ones count as one.
    Result<Tokens> log_in(const Id& agent_id, std::string_view secret);
    // A refresh token works once. One that comes a second time was stolen: the whole login it
    // belongs to ends.
    Result<Tokens> refresh(std::string_view refresh_token);
    // Ends one login, or all of the agent's (its sessions and login links at once, access tokens
    // within five seconds).
    Status revoke(std::string_view refresh_token);
    Status revoke_all(const Id& agent_id);

    // A token for one login within kLoginLinkLives.
    Result<std::string> make_login_link(const Id& agent_id);
    Result<Tokens> redeem_login_link(std::string_view token);

    // A session by an agent's secret, as log_in(); by a login link; or by an access token, then it
    // ends when the token does.
    Result<BrowserSession> open_session(const Id& agent_id, std::string_view secret);
    Result<BrowserSession> open_session_by_link(std::string_view token);
    Result<BrowserSession> open_session_by_token(std::string_view access_token);
    // The caller, with the agent's scopes as they are now. A session that ended here is refused
    // everywhere at once.
    Result<Caller> authenticate_session(std::string_view token);
    // Ok, too, when there is none.
    Status end_session(std::string_view token);

    // Drops what is remembered of an agent, after a change of it here.
    void forget(const Id& agent_id);

private:
    struct Known {
        Caller caller;
        bool enabled = false;
        std::optional<WallTime> not_before;
        MonoTime looked_up_at;
    };
    template <class Value>
    Result<Value> counted(AuthMeter::Method method, Result<Value> tried);
    Result<Caller> try_token(std::string_view access_token);
    Result<Caller> try_session(std::string_view token);
    Result<Tokens> try_refresh(std::string_view refresh_token);
    Result<Id> try_secret(const Id& agent_id, std::string_view secret);
    Result<Id> try_login_link(std::string_view token);
    Result<Known> look_up(const Id& agent_id);
    Tokens make_tokens(const Id& agent_id) const;
    store::RefreshToken kept(const Tokens& tokens, const Id& family) const;
    Result<Tokens> begin_login(const Id& agent_id);
    Result<Id> check_secret(const Id& agent_id, std::string_view secret);
    Result<Id> use_login_link(std::string_view token);
    // The caller, unless everything issued at that time was revoked.
    Result<Caller> caller_since(const Id& agent_id, WallTime issued_at);
    Result<BrowserSession> begin_session(const Id& agent_id, WallTime ends_at);

    store::AgentStore& agents_;
    const TokenSigner signer_;
    const Clock& clock_;
    LoginLimiter limiter_;
    std::optional<AuthMeter> meter_;
    std::mutex mutex_;
    std::unordered_map<Id, Known> known_;
};

}  // namespace ordinaut::auth
