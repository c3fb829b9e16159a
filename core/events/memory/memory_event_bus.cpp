#include "events/memory/memory_event_bus.h"

namespace ordinaut::events::memory {

Result<std::string> MemoryEventBus::publish(const NewEvent& event) {
    TRY(check(event));
    const std::lock_guard lock(mutex_);
    if (!event.event_id.empty()) {
        const auto seen = seen_.find({event.source, event.event_id});
        if (seen != seen_.end()) return seen->second;
    }
    const auto now = std::chrono::floor<std::chrono::milliseconds>(clock_.wall_now());
    // Ids grow when the clock steps back, too.
    const int64_t now_ms = std::max(now.time_since_epoch().count(), last_ms_);
    last_sequence_ = now_ms == last_ms_ ? last_sequence_ + 1 : 0;
    last_ms_ = now_ms;
    std::string id = std::to_string(now_ms) + "-" + std::to_string(last_sequence_);
    const WallTime published_at{std::chrono::milliseconds(now_ms)};
    events_.push_back({id, event.topic, event.payload_json, event.source, published_at,
                       event.event_id, event.causation_depth});
    topics_[event.topic] = published_at;
    if (!event.event_id.empty()) seen_[{event.source, event.event_id}] = id;
    if (events_.size() > length_max_) events_.pop_front();
    return id;
}

Result<std::vector<TopicInfo>> MemoryEventBus::topics() {
    const std::lock_guard lock(mutex_);
    std::vector<TopicInfo> topics;
    topics.reserve(topics_.size());
    for (const auto& [topic, at] : topics_) topics.push_back({topic, at});
    std::stable_sort(topics.begin(), topics.end(), [](const auto& a, const auto& b) {
        return a.last_published_at > b.last_published_at;
    });
    return topics;
}

Result<int64_t> MemoryEventBus::drop_before(WallTime horizon) {
    const std::lock_guard lock(mutex_);
    const auto dropped =
        std::erase_if(events_, [&](const Event& event) { return event.published_at < horizon; });
    std::erase_if(topics_, [&](const auto& entry) { return entry.second < horizon; });
    return static_cast<int64_t>(dropped);
}

Result<std::vector<Event>> MemoryEventBus::recent(int count) {
    const std::lock_guard lock(mutex_);
    const size_t wanted =
        std::min<size_t>(events_.size(), static_cast<size_t>(std::clamp(count, 1, kRecentMax)));
    return std::vector<Event>(events_.rbegin(),
                              events_.rbegin() + static_cast<std::ptrdiff_t>(wanted));
}

}  // namespace ordinaut::events::memory
