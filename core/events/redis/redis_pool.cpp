#include "events/redis/redis_pool.h"

#include "base/log.h"

namespace ordinaut::events::redis {
namespace {

constexpr size_t kIdleMax = 8;
constexpr std::chrono::milliseconds kBackoffMin{100};
constexpr std::chrono::milliseconds kBackoffMax{5000};

}  // namespace

Error not_there(Error error) {
    if (error.code == ErrorCode::kInDoubt) error.code = ErrorCode::kUnavailable;
    if (error.code == ErrorCode::kUnavailable && !error.retry_after)
        error.retry_after = kBackoffMin;
    return error;
}

Result<Reply> RedisPool::run(const std::vector<std::string_view>& words) {
    auto connection = TRY(take());
    auto reply = connection->command(words);
    if (connection->healthy()) give_back(std::move(connection));
    if (!reply.ok() && reply.error().code == ErrorCode::kUnavailable)
        reply.error().retry_after = kBackoffMin;
    return reply;
}

Result<std::unique_ptr<RedisConnection>> RedisPool::take() {
    {
        const std::lock_guard lock(mutex_);
        while (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            if (connection->alive()) return connection;
        }
        const MonoTime now = clock_.mono_now();
        if (backoff_.count() > 0 && now < retry_at_) {
            Error error = unavailable(last_failure_);
            error.retry_after = std::chrono::ceil<std::chrono::milliseconds>(retry_at_ - now);
            return error;
        }
    }
    return connect();
}

Result<std::unique_ptr<RedisConnection>> RedisPool::connect() {
    auto connection = RedisConnection::open(url_, timeouts_);
    const std::lock_guard lock(mutex_);
    if (connection.ok()) {
        if (backoff_.count() > 0) log_info("redis.reconnected");
        backoff_ = std::chrono::milliseconds(0);
        return connection;
    }
    if (backoff_.count() == 0)
        log_warn("redis.unreachable", {{"reason", connection.error().message}});
    backoff_ = std::clamp(backoff_ * 2, kBackoffMin, kBackoffMax);
    retry_at_ = clock_.mono_now() + backoff_;
    last_failure_ = connection.error().message;
    connection.error().retry_after = backoff_;
    return connection;
}

void RedisPool::give_back(std::unique_ptr<RedisConnection> connection) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdleMax) idle_.push_back(std::move(connection));
}

}  // namespace ordinaut::events::redis
