// Keeps the claims of one worker alive and notices when they are lost or their run is to be
// canceled.
//
// The database clock ends a lease; local time only lets us stop early. Trust is timed from *before*
// the claim or renewal was sent: past `ttl - margin` another worker may own the row soon, so the
// run stops unrecorded.
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

    // Keeps `lease`, claimed by a call sent at `asked_at`, until forget(). kLost is reported at
    // most once and last.
    void keep(store::LeaseRef lease, MonoTime asked_at, Listener listener);
    void forget(const Id& run_id);

    // One round, for the thread and for tests: renews everything held and reports.
    void renew_all();

private:
    struct Kept {
        store::LeaseRef lease;
        MonoTime trusted_until;
        Listener listener;
        bool cancel_reported = false;
    };
    void loop();
    void drop_untrusted(std::vector<std::pair<Listener, LeaseEvent>>& events);

    store::QueueStore& queue_;
    store::Wakeup& wakeup_;
    const Clock& clock_;
    const LeaseOptions options_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::unordered_map<Id, Kept> kept_;
    bool stopping_ = false;
    bool woken_ = false;
    std::shared_ptr<void> listening_;
    std::thread thread_;
};

}  // namespace ordinaut::runner
