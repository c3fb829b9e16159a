// Which task of an extension may run here now: one of a name in this process, and with cluster
// scope one in the installation.
//
// The database's clock ends a lease; local time only lets a task stop early. What cannot be renewed
// is lost a third of its time before the row is, so that two processes never run a task at once.
#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "store/lease_store.h"

namespace ordinaut::ext {

struct TaskLeaseOptions {
    std::chrono::milliseconds ttl{15'000};  // Renewed every third.
};

// Thread-safe. One thread, started with the first cluster lease.
class TaskLeases {
public:
    // kUnknown: the store does not answer.
    enum class Taken { kMine, kHereAlready, kElsewhere, kUnknown };

    // Null `store`: this process is the whole installation.
    TaskLeases(store::LeaseStore* store, TaskLeaseOptions options);
    ~TaskLeases();

    // kMine until release(). `lost` is called at most once, on the renewing thread, when a cluster
    // lease cannot be trusted any more; it must not block.
    Taken take(const std::string& name, bool cluster, std::function<void()> lost);
    void release(const std::string& name);

    std::chrono::milliseconds retry_every() const { return options_.ttl / 3; }

private:
    struct Held {
        bool cluster = false;
        MonoTime trusted_until{};
        std::function<void()> lost;
    };
    void renew_loop();
    void renew(const std::string& name);

    store::LeaseStore* const store_;
    const TaskLeaseOptions options_;
    const std::string holder_;  // This process.
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Held> held_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ordinaut::ext
