#include "events/memory/memory_event_bus.h"

namespace ordinaut::events::memory {

Result<std::string> MemoryEventBus::publish(const NewEvent& event) {
    TRY(check(event));
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::floor<std::chrono::milliseconds>(clock_.wall_now());
    // Ids grow when the clock steps back, too.
    const int64_t now_ms = std::max(now.time_since_epoch().count(), last_ms_);
    last_sequence_ = now_ms == last_ms_ ? last_sequence_ + 1 : 0;
    last_ms_ = now_ms;
    std::string id = std::to_string(now_ms) + "-" + std::to_string(last_sequence_);
    events_.push_back({id, event.topic, event.payload_json, event.source,
                       WallTime(std::chrono::milliseconds(now_ms))});
    if (events_.size() > length_max_) events_.pop_front();
    return id;
}

Result<std::vector<Event>> MemoryEventBus::recent(int count) {
    const std::lock_guard lock(mutex_);
    const size_t wanted =
        std::min<size_t>(events_.size(), static_cast<size_t>(std::clamp(count, 1, kRecentMax)));
    return std::vector<Event>(events_.rbegin(),
                              events_.rbegin() + static_cast<std::ptrdiff_t>(wanted));
}

}  // namespace ordinaut::events::memory
