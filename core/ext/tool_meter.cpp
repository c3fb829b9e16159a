#include "ext/tool_meter.h"

namespace ordinaut::ext {
namespace {
constexpr std::array kOutcomes = {"ok",       "retryable", "rate_limited",
                                  "terminal", "timed_out", "canceled"};
}

ToolMeter::ToolMeter(metrics::Registry* registry, const tool::ToolSpec& spec)
    : registry_(registry), extension_id_(spec.extension_id), tool_(spec.name) {}

void ToolMeter::answered(tool::Outcome outcome, std::chrono::nanoseconds took) {
    const auto index = static_cast<size_t>(outcome);
    if (registry_ == nullptr || index >= counters_.size()) return;
    metrics::Counter* counter = counters_[index].load(std::memory_order_acquire);
    if (counter == nullptr) {
        // Whoever comes at the same time gets the same one.
        durations_.store(&registry_->histogram("ord_plugin_tool_call_duration_seconds",
                                               "Time of a tool's calls, in seconds, by extension.",
                                               {{"plugin_id", extension_id_}}),
                         std::memory_order_release);
        counter = &registry_->counter(
            "ord_plugin_tool_calls_total", "Calls of tools that ended, by outcome.",
            {{"plugin_id", extension_id_}, {"tool", tool_}, {"outcome", kOutcomes[index]}});
        counters_[index].store(counter, std::memory_order_release);
    }
    counter->add();
    durations_.load(std::memory_order_acquire)
        ->observe(std::chrono::duration<double>(took).count());
}

}  // namespace ordinaut::ext
