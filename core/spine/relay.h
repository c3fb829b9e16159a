// Carries the host's own events from the outbox to the spine.
//
// Rows leave the outbox in the transaction that published them, so that each is published at least
// once; published again it has the same ids, and the spine keeps it once.
#pragma once
#include "events/event_streams.h"
#include "metrics/registry.h"
#include "spine/worker.h"
#include "store/event_store.h"
#include "store/wakeup.h"

namespace ordinaut::spine {

struct RelayOptions {
    metrics::Registry* metrics = nullptr;  // Null = nowhere.
    int batch = 64;                        // Rows of the outbox in one transaction.
    std::chrono::milliseconds poll{1000};  // Looks at least this often.
    std::chrono::milliseconds breath{50};  // And not more often than this.
};

// Everything given outlives it. start() and stop() from one thread.
class Relay {
public:
    Relay(store::EventStore& store, events::EventStreams& streams, store::Wakeup& wakeup,
          RelayOptions options)
        : store_(store), streams_(streams), wakeup_(wakeup), options_(options) {}

    void start();
    void stop();

    // True: there may be more. For the thread, and for tests.
    Result<bool> step();

private:
    Status publish(const std::vector<store::OutboxBatch>& batches);

    store::EventStore& store_;
    events::EventStreams& streams_;
    store::Wakeup& wakeup_;
    const RelayOptions options_;
    std::shared_ptr<void> listening_;
    Worker worker_{"relay"};
};

}  // namespace ordinaut::spine
