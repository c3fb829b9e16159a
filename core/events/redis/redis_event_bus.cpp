#include "events/redis/redis_event_bus.h"

#include <charconv>

#include "events/redis/spine_script.h"

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
    event.event_id = field_of(fields, "event_id");
    const std::string_view depth = field_of(fields, "depth");
    std::from_chars(depth.data(), depth.data() + depth.size(), event.causation_depth);
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
    : options_(std::move(options)), pool_(std::move(url), options_.timeouts, clock) {}

Result<std::string> RedisEventBus::publish(const NewEvent& event) {
    TRY(check(event));
    NewStreamEntry entry{.topic = event.topic,
                         .payload_json = event.payload_json,
                         .source = event.source,
                         .event_id = event.event_id,
                         .causation_id = event.causation_id,
                         .trace_id = event.trace_id,
                         .causation_depth = event.causation_depth};
    const std::string name =
        event.event_id.empty() ? "" : seen_key(event.source, "", event.event_id);
    return append_to_spine(pool_, {options_.stream, options_.length_max}, name, event.remember,
                           {std::move(entry)});
}

Result<std::vector<TopicInfo>> RedisEventBus::topics() {
    auto reply = pool_.run({"ZREVRANGE", options_.stream + "#topics", "0", "-1", "WITHSCORES"});
    if (!reply.ok()) return not_there(std::move(reply.error()));
    std::vector<TopicInfo> topics;
    for (size_t i = 0; i + 1 < reply->items.size(); i += 2) {
        const std::string& score = reply->items[i + 1].text;
        int64_t at_ms = 0;
        std::from_chars(score.data(), score.data() + score.size(), at_ms);
        topics.push_back({reply->items[i].text, WallTime(std::chrono::milliseconds(at_ms))});
    }
    return topics;
}

Result<int64_t> RedisEventBus::drop_before(WallTime horizon) {
    // KEYS: stream, its topics. ARGV: milliseconds, group that must not lose.
    static constexpr std::string_view kDrop = R"(
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local horizon = tonumber(ARGV[1])
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local is = {}
  for i = 1, #group, 2 do is[group[i]] = group[i + 1] end
  if is['name'] == ARGV[2] then
    horizon = math.min(horizon, tonumber(string.match(is['last-delivered-id'], '^%d+')))
    local first = redis.call('XPENDING', KEYS[1], ARGV[2])[2]
    if first then horizon = math.min(horizon, tonumber(string.match(first, '^%d+'))) end
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. string.format('%.0f', horizon))
return redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', horizon)))";
    const std::string horizon_ms = std::to_string(
        std::chrono::floor<std::chrono::milliseconds>(horizon).time_since_epoch().count());
    const std::string topics = options_.stream + "#topics";
    auto reply = pool_.run({"EVAL", kDrop, "2", options_.stream, topics, horizon_ms, kSpineGroup});
    if (!reply.ok()) return not_there(std::move(reply.error()));
    return reply->integer;
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
