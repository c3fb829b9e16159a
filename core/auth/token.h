// Access tokens: JWT, HS256, short-lived. Everything libjwt leaves open is decided here: the
// algorithm is pinned, the key may not be short, and exp, nbf, iss and aud are checked.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"

namespace ordinaut::auth {

struct AccessClaims {
    Id agent_id;
    WallTime issued_at{};
    WallTime expires_at{};
};

inline constexpr size_t kJwtKeyBytesMin = 32;
inline constexpr std::chrono::seconds kAccessTokenLives{15 * 60};

// Immutable; thread-safe. `clock` must outlive it.
class TokenSigner {
public:
    // kInvalid: a key shorter than kJwtKeyBytesMin.
    static Result<TokenSigner> create(std::string key, const Clock& clock);

    std::string sign(const Id& agent_id) const;
    // kUnauthenticated says what is wrong with the token (and no more). At most 4 KiB are looked
    // at.
    Result<AccessClaims> verify(std::string_view token) const;

private:
    TokenSigner(std::string key, const Clock& clock) : key_(std::move(key)), clock_(&clock) {}
    std::string key_;
    const Clock* clock_;
};

}  // namespace ordinaut::auth
