// The event spine in memory, for tests.
#pragma once
#include <deque>
#include <map>
#include <mutex>

#include "events/event_bus.h"

namespace ordinaut::events::memory {

// Keeps the newest `length_max` events. `clock` must outlive it.
class MemoryEventBus final : public EventBus {
public:
    explicit MemoryEventBus(const Clock& clock, size_t length_max = 100'000)
        : clock_(clock), length_max_(length_max) {}

    Result<std::string> publish(const NewEvent& event) override;
    Result<std::vector<Event>> recent(int count) override;
    Result<std::vector<TopicInfo>> topics() override;
    Result<int64_t> drop_before(WallTime horizon) override;
    Status ping() override { return ok(); }

private:
    const Clock& clock_;
    const size_t length_max_;
    std::mutex mutex_;
    std::deque<Event> events_;
    std::map<std::pair<std::string, std::string>, std::string> seen_;  // By source and event_id.
    std::map<std::string, WallTime> topics_;
    int64_t last_ms_ = 0;
    int64_t last_sequence_ = -1;
};

}  // namespace ordinaut::events::memory
