// The queue and the workers of the whole installation as numbers, for whoever watches from outside.
#pragma once
#include "metrics/registry.h"
#include "store/queue_store.h"
#include "store/system_store.h"

namespace ordinaut::runner {

// Every process tells the same numbers: take the maximum over processes, never the sum.
class QueueGauges {
public:
    // The stores and `registry` must outlive it.
    QueueGauges(store::QueueStore& queue, store::SystemStore& system, metrics::Registry& registry);

    // Looks once. When the store is out of reach the numbers become NaN: nobody knows them.
    void sample();

private:
    void sample_queue();
    void sample_workers();

    store::QueueStore& queue_;
    store::SystemStore& system_;
    metrics::Registry& registry_;
};

}  // namespace ordinaut::runner
