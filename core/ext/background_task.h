// One background task: its thread, its starts, its failures.
#pragma once
#include <ordinaut/background.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "ext/handles.h"
#include "ext/invocation.h"

namespace ordinaut::ext {

class Instance;
class TaskLeases;

struct TaskPlan {
    std::string name;
    bool cluster = false;
    std::chrono::nanoseconds period{0};  // 0 = runs once, until it succeeds.
    std::chrono::nanoseconds backoff_min{std::chrono::seconds(1)};
    std::chrono::nanoseconds backoff_max{std::chrono::seconds(60)};
    std::chrono::nanoseconds heartbeat{0};  // 0 = not watched.
    uint32_t failures_max = 0;              // In a row; 0 = no limit.
};

// Thread-safe.
class BackgroundTask : public std::enable_shared_from_this<BackgroundTask> {
public:
    BackgroundTask(ord_handle instance, TaskPlan plan, TaskLeases& leases)
        : instance_handle_(instance), plan_(std::move(plan)), leases_(leases) {}

    const TaskPlan& plan() const { return plan_; }
    ord_handle instance() const { return instance_handle_; }
    ord_handle handle() const { return handle_; }
    void set_handle(ord_handle handle) { handle_ = handle; }  // Before start().

    // Starts its thread, which keeps `instance` alive until the task has ended.
    void start(std::shared_ptr<Instance> instance);
    // Asks it to end, and not to start again. Never blocks.
    void request_stop();
    // False: it is still inside the extension at `until`.
    bool wait_ended(MonoTime until);
    bool ended() const;

    // From inside the task. OK, or CANCELED: it should return.
    ord_status sleep(std::chrono::nanoseconds duration);
    ord_status heartbeat();

private:
    void run(Instance& instance);
    bool wait_until(MonoTime time);       // False: asked to stop.
    bool take_lease(Instance& instance);  // False: asked to stop before it was free.
    ord_status run_once(Instance& instance, uint32_t failures);
    void lose_lease();
    bool was_lease_lost();  // And forgets it.
    void watch_heartbeat(Instance& instance, MonoTime at);
    void check_heartbeat(Instance& instance);
    bool must_return() const { return stop_ || lease_lost_; }

    const ord_handle instance_handle_;
    const TaskPlan plan_;
    TaskLeases& leases_;
    ord_handle handle_ = 0;

    mutable std::mutex mutex_;  // Guards what follows.
    std::condition_variable changed_;
    bool started_ = false, ended_ = false, stop_ = false, lease_lost_ = false;
    bool sleeping_ = false;
    MonoTime beat_{};
    InvocationRef running_;
};

// Every task of this process that has not ended.
HandleTable<BackgroundTask>& background_tasks();

}  // namespace ordinaut::ext
