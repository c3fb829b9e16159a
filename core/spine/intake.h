// Reads the spine and turns its events into due work: at least once in, exactly once due.
//
// An entry is acknowledged after the transaction that took it in has committed. A process that ends
// in between leaves it to any other, which finds the event noted already.
#pragma once
#include <vector>

#include "base/clock.h"
#include "events/event_streams.h"
#include "metrics/registry.h"
#include "spine/worker.h"
#include "store/event_store.h"

namespace ordinaut::spine {

struct IntakeOptions {
    metrics::Registry* metrics = nullptr;  // Null = nowhere.
    int batch = 256;                       // Entries read at once.
    // Read so long ago and not acknowledged: whoever read it is gone.
    std::chrono::milliseconds reclaim_after{60'000};
    // An entry that cannot be taken in so often, for a reason of its own, is given up.
    int deliveries_max = 5;
};

// What the event tells the queue; none: it is no event (its payload is not JSON).
std::optional<store::IncomingEvent> incoming(const events::StreamEntry& entry);

// Everything given outlives it. start() and stop() from one thread.
class Intake {
public:
    Intake(events::EventStreams& streams, store::EventStore& store, const Clock& clock,
           store::EventStore::Planner plan, IntakeOptions options)
        : streams_(streams),
          store_(store),
          clock_(clock),
          plan_(std::move(plan)),
          options_(options) {}

    void start();
    void stop() { worker_.stop(); }

    // Takes in what there is, at most a batch; true: there may be more. What it could not take in
    // it holds, and tries first the next time. For the thread, and for tests.
    Result<bool> step();

private:
    Status read();
    Status take_in_held();
    Status take_in_singly();
    void count(const store::Intake& intake);
    void acknowledge(const std::vector<std::string>& ids);
    Result<store::Intake> take_in(const std::vector<store::IncomingEvent>& events);

    events::EventStreams& streams_;
    store::EventStore& store_;
    const Clock& clock_;
    const store::EventStore::Planner plan_;
    const IntakeOptions options_;
    bool grouped_ = false;
    MonoTime overdue_at_{};
    std::vector<events::StreamEntry> held_;  // Read and not taken in.
    std::vector<std::string> positions_;
    Worker worker_{"intake"};
};

}  // namespace ordinaut::spine
