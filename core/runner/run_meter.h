// Counts what this process's worker does: claims, ends of runs, steps, and how late runs start.
#pragma once
#include <chrono>
#include <string>

#include "metrics/registry.h"
#include "store/queue_store.h"
#include "tool/catalogue.h"

namespace ordinaut::runner {

// Thread-safe. `registry` (null: nothing is counted) and `tools` must outlive it.
class RunMeter {
public:
    RunMeter(metrics::Registry* registry, const tool::Catalogue& tools);

    void claimed(const std::vector<store::Lease>& leases);
    // A step that began is nothing yet. The label `tool` is the name of a tool there is, or
    // "unknown": what pipelines ask for has no bound.
    void step(const Step& step);
    // `took`: from the last claim. A run that is tried again has not ended.
    void ended(RunState state, std::chrono::nanoseconds took);

private:
    metrics::Registry* const registry_;
    const tool::Catalogue& tools_;
};

}  // namespace ordinaut::runner
