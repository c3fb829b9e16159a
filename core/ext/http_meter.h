// Counts the answers of one extension below /ext/<id>/, for ord_plugin_http_requests_total and
// …_request_duration_seconds.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <string>

#include "metrics/registry.h"

namespace ordinaut::ext {

// Thread-safe; lock-free once a status was seen.
class HttpMeter {
public:
    // `registry` null: nothing is counted.
    HttpMeter(metrics::Registry* registry, std::string extension_id);

    // `took`: to the answer, or to the beginning of a stream.
    void answered(int status, std::chrono::nanoseconds took);

private:
    metrics::Registry* const registry_;
    const std::string extension_id_;
    std::atomic<metrics::Histogram*> durations_{nullptr};
    std::array<std::atomic<metrics::Counter*>, 600> counters_{};  // By status.
};

}  // namespace ordinaut::ext
