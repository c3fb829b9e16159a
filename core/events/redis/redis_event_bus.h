// The event spine in one Redis stream.
#pragma once
#include <memory>
#include <vector>

#include "events/event_bus.h"
#include "events/redis/redis_pool.h"

namespace ordinaut::events::redis {

struct RedisBusOptions {
    std::string stream = "ordinaut:events";
    int64_t length_max = 100'000;  // As SpineBounds::length_max.
    Timeouts timeouts = {};
};

// Connects as RedisPool does.
class RedisEventBus final : public EventBus {
public:
    // `clock` must outlive it. kInvalid: errors of parse_redis_url.
    static Result<std::unique_ptr<RedisEventBus>> create(std::string_view url,
                                                         RedisBusOptions options,
                                                         const Clock& clock);

    Result<std::string> publish(const NewEvent& event) override;
    Result<std::vector<Event>> recent(int count) override;
    Result<std::vector<TopicInfo>> topics() override;
    Result<int64_t> drop_before(WallTime horizon) override;
    Status ping() override;

private:
    RedisEventBus(RedisUrl url, RedisBusOptions options, const Clock& clock);
    const RedisBusOptions options_;
    RedisPool pool_;
};

}  // namespace ordinaut::events::redis
