// Keeps the claims of one worker alive and notices when they are lost or their run is to be
// canceled.
//
// The database clock ends a lease; local time only lets us stop early. Trust is timed from *before*
// the claim or renewal was sent: past `ttl - margin` another worker may own the row soon, so the
// run stops unrecorded. One thread renews; another watches the clock, because a renewal may hang
// for as long as the network does.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "store/queue_store.h"
#include "store/wakeup.h"

namespace ordinaut::runner {

struct LeaseOptions {
    std::chrono::milliseconds ttl{30'000};    // How long one claim or renewal lasts.
    std::chrono::milliseconds margin{5'000};  // Trust ends this long before the row does.
};

enum class LeaseEvent { kLost, kCancelRequested };

// Thread-safe. `queue`, `wakeup` and `clock` must outlive it.
class LeaseKeeper {
public:
    using Listener = std::function<void(LeaseEvent)>;  // Called without locks held; must not block.

    LeaseKeeper(store::QueueStore& queue, store::Wakeup& wakeup, const Clock& clock,
                LeaseOptions options);
    ~LeaseKeeper();  // Stops.

    void start();
    void stop();

    // Keeps `lease`, claimed by a call sent at `asked_at`, until forget() or kLost, which is
    // reported at most once. One run may be held by two leases: the older one is lost already.
    void keep(store::LeaseRef lease, MonoTime asked_at, Listener listener);
    void forget(const Id& lease_token);

    // One round, for the thread and for tests: renews everything held and reports.
    void renew_all();

private:
    struct Kept {
        store::LeaseRef lease;
        MonoTime trusted_until;
        Listener listener;
        bool cancel_reported = false;
    };
    using News = std::vector<std::pair<Listener, LeaseEvent>>;
    void renew_loop();
    void watch_loop();
    void drop_untrusted(News& news);  // With the mutex held.
    static void report(const News& news);

    store::QueueStore& queue_;
    store::Wakeup& wakeup_;
    const Clock& clock_;
    const LeaseOptions options_;
    std::mutex mutex_;
    std::condition_variable renew_now_, watch_now_;
    std::unordered_map<Id, Kept> kept_;         // By lease token.
    MonoTime watched_until_ = MonoTime::max();  // The watch sleeps until then.
    bool stopping_ = false;
    bool woken_ = false;
    std::shared_ptr<void> listening_;
    std::thread renewing_, watching_;
};

}  // namespace ordinaut::runner
