// Counts the calls of one tool, for ord_plugin_tool_calls_total and
// …_tool_call_duration_seconds.
#pragma once
#include <array>
#include <atomic>
#include <chrono>

#include "metrics/registry.h"
#include "tool/tool.h"

namespace ordinaut::ext {

// Thread-safe; lock-free once an outcome was seen.
class ToolMeter {
public:
    // `registry` null: nothing is counted.
    ToolMeter(metrics::Registry* registry, const tool::ToolSpec& spec);

    // `took`: from the call to its one completion, the wait for a worker thread included.
    void answered(tool::Outcome outcome, std::chrono::nanoseconds took);

private:
    metrics::Registry* const registry_;
    const std::string extension_id_;
    const std::string tool_;
    std::atomic<metrics::Histogram*> durations_{nullptr};
    std::array<std::atomic<metrics::Counter*>, 6> counters_{};  // By outcome.
};

}  // namespace ordinaut::ext
