#include "ext/task_leases.h"

#include "base/id.h"
#include "base/log.h"

namespace ordinaut::ext {
namespace {
MonoTime now() { return std::chrono::steady_clock::now(); }
}  // namespace

TaskLeases::TaskLeases(store::LeaseStore* store, TaskLeaseOptions options)
    : store_(store), options_(options), holder_(new_id()) {}

TaskLeases::~TaskLeases() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

TaskLeases::Taken TaskLeases::take(const std::string& name, bool cluster,
                                   std::function<void()> lost) {
    const bool stored = cluster && store_ != nullptr;
    {
        const std::lock_guard lock(mutex_);
        // Entered before the store is asked, so that two tasks of this process cannot both take it
        // as one holder.
        if (!held_.try_emplace(name, Held{false, {}, nullptr}).second) return Taken::kHereAlready;
    }
    if (!stored) return Taken::kMine;
    const MonoTime asked_at = now();
    const auto taken = store_->hold(name, holder_, options_.ttl);
    const std::lock_guard lock(mutex_);
    if (!taken.ok() || !*taken) {
        held_.erase(name);
        if (!taken.ok())
            log_warn("task_lease.unknown", {{"task", name}, {"error", taken.error().message}});
        return taken.ok() ? Taken::kElsewhere : Taken::kUnknown;
    }
    held_[name] = Held{true, asked_at + options_.ttl * 2 / 3, std::move(lost)};
    if (!thread_.joinable()) thread_ = std::thread([this] { renew_loop(); });
    return Taken::kMine;
}

void TaskLeases::release(const std::string& name) {
    bool cluster = false;
    {
        const std::lock_guard lock(mutex_);
        const auto found = held_.find(name);
        if (found == held_.end()) return;
        cluster = found->second.cluster;
        // Renewed no more, and not free for this process before the store knows.
        found->second.cluster = false;
    }
    if (cluster)
        if (const auto released = store_->release(name, holder_); !released.ok())
            log_warn("task_lease.not_released",
                     {{"task", name}, {"error", released.error().message}});
    const std::lock_guard lock(mutex_);
    held_.erase(name);
}

void TaskLeases::renew(const std::string& name) {
    const MonoTime asked_at = now();
    const auto kept = store_->hold(name, holder_, options_.ttl);
    std::function<void()> lost;
    {
        const std::lock_guard lock(mutex_);
        const auto found = held_.find(name);
        if (found == held_.end() || !found->second.cluster) return;
        if (kept.ok() && *kept) {
            found->second.trusted_until = asked_at + options_.ttl * 2 / 3;
            return;
        }
        if (!kept.ok() && now() < found->second.trusted_until) return;
        found->second.cluster = false;
        lost = std::move(found->second.lost);
    }
    log_warn("task_lease.lost", {{"task", name}});
    if (lost) lost();
}

void TaskLeases::renew_loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        changed_.wait_for(lock, options_.ttl / 3, [this] { return stopping_; });
        if (stopping_) return;
        std::vector<std::string> names;
        for (const auto& [name, held] : held_)
            if (held.cluster) names.push_back(name);
        lock.unlock();
        for (const auto& name : names) renew(name);
        lock.lock();
    }
}

}  // namespace ordinaut::ext
