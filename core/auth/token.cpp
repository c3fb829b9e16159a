#include "auth/token.h"

#include <jwt.h>

#include <cstdlib>
#include <memory>

#include "base/check.h"

namespace ordinaut::auth {
namespace {

constexpr const char* kIssuer = "ordinaut";
constexpr const char* kAudience = "ordinaut-api";
constexpr size_t kTokenBytesMax = 4096;
constexpr std::chrono::seconds kClockSkew{30};

struct JwtFree {
    void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using JwtPtr = std::unique_ptr<jwt_t, JwtFree>;

// `iat` has whole seconds only; revocation must tell a login just before it from one just after.
constexpr const char* kIssuedAtUs = "iat_us";

long unix_seconds(WallTime time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}
WallTime from_unix(long seconds) { return WallTime(std::chrono::seconds(seconds)); }

Error refused(std::string why) { return {ErrorCode::kUnauthenticated, std::move(why)}; }

bool grant_is(jwt_t* jwt, const char* name, std::string_view expected) {
    const char* value = jwt_get_grant(jwt, name);
    return value != nullptr && expected == value;
}

}  // namespace

Result<TokenSigner> TokenSigner::create(std::string key, const Clock& clock) {
    if (key.size() < kJwtKeyBytesMin)
        return invalid("jwt_secret_key",
                       "must have at least " + std::to_string(kJwtKeyBytesMin) + " bytes");
    return TokenSigner(std::move(key), clock);
}

std::string TokenSigner::sign(const Id& agent_id) const {
    jwt_t* raw = nullptr;
    CHECK(jwt_new(&raw) == 0);
    const JwtPtr jwt(raw);
    const WallTime issued_at = clock_->wall_now();
    const long now = unix_seconds(issued_at);
    CHECK(jwt_add_grant(raw, "iss", kIssuer) == 0);
    CHECK(jwt_add_grant(raw, "aud", kAudience) == 0);
    CHECK(jwt_add_grant(raw, "sub", agent_id.c_str()) == 0);
    CHECK(jwt_add_grant(raw, "jti", random_token(12).c_str()) == 0);
    CHECK(jwt_add_grant_int(raw, "iat", now) == 0);
    CHECK(jwt_add_grant_int(raw, kIssuedAtUs, issued_at.time_since_epoch().count()) == 0);
    CHECK(jwt_add_grant_int(raw, "nbf", now) == 0);
    CHECK(jwt_add_grant_int(raw, "exp", now + kAccessTokenLives.count()) == 0);
    CHECK(jwt_set_alg(raw, JWT_ALG_HS256, reinterpret_cast<const unsigned char*>(key_.data()),
                      static_cast<int>(key_.size())) == 0);
    char* text = jwt_encode_str(raw);
    CHECK(text != nullptr);
    std::string token(text);
    std::free(text);
    return token;
}

Result<AccessClaims> TokenSigner::verify(std::string_view token) const {
    if (token.empty()) return refused("a bearer token is needed");
    if (token.size() > kTokenBytesMax) return refused("the token is too long");
    if (token.find('\0') != std::string_view::npos) return refused("the token is not valid");
    jwt_t* raw = nullptr;
    // With a key, jwt_decode checks the signature with the algorithm the header names; which one
    // that is, is checked below.
    const int code = jwt_decode(&raw, std::string(token).c_str(),
                                reinterpret_cast<const unsigned char*>(key_.data()),
                                static_cast<int>(key_.size()));
    const JwtPtr jwt(raw);
    if (code != 0 || raw == nullptr || jwt_get_alg(raw) != JWT_ALG_HS256)
        return refused("the token is not valid");
    if (!grant_is(raw, "iss", kIssuer) || !grant_is(raw, "aud", kAudience))
        return refused("the token was made for another service");
    const char* subject = jwt_get_grant(raw, "sub");
    if (subject == nullptr || !is_id(subject)) return refused("the token names no agent");
    const long issued_us = jwt_get_grant_int(raw, kIssuedAtUs),
               not_before = jwt_get_grant_int(raw, "nbf"), expires = jwt_get_grant_int(raw, "exp");
    const WallTime now = clock_->wall_now();
    if (expires <= 0 || now >= from_unix(expires))
        return refused("the token has expired; log in again or refresh it");
    if (now + kClockSkew < from_unix(not_before)) return refused("the token is not valid yet");
    return AccessClaims{subject, WallTime(std::chrono::microseconds(issued_us)),
                        from_unix(expires)};
}

}  // namespace ordinaut::auth
