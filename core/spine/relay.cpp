#include "spine/relay.h"

namespace ordinaut::spine {

void Relay::start() {
    // Whoever writes to the outbox wakes those who watch runs.
    listening_ = wakeup_.listen(store::Channel::kRuns, [this] { worker_.wake(); });
    worker_.start([this] { return step(); },
                  [this](Worker& worker) {
                      worker.rest(options_.breath);
                      worker.pause(options_.poll);
                  });
}

void Relay::stop() {
    listening_.reset();
    worker_.stop();
}

Status Relay::publish(const std::vector<store::OutboxBatch>& batches) {
    for (const auto& batch : batches) {
        std::vector<events::NewStreamEntry> entries;
        for (const auto& event : batch.events)
            entries.push_back({.topic = event.topic,
                               .payload_json = event.payload_json,
                               .source = "host",
                               .event_id = batch.id + ":" + std::to_string(entries.size()),
                               .trace_id = event.trace_id,
                               .causation_depth = event.causation_depth});
        TRY(streams_.append_all(batch.id, entries));
    }
    return ok();
}

Result<bool> Relay::step() {
    int64_t events = 0;
    const int taken = TRY(store_.relay(options_.batch, [&](const auto& batches) {
        events = 0;
        for (const auto& batch : batches) events += static_cast<int64_t>(batch.events.size());
        return publish(batches);
    }));
    if (options_.metrics != nullptr && events > 0)
        options_.metrics
            ->counter("orchestrator_host_events_total",
                      "The host's own events, published to the spine.")
            .add(static_cast<double>(events));
    return taken == options_.batch;
}

}  // namespace ordinaut::spine
