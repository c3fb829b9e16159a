#include "ext/http_meter.h"

namespace ordinaut::ext {

HttpMeter::HttpMeter(metrics::Registry* registry, std::string extension_id)
    : registry_(registry), extension_id_(std::move(extension_id)) {}

void HttpMeter::answered(int status, std::chrono::nanoseconds took) {
    if (registry_ == nullptr || status < 100 || static_cast<size_t>(status) >= counters_.size())
        return;
    auto& slot = counters_[static_cast<size_t>(status)];
    metrics::Counter* counter = slot.load(std::memory_order_acquire);
    if (counter == nullptr) {
        // Whoever comes at the same time gets the same one.
        counter = &registry_->counter(
            "ord_plugin_http_requests_total", "Requests answered below /ext/<id>/.",
            {{"plugin_id", extension_id_}, {"status", std::to_string(status)}});
        slot.store(counter, std::memory_order_release);
        durations_.store(
            &registry_->histogram("ord_plugin_http_request_duration_seconds",
                                  "Time to the answer, or to the beginning of a stream.",
                                  {{"plugin_id", extension_id_}}),
            std::memory_order_release);
    }
    counter->add();
    if (auto* durations = durations_.load(std::memory_order_acquire); durations != nullptr)
        durations->observe(std::chrono::duration<double>(took).count());
}

}  // namespace ordinaut::ext
