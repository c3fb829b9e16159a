#include "events/redis/redis_event_bus.h"

#include <charconv>

#include "base/log.h"

namespace ordinaut::events::redis {
namespace {

constexpr size_t kIdleMax = 8;
constexpr std::chrono::milliseconds kBackoffMin{100};
constexpr std::chrono::milliseconds kBackoffMax{5000};

// A read that got no answer did nothing: for the caller the log is just not there.
Error not_there(Error error) {
    if (error.code == ErrorCode::kInDoubt) error.code = ErrorCode::kUnavailable;
    if (error.code == ErrorCode::kUnavailable && !error.retry_after) error.retry_after = kBackoffMin;
    return error;
}

std::string_view field_of(const Reply& fields, std::string_view name) {
    for (size_t i = 0; i + 1 < fields.items.size(); i += 2)
        if (fields.items[i].text == name) return fields.items[i + 1].text;
    return {};
}

// An entry is [id, [name, value, …]]; its id starts with milliseconds of the server's clock.
Event event_of(const Reply& entry) {
    const Reply& fields = entry.items[1];
    Event event;
    event.id = entry.items[0].text;
    event.topic = field_of(fields, "topic");
    event.payload_json = field_of(fields, "payload");
    event.source = field_of(fields, "source");
    int64_t at_ms = 0;
    std::from_chars(event.id.data(), event.id.data() + event.id.size(), at_ms);
    event.published_at = WallTime(std::chrono::milliseconds(at_ms));
    return event;
}

bool is_entry(const Reply& reply) {
    return reply.kind == Reply::Kind::kArray && reply.items.size() == 2 && reply.items[1].kind == Reply::Kind::kArray;
}

}  // namespace

Result<std::unique_ptr<RedisEventBus>> RedisEventBus::create(std::string_view url, RedisBusOptions options, const Clock& clock) {
    RedisUrl parsed = TRY(parse_redis_url(url));
    return std::unique_ptr<RedisEventBus>(new RedisEventBus(std::move(parsed), std::move(options), clock));
}

RedisEventBus::RedisEventBus(RedisUrl url, RedisBusOptions options, const Clock& clock)
    : url_(std::move(url)), options_(std::move(options)), length_max_text_(std::to_string(options_.length_max)), clock_(clock) {}

Result<std::string> RedisEventBus::publish(const NewEvent& event) {
    TRY(check(event));
    auto reply = run({"XADD", options_.stream, "MAXLEN", "~", length_max_text_, "*", "topic", event.topic, "payload", event.payload_json,
                      "source", event.source});
    if (!reply.ok()) return std::move(reply.error());
    if (reply->kind != Reply::Kind::kText) return internal("Redis answered XADD with something that is not an id");
    return std::move(reply->text);
}

Result<std::vector<Event>> RedisEventBus::recent(int count) {
    const std::string count_text = std::to_string(std::clamp(count, 1, kRecentMax));
    auto reply = run({"XREVRANGE", options_.stream, "+", "-", "COUNT", count_text});
    if (!reply.ok()) return not_there(std::move(reply.error()));
    std::vector<Event> events;
    for (const Reply& entry : reply->items)
        if (is_entry(entry)) events.push_back(event_of(entry));
    return events;
}

Status RedisEventBus::ping() {
    auto reply = run({"PING"});
    if (!reply.ok()) return not_there(std::move(reply.error()));
    return ok();
}

Result<Reply> RedisEventBus::run(const std::vector<std::string_view>& words) {
    auto connection = TRY(take());
    auto reply = connection->command(words);
    if (connection->healthy()) give_back(std::move(connection));
    if (!reply.ok() && reply.error().code == ErrorCode::kUnavailable) reply.error().retry_after = kBackoffMin;
    return reply;
}

Result<std::unique_ptr<RedisConnection>> RedisEventBus::take() {
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

Result<std::unique_ptr<RedisConnection>> RedisEventBus::connect() {
    auto connection = RedisConnection::open(url_, options_.timeouts);
    const std::lock_guard lock(mutex_);
    if (connection.ok()) {
        if (backoff_.count() > 0) log_info("redis.reconnected");
        backoff_ = std::chrono::milliseconds(0);
        return connection;
    }
    if (backoff_.count() == 0) log_warn("redis.unreachable", {{"reason", connection.error().message}});
    backoff_ = std::clamp(backoff_ * 2, kBackoffMin, kBackoffMax);
    retry_at_ = clock_.mono_now() + backoff_;
    last_failure_ = connection.error().message;
    connection.error().retry_after = backoff_;
    return connection;
}

void RedisEventBus::give_back(std::unique_ptr<RedisConnection> connection) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kIdleMax) idle_.push_back(std::move(connection));
}

}  // namespace ordinaut::events::redis
