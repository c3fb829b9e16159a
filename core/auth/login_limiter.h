// Slows down guessing: a token bucket of failed logins per agent id, in this process. Ids of no one
// share one bucket.
#pragma once
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/clock.h"
#include "base/id.h"

namespace ordinaut::auth {

// Thread-safe. `clock` must outlive it.
class LoginLimiter {
public:
    explicit LoginLimiter(const Clock& clock) : clock_(clock) {}

    // How long to wait before the next try, or none when it is allowed now.
    std::optional<std::chrono::milliseconds> must_wait(const Id& agent_id);
    void failed(const Id& agent_id);
    void succeeded(const Id& agent_id);

    static constexpr int kFailuresMax = 10;
    static constexpr std::chrono::seconds kForgivenEvery{6};
    static constexpr size_t kAgentsMax = 10'000;  // More are forgotten all at once.

private:
    struct Failures {
        double count = 0;
        MonoTime at;
    };
    double count_now(const Failures& failures, MonoTime now) const;

    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<Id, Failures> failures_;
};

}  // namespace ordinaut::auth
