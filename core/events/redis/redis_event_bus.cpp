#include "events/redis/redis_event_bus.h"

#include <charconv>

namespace ordinaut::events::redis {
namespace {

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
    return reply.kind == Reply::Kind::kArray && reply.items.size() == 2 &&
           reply.items[1].kind == Reply::Kind::kArray;
}

}  // namespace

Result<std::unique_ptr<RedisEventBus>> RedisEventBus::create(std::string_view url,
                                                             RedisBusOptions options,
                                                             const Clock& clock) {
    RedisUrl parsed = TRY(parse_redis_url(url));
    return std::unique_ptr<RedisEventBus>(
        new RedisEventBus(std::move(parsed), std::move(options), clock));
}

RedisEventBus::RedisEventBus(RedisUrl url, RedisBusOptions options, const Clock& clock)
    : options_(std::move(options)),
      length_max_text_(std::to_string(options_.length_max)),
      pool_(std::move(url), options_.timeouts, clock) {}

Result<std::string> RedisEventBus::publish(const NewEvent& event) {
    TRY(check(event));
    auto reply = pool_.run({"XADD", options_.stream, "MAXLEN", "~", length_max_text_, "*", "topic",
                            event.topic, "payload", event.payload_json, "source", event.source});
    if (!reply.ok()) return std::move(reply.error());
    if (reply->kind != Reply::Kind::kText)
        return internal("Redis answered XADD with something that is not an id");
    return std::move(reply->text);
}

Result<std::vector<Event>> RedisEventBus::recent(int count) {
    const std::string count_text = std::to_string(std::clamp(count, 1, kRecentMax));
    auto reply = pool_.run({"XREVRANGE", options_.stream, "+", "-", "COUNT", count_text});
    if (!reply.ok()) return not_there(std::move(reply.error()));
    std::vector<Event> events;
    for (const Reply& entry : reply->items)
        if (is_entry(entry)) events.push_back(event_of(entry));
    return events;
}

Status RedisEventBus::ping() {
    auto reply = pool_.run({"PING"});
    if (!reply.ok()) return not_there(std::move(reply.error()));
    return ok();
}

}  // namespace ordinaut::events::redis
