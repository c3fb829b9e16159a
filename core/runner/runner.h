// The worker of one process: claims due work while it has free slots, starts attempts, drains on
// stop.
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/work_pool.h"
#include "metrics/registry.h"
#include "runner/attempt.h"
#include "runner/completer.h"
#include "runner/lease_keeper.h"
#include "runner/run_meter.h"
#include "store/wakeup.h"

namespace ordinaut::runner {

struct RunnerOptions {
    std::string worker;  // Unique name of this process.
    // Runs held at once; a waiting tool holds a slot, not a thread.
    int slots = 1000;
    int batch = 200;                                 // Rows per claim.
    int executor_threads = 4;                        // Render templates and start tools.
    std::chrono::milliseconds poll_max{5000};        // Looks at least this often.
    std::chrono::milliseconds drain{30'000};         // How long stop() lets attempts finish.
    std::chrono::milliseconds cancel_grace{10'000};  // How long a tool has after a cancel.
    LeaseOptions lease;
    // Where claims, steps and ended runs are counted; null = nowhere.
    metrics::Registry* metrics = nullptr;
};

// Thread-safe. Everything given to it must outlive it.
class Runner {
public:
    Runner(store::QueueStore& queue, store::Wakeup& wakeup, const Clock& clock,
           AttemptContext attempts, RunnerOptions options);
    ~Runner();  // Stops.

    void start();
    // Stops claiming, lets attempts finish for `drain`, releases the rest unrun (their attempt is
    // given back), records everything, returns.
    void stop();

    int running() const;        // Attempts held now.
    int64_t completed() const;  // Attempts ended since start.
    // A tool's line for a run's log.
    void log(RunLogLine line) { completer_.log(std::move(line)); }

private:
    struct Slot {
        Id run_id;
        std::shared_ptr<Attempt> attempt;  // Null until it begins.
        std::optional<MonoTime> abandon_at;
        std::optional<StopReason> stop_asked;
    };
    void claim_loop();
    int claim_once(int free_slots);
    void run_safely(const store::LeaseRef& ref, const std::function<void()>& part);
    void begin(store::Lease lease);
    void step_begins(const store::LeaseRef& lease, const Step& step,
                     std::function<void(Status)> recorded);
    void went_on();
    void stop_attempt(const Id& lease_token, StopReason reason);
    void abandon_overdue();
    void release(const Id& lease_token);
    void give_back_unbegun();
    std::chrono::microseconds time_to_sleep(bool found_nothing);

    store::QueueStore& queue_;
    store::Wakeup& wakeup_;
    const Clock& clock_;
    const AttemptContext attempts_;
    const RunnerOptions options_;
    RunMeter meter_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // By lease token: a run may be claimed again while its earlier attempt has not ended yet.
    std::unordered_map<Id, Slot> slots_;
    int64_t completed_ = 0;
    size_t going_on_ = 0;  // Attempts, some of them ended, that wait for an executor to go on.
    bool draining_ = false;
    bool woken_ = false;

    Completer completer_;
    LeaseKeeper keeper_;
    WorkPool executors_;
    std::shared_ptr<void> listening_;
    std::thread claimer_;
};

}  // namespace ordinaut::runner
