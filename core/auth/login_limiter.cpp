#include "auth/login_limiter.h"

#include <algorithm>

namespace ordinaut::auth {

double LoginLimiter::count_now(const Failures& failures, MonoTime now) const {
    const std::chrono::duration<double> passed = now - failures.at;
    return std::max(0.0, failures.count - passed / kForgivenEvery);
}

std::optional<std::chrono::milliseconds> LoginLimiter::must_wait(const Id& agent_id) {
    std::lock_guard lock(mutex_);
    const auto it = failures_.find(agent_id);
    if (it == failures_.end()) return std::nullopt;
    const double over = count_now(it->second, clock_.mono_now()) - (kFailuresMax - 1);
    if (over <= 0) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        over * std::chrono::duration<double>(kForgivenEvery));
}

void LoginLimiter::failed(const Id& agent_id) {
    std::lock_guard lock(mutex_);
    if (failures_.size() >= kAgentsMax && !failures_.contains(agent_id)) failures_.clear();
    const MonoTime now = clock_.mono_now();
    Failures& failures = failures_[agent_id];
    failures.count = std::min<double>(kFailuresMax, count_now(failures, now) + 1);
    failures.at = now;
}

void LoginLimiter::succeeded(const Id& agent_id) {
    std::lock_guard lock(mutex_);
    failures_.erase(agent_id);
}

}  // namespace ordinaut::auth
