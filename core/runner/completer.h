// Writes what attempts produce, in batches: outcomes, steps, log lines. One thread; a
// batch is whatever came while the last one was being written, so a single run is recorded at once
// and many share a transaction.
//
// A write that failed or whose commit is in doubt is tried again: completions are fenced by the
// lease token, so a second one changes nothing and is reported as lost. A result that the store
// refuses as such ends its run as failed, saying why; one that it cannot take for a reason of its
// own is let go, and the run comes back when its lease ends. Neither holds up the others.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "store/queue_store.h"

namespace ordinaut::runner {

struct CompleterOptions {
    size_t batch_max = 500;
    size_t batch_bytes_max = 16 << 20;  // Of a batch of more than one.
    int log_lines_max = 100'000;        // Waiting to be written; more are dropped and counted.
    // Steps of runs that end sooner travel with their completion.
    std::chrono::milliseconds progress_every{250};
};

// Thread-safe. `queue` must outlive it.
class Completer {
public:
    using Recorded =
        std::function<void(const store::LeaseRef& lease, store::CompleteOutcome outcome)>;

    // `recorded` is called on the completer's thread, once per completion.
    Completer(store::QueueStore& queue, std::string worker, CompleterOptions options,
              Recorded recorded);
    ~Completer();  // Stops.

    void start();
    // Writes what is there (tries for at most 5 s when the store is down), then returns.
    void stop();

    void complete(store::Completion completion);
    void progress(store::LeaseRef lease, Step step);
    // As progress(), but at once, and tells `recorded` (on the completer's thread) when it is
    // durable. kLeaseLost, or why the store refuses it: it is not recorded. Not told when the
    // attempt ends before.
    void begin(store::LeaseRef lease, Step step, std::function<void(Status)> recorded);
    void log(RunLogLine line);

private:
    struct Pending;
    void loop();
    bool write(Pending& batch);  // False: keep what is left of it and try again.
    bool write_first(Pending& batch, size_t count);
    void write_progress(Pending& batch);
    bool write_begins(Pending& batch);
    Status record(const std::vector<store::Completion>& completions);
    Status record_alone(const store::Completion& completion);

    store::QueueStore& queue_;
    const std::string worker_;
    const CompleterOptions options_;
    const Recorded recorded_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::unique_ptr<Pending> pending_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ordinaut::runner
