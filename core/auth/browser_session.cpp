#include "auth/authenticator.h"
#include "auth/token_hash.h"

namespace ordinaut::auth {
namespace {

constexpr size_t kSessionTokenBytes = 32;
// The row is written again when this much of its idle time has passed, not at every request.
constexpr std::chrono::hours kExtendedEvery{1};

}  // namespace

Result<BrowserSession> Authenticator::begin_session(const Id& agent_id, WallTime ends_at) {
    BrowserSession session{random_token(kSessionTokenBytes), agent_id, ends_at};
    const WallTime now = clock_.wall_now();
    TRY(agents_.add_session(
        {token_hash(session.token), agent_id, now, now + kSessionIdles, ends_at}));
    return session;
}

Result<BrowserSession> Authenticator::open_session(const Id& agent_id, std::string_view secret) {
    return begin_session(TRY(check_secret(agent_id, secret)), clock_.wall_now() + kSessionLives);
}

Result<BrowserSession> Authenticator::open_session_by_link(std::string_view token) {
    return begin_session(TRY(use_login_link(token)), clock_.wall_now() + kSessionLives);
}

Result<BrowserSession> Authenticator::open_session_by_token(std::string_view access_token) {
    const AccessClaims claims = TRY(signer_.verify(access_token));
    TRY(caller_since(claims.agent_id, claims.issued_at));
    return begin_session(claims.agent_id, claims.expires_at);
}

Result<Caller> Authenticator::try_session(std::string_view token) {
    const std::string hash = token_hash(token);
    const auto session = agents_.get_session(hash);
    if (!session.ok() && session.error().code == ErrorCode::kNotFound)
        return Error{ErrorCode::kUnauthenticated, "the session has ended; log in again"};
    if (!session.ok()) return session.error();
    const WallTime extended = clock_.wall_now() + kSessionIdles;
    if (extended - session->expires_at >= kExtendedEvery)
        TRY(agents_.extend_session(hash, extended));
    return caller_since(session->agent_id, session->created_at);
}

Status Authenticator::end_session(std::string_view token) {
    return agents_.end_session(token_hash(token));
}

}  // namespace ordinaut::auth
