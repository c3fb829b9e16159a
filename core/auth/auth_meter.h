// Counts who tried to come in, and what looks like an attack.
#pragma once
#include <array>
#include <string_view>

#include "base/result.h"
#include "metrics/registry.h"

namespace ordinaut::auth {

// Thread-safe; lock-free.
class AuthMeter {
public:
    // Every series is there from the beginning. `registry` must outlive it.
    explicit AuthMeter(metrics::Registry& registry);

    enum class Method { kToken, kSession, kSecret, kRefresh, kLoginLink };
    // Of a try: none when it was accepted. A try that could not be decided (the store is away)
    // counts as "error".
    void attempt(Method method, const Error* refusal);

    enum class Kind {
        kTokenRefused,        // A bearer token or session that is forged, expired or revoked.
        kWrongSecret,         // Agent or secret.
        kLoginLimited,        // More tries than guessing is allowed.
        kRefreshTokenReused,  // Stolen, most likely.
        kLoginLinkRefused,
    };
    void event(Kind kind);

private:
    std::array<std::array<metrics::Counter*, 4>, 5> attempts_{};
    std::array<metrics::Counter*, 5> events_{};
};

}  // namespace ordinaut::auth
