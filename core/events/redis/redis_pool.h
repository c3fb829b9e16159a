// Connections to one Redis server, shared by threads.
#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "events/redis/redis_connection.h"

namespace ordinaut::events::redis {

// Thread-safe. Connects at the first use and again after a break: not before 100 ms have passed,
// then 200 ms, … 5 s; until then calls fail at once. Keeps as many connections as it has been used
// by threads at the same time, eight at most when idle.
class RedisPool {
public:
    // `clock` must outlive it.
    RedisPool(RedisUrl url, Timeouts timeouts, const Clock& clock)
        : url_(std::move(url)), timeouts_(timeouts), clock_(clock) {}

    // As RedisConnection::command; kUnavailable has a retry_after.
    Result<Reply> run(const std::vector<std::string_view>& words);

private:
    Result<std::unique_ptr<RedisConnection>> take();
    Result<std::unique_ptr<RedisConnection>> connect();
    void give_back(std::unique_ptr<RedisConnection> connection);

    const RedisUrl url_;
    const Timeouts timeouts_;
    const Clock& clock_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<RedisConnection>> idle_;
    std::chrono::milliseconds backoff_{0};  // 0 = the last attempt to connect worked.
    MonoTime retry_at_{};
    std::string last_failure_;
};

// A call that got no answer and changes nothing: for the caller the server is just not there.
Error not_there(Error error);

}  // namespace ordinaut::events::redis
