#include "auth/authenticator.h"

#include "auth/password.h"
#include "auth/scope.h"
#include "auth/token_hash.h"
#include "base/log.h"

namespace ordinaut::auth {
namespace {

constexpr std::chrono::seconds kLookUpEvery{5};
constexpr size_t kKnownMax = 10'000;
constexpr size_t kTokenBytes = 32;

Error refused(std::string why) { return {ErrorCode::kUnauthenticated, std::move(why)}; }

Id lower_case(Id id) {
    for (char& c : id)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return id;
}

}  // namespace

Authenticator::Authenticator(store::AgentStore& agents, TokenSigner signer, const Clock& clock)
    : agents_(agents), signer_(std::move(signer)), clock_(clock), limiter_(clock) {}

Result<Authenticator::Known> Authenticator::look_up(const Id& agent_id) {
    const MonoTime now = clock_.mono_now();
    {
        std::lock_guard lock(mutex_);
        const auto it = known_.find(agent_id);
        if (it != known_.end() && now - it->second.looked_up_at < kLookUpEvery) return it->second;
    }
    const auto agent = agents_.get(agent_id);
    if (!agent.ok() && agent.error().code == ErrorCode::kNotFound)
        return refused("the token's agent does not exist any more");
    if (!agent.ok()) return agent.error();
    const auto not_before = TRY(agents_.access_not_before(agent_id));
    Known known{
        {agent->id, agent->name, expand_roles(agent->scopes)}, agent->enabled, not_before, now};
    std::lock_guard lock(mutex_);
    if (known_.size() >= kKnownMax) known_.clear();
    known_.insert_or_assign(agent_id, known);
    return known;
}

void Authenticator::forget(const Id& agent_id) {
    std::lock_guard lock(mutex_);
    known_.erase(agent_id);
}

Result<Caller> Authenticator::caller_since(const Id& agent_id, WallTime issued_at) {
    Known known = TRY(look_up(agent_id));
    if (!known.enabled) return refused("the agent is disabled");
    if (known.not_before && issued_at < *known.not_before)
        return refused("this login was revoked; log in again");
    return std::move(known.caller);
}

template <class Value>
Result<Value> Authenticator::counted(AuthMeter::Method method, Result<Value> tried) {
    if (meter_) meter_->attempt(method, tried.ok() ? nullptr : &tried.error());
    return tried;
}

Result<Caller> Authenticator::authenticate(std::string_view access_token) {
    return counted(AuthMeter::Method::kToken, try_token(access_token));
}

Result<Caller> Authenticator::authenticate_session(std::string_view token) {
    return counted(AuthMeter::Method::kSession, try_session(token));
}

Result<Tokens> Authenticator::refresh(std::string_view refresh_token) {
    return counted(AuthMeter::Method::kRefresh, try_refresh(refresh_token));
}

Result<Id> Authenticator::check_secret(const Id& agent_id, std::string_view secret) {
    return counted(AuthMeter::Method::kSecret, try_secret(agent_id, secret));
}

Result<Id> Authenticator::use_login_link(std::string_view token) {
    return counted(AuthMeter::Method::kLoginLink, try_login_link(token));
}

Result<Caller> Authenticator::try_token(std::string_view access_token) {
    const AccessClaims claims = TRY(signer_.verify(access_token));
    return caller_since(claims.agent_id, claims.issued_at);
}

Tokens Authenticator::make_tokens(const Id& agent_id) const {
    return {signer_.sign(agent_id), random_token(kTokenBytes), kAccessTokenLives, agent_id};
}

store::RefreshToken Authenticator::kept(const Tokens& tokens, const Id& family) const {
    return {token_hash(tokens.refresh_token), tokens.agent_id, family,
            clock_.wall_now() + kRefreshTokenLives, false};
}

Result<Tokens> Authenticator::begin_login(const Id& agent_id) {
    Tokens tokens = make_tokens(agent_id);
    TRY(agents_.add_refresh_token(kept(tokens, new_id())));
    return tokens;
}

Result<Id> Authenticator::try_secret(const Id& given_id, std::string_view secret) {
    // One agent, one spelling: otherwise every mix of cases would have failures of its own.
    const Id agent_id = lower_case(given_id);
    const auto agent = agents_.get(agent_id);
    if (!agent.ok() && agent.error().code != ErrorCode::kNotFound) return agent.error();
    // Ids of no one share their failures: each is as costly to refuse, and there is no end of them.
    const Id counted_as = agent.ok() ? agent_id : "nobody";
    if (const auto wait = limiter_.must_wait(counted_as)) {
        Error limited{ErrorCode::kRateLimited,
                      "too many wrong agent ids or secrets; wait and try again"};
        limited.retry_after = *wait;
        return limited;
    }
    const bool right = verify_secret(secret, agent.ok() ? agent->secret_hash : std::string());
    if (!right || !agent->enabled) {
        limiter_.failed(counted_as);
        log_warn("auth.login_refused", {{"agent_id", agent_id}});
        return refused("agent_id or agent_secret is wrong, or the agent is disabled");
    }
    limiter_.succeeded(agent_id);
    return agent_id;
}

Result<Tokens> Authenticator::log_in(const Id& agent_id, std::string_view secret) {
    return begin_login(TRY(check_secret(agent_id, secret)));
}

Result<Tokens> Authenticator::try_refresh(std::string_view refresh_token) {
    const auto token = agents_.use_refresh_token(token_hash(refresh_token));
    if (!token.ok() && token.error().code == ErrorCode::kNotFound)
        return refused("the refresh token is not known; log in again");
    if (!token.ok()) return token.error();
    if (token->used) {
        log_warn("auth.refresh_token_reused", {{"agent_id", token->agent_id}});
        if (meter_) meter_->event(AuthMeter::Kind::kRefreshTokenReused);
        TRY(agents_.revoke_family(token->family));
        return refused(
            "the refresh token was used before; this login has been ended, log in again");
    }
    if (token->expires_at <= clock_.wall_now())
        return refused("the refresh token has expired; log in again");
    if (!TRY(look_up(token->agent_id)).enabled) return refused("the agent is disabled");
    Tokens tokens = make_tokens(token->agent_id);
    const Status added = agents_.add_successor(kept(tokens, token->family));
    if (!added.ok() && added.error().code == ErrorCode::kNotFound)
        return refused("this login has been ended; log in again");
    if (!added.ok()) return added.error();
    return tokens;
}

Status Authenticator::revoke(std::string_view refresh_token) {
    const auto token = agents_.use_refresh_token(token_hash(refresh_token));
    if (!token.ok() && token.error().code == ErrorCode::kNotFound) return ok();  // Already ended.
    if (!token.ok()) return token.error();
    return agents_.revoke_family(token->family);
}

Status Authenticator::revoke_all(const Id& agent_id) {
    TRY(agents_.revoke_agent(agent_id));
    // Everything issued up to and including this microsecond is refused; a login right after it
    // works.
    TRY(agents_.set_access_not_before(agent_id, clock_.wall_now() + std::chrono::microseconds(1)));
    forget(agent_id);
    return ok();
}

Result<std::string> Authenticator::make_login_link(const Id& agent_id) {
    const std::string token = random_token(kTokenBytes);
    TRY(agents_.add_login_link(token_hash(token), agent_id, clock_.wall_now() + kLoginLinkLives));
    return token;
}

Result<Id> Authenticator::try_login_link(std::string_view token) {
    const auto agent_id = agents_.use_login_link(token_hash(token));
    if (!agent_id.ok() && agent_id.error().code == ErrorCode::kNotFound)
        return refused("this login link was used, has expired or never existed; ask for a new one");
    if (!agent_id.ok()) return agent_id.error();
    if (!TRY(look_up(*agent_id)).enabled) return refused("the agent is disabled");
    return *agent_id;
}

Result<Tokens> Authenticator::redeem_login_link(std::string_view token) {
    return begin_login(TRY(use_login_link(token)));
}

}  // namespace ordinaut::auth
