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
        renew_now_.notify_one();
    });
    renewing_ = std::thread([this] { renew_loop(); });
    watching_ = std::thread([this] { watch_loop(); });
}

void LeaseKeeper::stop() {
    listening_.reset();
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    renew_now_.notify_one();
    watch_now_.notify_one();
    if (renewing_.joinable()) renewing_.join();
    if (watching_.joinable()) watching_.join();
}

void LeaseKeeper::keep(store::LeaseRef lease, MonoTime asked_at, Listener listener) {
    std::lock_guard lock(mutex_);
    const MonoTime trusted_until = asked_at + options_.ttl - options_.margin;
    const Id token = lease.lease_token;
    kept_.insert_or_assign(token, Kept{std::move(lease), trusted_until, std::move(listener)});
    if (trusted_until < watched_until_) watch_now_.notify_one();
}

void LeaseKeeper::forget(const Id& lease_token) {
    std::lock_guard lock(mutex_);
    kept_.erase(lease_token);
}

void LeaseKeeper::renew_loop() {
    while (true) {
        {
            std::unique_lock lock(mutex_);
            renew_now_.wait_for(lock, options_.ttl / 3, [this] { return stopping_ || woken_; });
            if (stopping_) return;
            woken_ = false;
        }
        renew_all();
    }
}

void LeaseKeeper::watch_loop() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        News news;
        drop_untrusted(news);
        if (!news.empty()) {
            lock.unlock();
            report(news);
            lock.lock();
            continue;  // Look again: leases may have come meanwhile.
        }
        watched_until_ = MonoTime::max();
        for (const auto& [token, kept] : kept_)
            watched_until_ = std::min(watched_until_, kept.trusted_until);
        if (kept_.empty())
            watch_now_.wait(lock);
        else
            watch_now_.wait_for(lock, watched_until_ - clock_.mono_now());
    }
}

// With the store out of reach nothing says a lease was lost; the clock does.
void LeaseKeeper::drop_untrusted(News& news) {
    const MonoTime now = clock_.mono_now();
    std::erase_if(kept_, [&](auto& entry) {
        if (now < entry.second.trusted_until) return false;
        log_warn("lease.untrusted", {{"run_id", entry.second.lease.run_id}});
        news.emplace_back(std::move(entry.second.listener), LeaseEvent::kLost);
        return true;
    });
}

void LeaseKeeper::report(const News& news) {
    for (const auto& [listener, event] : news) listener(event);
}

void LeaseKeeper::renew_all() {
    std::vector<store::LeaseRef> leases;
    {
        std::lock_guard lock(mutex_);
        for (const auto& [token, kept] : kept_) leases.push_back(kept.lease);
    }
    if (leases.empty()) return;
    const MonoTime asked_at = clock_.mono_now();
    const auto outcomes = queue_.renew(leases, options_.ttl);
    if (!outcomes.ok())
        log_warn("lease.renew_failed",
                 {{"leases", leases.size()}, {"error", outcomes.error().message}});

    News news;
    {
        std::lock_guard lock(mutex_);
        for (size_t i = 0; outcomes.ok() && i < leases.size(); ++i) {
            const auto it = kept_.find(leases[i].lease_token);
            if (it == kept_.end()) continue;
            Kept& kept = it->second;
            if ((*outcomes)[i] == store::RenewOutcome::kLost) {
                log_warn("lease.lost", {{"run_id", leases[i].run_id}});
                news.emplace_back(std::move(kept.listener), LeaseEvent::kLost);
                kept_.erase(it);
                continue;
            }
            kept.trusted_until = asked_at + options_.ttl - options_.margin;
            if ((*outcomes)[i] == store::RenewOutcome::kCancelRequested && !kept.cancel_reported) {
                kept.cancel_reported = true;
                news.emplace_back(kept.listener, LeaseEvent::kCancelRequested);
            }
        }
        drop_untrusted(news);
    }
    report(news);
}

}  // namespace ordinaut::runner
