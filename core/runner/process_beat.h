// Tells the other processes that this one lives, and does the database's upkeep (partitions,
// retention, audit chain) in turn with them. One thread.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "store/queue_store.h"
#include "store/system_store.h"

namespace ordinaut::runner {

struct BeatOptions {
    std::chrono::milliseconds every{10'000};
    std::chrono::milliseconds upkeep_every{60'000};
    store::PruneOptions prune;
    std::function<void()> beaten = {};  // Called after every beat, on its thread.
};

class ProcessBeat {
public:
    // `describe` gives the current row (name, roles, running, completed); called on the beat's
    // thread.
    ProcessBeat(store::QueueStore& queue, store::SystemStore& system, BeatOptions options,
                std::function<store::WorkerInfo()> describe);
    ~ProcessBeat();  // Stops.

    // The first beat is written before it returns, so that health is right from the start.
    void start();
    void stop();  // Also takes the row away.

private:
    void beat();
    void upkeep();
    void loop();

    store::QueueStore& queue_;
    store::SystemStore& system_;
    const BeatOptions options_;
    const std::function<store::WorkerInfo()> describe_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    bool failing_ = false;
    std::thread thread_;
};

}  // namespace ordinaut::runner
