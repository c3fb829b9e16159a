// The event spine in one Redis stream.
#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "events/event_bus.h"
#include "events/redis/redis_connection.h"

namespace ordinaut::events::redis {

struct RedisBusOptions {
    std::string stream = "ordinaut:events";
    int64_t length_max = 100'000;  // The oldest beyond (about) this many are dropped.
    Timeouts timeouts = {};
};

// Connects at the first use and again after a break: not before 100 ms have passed, then 200 ms, … 5 s; until then calls fail
// at once. Keeps as many connections as it has been used by threads at the same time, eight at most when idle.
class RedisEventBus final : public EventBus {
public:
    // `clock` must outlive it. kInvalid: errors of parse_redis_url.
    static Result<std::unique_ptr<RedisEventBus>> create(std::string_view url, RedisBusOptions options, const Clock& clock);

    Result<std::string> publish(const NewEvent& event) override;
    Result<std::vector<Event>> recent(int count) override;
    Status ping() override;

private:
    RedisEventBus(RedisUrl url, RedisBusOptions options, const Clock& clock);
    Result<Reply> run(const std::vector<std::string_view>& words);
    Result<std::unique_ptr<RedisConnection>> take();
    Result<std::unique_ptr<RedisConnection>> connect();
    void give_back(std::unique_ptr<RedisConnection> connection);

    const RedisUrl url_;
    const RedisBusOptions options_;
    const std::string length_max_text_;
    const Clock& clock_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<RedisConnection>> idle_;
    std::chrono::milliseconds backoff_{0};  // 0 = the last attempt to connect worked.
    MonoTime retry_at_{};
    std::string last_failure_;
};

}  // namespace ordinaut::events::redis
