#include "runner/lease_keeper.h"

#include "base/log.h"

namespace ordinaut::runner {

LeaseKeeper::LeaseKeeper(store::QueueStore& queue, store::Wakeup& wakeup, const Clock& clock,
                         LeaseOptions options)
    : queue_(queue), wakeup_(wakeup), clock_(clock), options_(options) {}

LeaseKeeper::~LeaseKeeper() { stop(); }

void LeaseKeeper::start() {
    // A cancel is announced on the control channel; renewing at once is how it is learned.
    listening_ = wakeup_.listen(store::Channel::kControl, [this] {
        std::lock_guard lock(mutex_);
        woken_ = true;
        changed_.notify_one();
    });
    thread_ = std::thread([this] { loop(); });
}

void LeaseKeeper::stop() {
    listening_.reset();
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void LeaseKeeper::keep(store::LeaseRef lease, MonoTime asked_at, Listener listener) {
    std::lock_guard lock(mutex_);
    const Id run_id = lease.run_id;
    kept_.insert_or_assign(run_id, Kept{std::move(lease), asked_at + options_.ttl - options_.margin,
                                        std::move(listener)});
}

void LeaseKeeper::forget(const Id& run_id) {
    std::lock_guard lock(mutex_);
    kept_.erase(run_id);
}

void LeaseKeeper::loop() {
    while (true) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, options_.ttl / 3, [this] { return stopping_ || woken_; });
            if (stopping_) return;
            woken_ = false;
        }
        renew_all();
    }
}

// With the store out of reach nothing says a lease was lost; the clock does.
void LeaseKeeper::drop_untrusted(std::vector<std::pair<Listener, LeaseEvent>>& events) {
    const MonoTime now = clock_.mono_now();
    std::erase_if(kept_, [&](auto& entry) {
        if (now < entry.second.trusted_until) return false;
        events.emplace_back(std::move(entry.second.listener), LeaseEvent::kLost);
        return true;
    });
}

void LeaseKeeper::renew_all() {
    std::vector<store::LeaseRef> leases;
    {
        std::lock_guard lock(mutex_);
        for (const auto& [id, kept] : kept_) leases.push_back(kept.lease);
    }
    if (leases.empty()) return;
    const MonoTime asked_at = clock_.mono_now();
    const auto outcomes = queue_.renew(leases, options_.ttl);
    if (!outcomes.ok())
        log_warn("lease.renew_failed",
                 {{"leases", leases.size()}, {"error", outcomes.error().message}});

    std::vector<std::pair<Listener, LeaseEvent>> events;
    {
        std::lock_guard lock(mutex_);
        for (size_t i = 0; outcomes.ok() && i < leases.size(); ++i) {
            const auto it = kept_.find(leases[i].run_id);
            if (it == kept_.end() || it->second.lease.lease_token != leases[i].lease_token)
                continue;
            Kept& kept = it->second;
            if ((*outcomes)[i] == store::RenewOutcome::kLost) {
                log_warn("lease.lost", {{"run_id", leases[i].run_id}});
                events.emplace_back(std::move(kept.listener), LeaseEvent::kLost);
                kept_.erase(it);
                continue;
            }
            kept.trusted_until = asked_at + options_.ttl - options_.margin;
            if ((*outcomes)[i] == store::RenewOutcome::kCancelRequested && !kept.cancel_reported) {
                kept.cancel_reported = true;
                events.emplace_back(kept.listener, LeaseEvent::kCancelRequested);
            }
        }
        drop_untrusted(events);
    }
    for (const auto& [listener, event] : events) listener(event);
}

}  // namespace ordinaut::runner
