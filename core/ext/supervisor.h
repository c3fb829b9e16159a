// The background tasks of one instance.
#pragma once
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "ext/background_task.h"
#include "ext/manifest.h"

namespace ordinaut::ext {

// Thread-safe.
class Supervisor {
public:
    explicit Supervisor(TaskLeases& leases) : leases_(leases) {}

    // Enters the task and, once begun, starts it. CONFLICT: the name is in use; LIMIT: more than
    // 100; STATE: stopping.
    ord_status spawn(const std::shared_ptr<Instance>& instance, TaskPlan plan, ord_handle* task);
    // Starts what was spawned before.
    void begin(const std::shared_ptr<Instance>& instance);
    // Of `declared`, those that were never spawned.
    std::vector<std::string> not_spawned(const std::vector<BackgroundDeclared>& declared) const;
    void request_stop();              // All of them; no further one starts.
    bool wait_ended(MonoTime until);  // False: some are still inside the extension.

private:
    TaskLeases& leases_;
    mutable std::mutex mutex_;
    std::set<std::string> spawned_;  // Names, ever; declared ones only, so that they are few.
    bool begun_ = false, stopping_ = false;
    std::vector<std::shared_ptr<BackgroundTask>> tasks_;  // Those that have not ended.
};

}  // namespace ordinaut::ext
