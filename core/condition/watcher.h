// Evaluates the conditions of active tasks whose time has come, and hands what they answered to the
// store, which makes runs of edges. Any number of processes may do so.
//
// One thread leases and settles, both in batches; a pool renders, evaluates and reads the store. A
// slow source holds a place among `in_flight_max`, not a thread. A process that dies leaves leases
// behind, which end by the database's clock.
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "condition/evaluation.h"
#include "metrics/registry.h"
#include "store/condition_store.h"

namespace ordinaut::condition {

struct WatcherOptions {
    int in_flight_max = 1000;
    int batch = 200;  // Leases and answers per transaction.
    int threads = 2;
    std::chrono::milliseconds look_every{1000};
    std::chrono::milliseconds lease_margin{15'000};  // Beyond the longest deadline.
    std::chrono::milliseconds drain{5'000};          // How long stop() waits for tools.
    metrics::Registry* metrics = nullptr;            // Null = nowhere.
};

// Thread-safe. Everything given must outlive it.
class Watcher {
public:
    // `plan` decides what becomes of an edge; as ConditionStore::Planner.
    Watcher(store::ConditionStore& conditions, EvaluationContext context,
            store::ConditionStore::Planner plan, WatcherOptions options);
    ~Watcher();  // Stops.

    void start();
    // Takes nothing new, cancels what is being asked, gives the leases back.
    void stop();

    // For the thread and for tests: leases what is due and starts evaluating; how many.
    Result<int> begin_due();
    // Waits until nothing is being evaluated.
    void wait_for_answers();
    // Settles what was answered; how many edges there were.
    Result<int> settle();

private:
    // Shared with evaluations, whose tool may answer after the watcher is gone.
    struct Shared {
        std::mutex mutex;
        std::condition_variable changed;
        std::unordered_map<Id, std::shared_ptr<Evaluation>> in_flight;  // By lease token.
        std::vector<store::ConditionAnswer> answers;
        bool stopping = false;
    };
    void loop();
    int settle_batch(std::vector<store::ConditionAnswer> batch, Status& status);
    void give_back();
    void count(std::string_view answer, int edges);

    store::ConditionStore& conditions_;
    const EvaluationContext context_;
    const store::ConditionStore::Planner plan_;
    const WatcherOptions options_;
    const std::shared_ptr<WorkPool> pool_;
    const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
    // Of the thread: could not be settled while runs of their task were being changed.
    std::vector<store::ConditionAnswer> busy_;
    std::thread thread_;
};

}  // namespace ordinaut::condition
