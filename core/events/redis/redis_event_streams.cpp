#include "events/redis/redis_event_streams.h"

#include <charconv>

#include "events/redis/spine_script.h"

namespace ordinaut::events::redis {
namespace {

constexpr std::string_view kConsumer = "host";

// KEYS: stream, set of the space's topics, what remembers the event's id, set of the owner's
// spaces. ARGV: length, topics at most, seconds to remember, topic, space, then names and values.
constexpr std::string_view kAppend = R"(
local seen = redis.call('GET', KEYS[3])
if seen then return seen end
if redis.call('SISMEMBER', KEYS[2], ARGV[4]) == 0 then
  if redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[2]) then
    return redis.error_reply('TOOMANY this namespace has ' .. ARGV[2] .. ' topics already')
  end
  redis.call('SADD', KEYS[2], ARGV[4])
  redis.call('SADD', KEYS[4], ARGV[5])
end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', unpack(ARGV, 6))
redis.call('SET', KEYS[3], id, 'EX', ARGV[3])
return id)";

// KEYS: stream, set of the space's topics, set of the owner's spaces.
// ARGV: group, from, topic, space, topics at most, groups at most.
constexpr std::string_view kMakeGroup = R"(
if redis.call('SISMEMBER', KEYS[2], ARGV[3]) == 0 then
  if redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[5]) then
    return redis.error_reply('TOOMANY this namespace has ' .. ARGV[5] .. ' topics already')
  end
  redis.call('SADD', KEYS[2], ARGV[3])
  redis.call('SADD', KEYS[3], ARGV[4])
end
if redis.call('EXISTS', KEYS[1]) == 1 then
  local groups = redis.call('XINFO', 'GROUPS', KEYS[1])
  for _, group in ipairs(groups) do
    if group[2] == ARGV[1] then return 'OK' end
  end
  if #groups >= tonumber(ARGV[6]) then
    return redis.error_reply('TOOMANY this topic has ' .. ARGV[6] .. ' groups already')
  end
end
return redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[2], 'MKSTREAM'))";

// KEYS: stream. Its length, its newest id, its groups.
constexpr std::string_view kInspect = R"(
if redis.call('EXISTS', KEYS[1]) == 0 then return {0, '0-0', {}} end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
return {redis.call('XLEN', KEYS[1]), newest[1] and newest[1][1] or '0-0',
        redis.call('XINFO', 'GROUPS', KEYS[1])})";

std::string topics_key(const std::string& space) { return "ext:" + space + "#topics"; }
std::string spaces_key(const std::string& space) {
    return "ext:" + space.substr(0, space.find(':')) + "#spaces";
}

std::string_view field_of(const Reply& fields, std::string_view name) {
    for (size_t i = 0; i + 1 < fields.items.size(); i += 2)
        if (fields.items[i].text == name) return fields.items[i + 1].text;
    return {};
}

template <class Number>
Number number_of(std::string_view text) {
    Number value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::optional<int64_t> integer_of(const Reply& fields, std::string_view name) {
    for (size_t i = 0; i + 1 < fields.items.size(); i += 2)
        if (fields.items[i].text == name && fields.items[i + 1].kind == Reply::Kind::kInteger)
            return fields.items[i + 1].integer;
    return std::nullopt;
}

bool is_before(const StreamEntry& entry, const StreamEntry& other) {
    const auto parts = [](std::string_view id) {
        return std::pair(number_of<uint64_t>(id), number_of<uint64_t>(id.substr(id.find('-') + 1)));
    };
    return parts(entry.id) < parts(other.id);
}

bool is_entry(const Reply& reply) {
    return reply.kind == Reply::Kind::kArray && reply.items.size() == 2 &&
           reply.items[1].kind == Reply::Kind::kArray;
}

StreamEntry entry_of(const Reply& reply) {
    const Reply& fields = reply.items[1];
    StreamEntry entry;
    entry.id = reply.items[0].text;
    entry.topic = field_of(fields, "topic");
    entry.payload_json = field_of(fields, "payload");
    entry.source = field_of(fields, "source");
    entry.event_id = field_of(fields, "event_id");
    entry.causation_id = field_of(fields, "causation_id");
    entry.trace_id = field_of(fields, "trace_id");
    entry.causation_depth = number_of<int>(field_of(fields, "depth"));
    entry.published_at = WallTime(std::chrono::milliseconds(number_of<int64_t>(entry.id)));
    return entry;
}

template <class T>
Error read_error(Result<T>& reply) {
    return not_there(std::move(reply.error()));
}

}  // namespace

Result<std::unique_ptr<RedisEventStreams>> RedisEventStreams::create(std::string_view url,
                                                                     RedisStreamsOptions options,
                                                                     const Clock& clock) {
    RedisUrl parsed = TRY(parse_redis_url(url));
    return std::unique_ptr<RedisEventStreams>(
        new RedisEventStreams(std::move(parsed), std::move(options), clock));
}

std::string RedisEventStreams::key_of(const StreamRef& stream) const {
    return stream.space.empty() ? options_.spine : "ext:" + stream.space + ":" + stream.topic;
}

Result<std::string> RedisEventStreams::append(const StreamRef& stream,
                                              const NewStreamEntry& entry) {
    const std::string seen = seen_key(entry.source, stream.space, entry.event_id);
    if (stream.space.empty())
        return append_to_spine(pool_, {options_.spine, options_.spine_length_max}, seen,
                               entry.remember, {entry});
    const std::string key = key_of(stream), topics = topics_key(stream.space),
                      spaces = spaces_key(stream.space);
    const std::string length = std::to_string(options_.topic_length_max);
    const std::string topics_max = std::to_string(kTopicsMax);
    const std::string remember = std::to_string(entry.remember.count()),
                      depth = std::to_string(entry.causation_depth);
    auto reply = pool_.run({"EVAL",
                            kAppend,
                            "4",
                            key,
                            topics,
                            seen,
                            spaces,
                            length,
                            topics_max,
                            remember,
                            stream.topic,
                            stream.space,
                            "topic",
                            entry.topic,
                            "payload",
                            entry.payload_json,
                            "source",
                            entry.source,
                            "event_id",
                            entry.event_id,
                            "causation_id",
                            entry.causation_id,
                            "trace_id",
                            entry.trace_id,
                            "depth",
                            depth});
    if (!reply.ok()) return std::move(reply.error());
    if (reply->kind != Reply::Kind::kText)
        return internal("Redis answered with something that is not an id");
    return std::move(reply->text);
}

Status RedisEventStreams::append_all(const std::string& batch,
                                     const std::vector<NewStreamEntry>& entries) {
    if (entries.empty()) return ok();
    TRY(append_to_spine(pool_, {options_.spine, options_.spine_length_max},
                        seen_key(entries.front().source, "", "batch:" + batch),
                        std::chrono::hours(1), entries));
    return ok();
}

Result<std::vector<std::string>> RedisEventStreams::topics(const std::string& space) {
    auto reply = pool_.run({"SMEMBERS", topics_key(space)});
    if (!reply.ok()) return read_error(reply);
    std::vector<std::string> names;
    for (const Reply& name : reply->items) names.push_back(name.text);
    std::sort(names.begin(), names.end());
    return names;
}

Result<bool> RedisEventStreams::enter_group(const std::string& space, const std::string& group) {
    const auto reply = TRY(pool_.run({"SADD", "ext:" + space + "#groups", group}));
    return reply.integer == 1;
}

Status RedisEventStreams::make_group(const StreamRef& stream, const std::string& group,
                                     const std::string& from) {
    auto reply = stream.space.empty()
                     ? pool_.run({"XGROUP", "CREATE", key_of(stream), group, from, "MKSTREAM"})
                     : pool_.run({"EVAL", kMakeGroup, "3", key_of(stream), topics_key(stream.space),
                                  spaces_key(stream.space), group, from, stream.topic, stream.space,
                                  std::to_string(kTopicsMax), std::to_string(kGroupsMax)});
    // It is there already.
    if (reply.ok() || reply.error().code == ErrorCode::kConflict) return ok();
    return read_error(reply);  // Made twice it is the same group.
}

Result<std::vector<StreamEntry>> RedisEventStreams::read_new(const StreamRef& stream,
                                                             const std::string& group, int count) {
    const std::string count_text = std::to_string(count);
    auto reply = pool_.run({"XREADGROUP", "GROUP", group, kConsumer, "COUNT", count_text, "STREAMS",
                            key_of(stream), ">"});
    if (!reply.ok()) return std::move(reply.error());
    std::vector<StreamEntry> entries;
    if (reply->items.size() != 1 || reply->items[0].items.size() != 2) return entries;
    for (const Reply& given : reply->items[0].items[1].items)
        if (is_entry(given)) entries.push_back(entry_of(given));
    return entries;
}

Result<int> RedisEventStreams::deliveries_of(const std::string& key, const std::string& group,
                                             const std::string& id) {
    const auto reply = TRY(pool_.run({"XPENDING", key, group, id, id, "1"}));
    if (reply.items.size() != 1 || reply.items[0].items.size() != 4) return 1;
    return static_cast<int>(std::clamp<int64_t>(reply.items[0].items[3].integer, 1, INT32_MAX));
}

Result<Overdue> RedisEventStreams::read_overdue(const StreamRef& stream, const std::string& group,
                                                std::chrono::milliseconds idle, int count) {
    const std::string key = key_of(stream), idle_text = std::to_string(idle.count()),
                      count_text = std::to_string(count);
    auto reply =
        pool_.run({"XAUTOCLAIM", key, group, kConsumer, idle_text, "0-0", "COUNT", count_text});
    if (!reply.ok()) return std::move(reply.error());
    Overdue overdue;
    if (reply->items.size() < 2) return overdue;
    for (const Reply& given : reply->items[1].items) {
        if (!is_entry(given)) continue;
        overdue.entries.push_back(entry_of(given));
        overdue.entries.back().deliveries =
            TRY(deliveries_of(key, group, overdue.entries.back().id));
    }
    if (reply->items.size() > 2) overdue.dropped = reply->items[2].items.size();
    return overdue;
}

Status RedisEventStreams::acknowledge(const StreamRef& stream, const std::string& group,
                                      const std::vector<std::string>& ids) {
    if (ids.empty()) return ok();
    const std::string key = key_of(stream);
    std::vector<std::string_view> words = {"XACK", key, group};
    words.insert(words.end(), ids.begin(), ids.end());
    auto reply = pool_.run(words);
    if (reply.ok()) return ok();
    return read_error(reply);  // Acknowledged twice is acknowledged.
}

Status RedisEventStreams::give_back(const StreamRef& stream, const std::string& group,
                                    const std::string& id, std::chrono::milliseconds idle) {
    const std::string key = key_of(stream),
                      idle_text = std::to_string(std::max<int64_t>(idle.count(), 0));
    auto reply = pool_.run({"XCLAIM", key, group, kConsumer, "0", id, "IDLE", idle_text, "JUSTID"});
    if (reply.ok()) return ok();
    return read_error(reply);
}

// One command, so that what it sees of the streams is of one moment.
Result<std::vector<StreamEntry>> RedisEventStreams::read_after(
    const std::vector<StreamRef>& streams, const std::vector<std::string>& after, int count) {
    std::vector<StreamEntry> entries;
    if (streams.empty()) return entries;
    const std::string count_text = std::to_string(count);
    std::vector<std::string> keys;
    for (const auto& stream : streams) keys.push_back(key_of(stream));
    std::vector<std::string_view> words = {"XREAD", "COUNT", count_text, "STREAMS"};
    words.insert(words.end(), keys.begin(), keys.end());
    words.insert(words.end(), after.begin(), after.end());
    auto reply = pool_.run(words);
    if (!reply.ok()) return read_error(reply);
    for (const Reply& read : reply->items) {
        if (read.items.size() != 2) continue;
        for (const Reply& given : read.items[1].items)
            if (is_entry(given)) entries.push_back(entry_of(given));
    }
    std::stable_sort(entries.begin(), entries.end(), is_before);
    if (entries.size() > static_cast<size_t>(count)) entries.resize(static_cast<size_t>(count));
    return entries;
}

Result<std::vector<std::string>> RedisEventStreams::spaces(const std::string& owner) {
    auto reply = pool_.run({"SMEMBERS", spaces_key(owner)});
    if (!reply.ok()) return read_error(reply);
    std::vector<std::string> names;
    for (const Reply& name : reply->items) names.push_back(name.text);
    std::sort(names.begin(), names.end());
    return names;
}

Result<StreamState> RedisEventStreams::inspect(const StreamRef& stream) {
    auto reply = pool_.run({"EVAL", kInspect, "1", key_of(stream)});
    if (!reply.ok()) return read_error(reply);
    if (reply->items.size() != 3) return internal("Redis described a stream in an unknown form");
    StreamState state;
    state.length = reply->items[0].integer;
    state.last_id = reply->items[1].text;
    for (const Reply& fields : reply->items[2].items) {
        GroupState group;
        group.group = field_of(fields, "name");
        group.last_read_id = field_of(fields, "last-delivered-id");
        group.pending = integer_of(fields, "pending").value_or(0);
        group.lag = integer_of(fields, "lag");
        state.groups.push_back(std::move(group));
    }
    std::sort(state.groups.begin(), state.groups.end(),
              [](const auto& a, const auto& b) { return a.group < b.group; });
    return state;
}

Result<std::string> RedisEventStreams::newest(const std::string& key) {
    auto reply = pool_.run({"XREVRANGE", key, "+", "-", "COUNT", "1"});
    if (!reply.ok()) return read_error(reply);
    return reply->items.empty() || !is_entry(reply->items[0]) ? std::string("0-0")
                                                              : reply->items[0].items[0].text;
}

Status RedisEventStreams::wait(const std::vector<StreamRef>& streams,
                               std::vector<std::string>& positions,
                               std::chrono::milliseconds limit) {
    std::vector<std::string> keys;
    keys.reserve(streams.size());
    for (const auto& stream : streams) keys.push_back(key_of(stream));
    if (positions.size() != keys.size()) {
        std::vector<std::string> found;
        found.reserve(keys.size());
        for (const auto& key : keys) found.push_back(TRY(newest(key)));
        positions = std::move(found);
        return ok();  // What came before this line was perhaps not read yet.
    }
    const std::string limit_text = std::to_string(std::max<int64_t>(limit.count(), 1));
    std::vector<std::string_view> words = {"XREAD", "COUNT", "1", "BLOCK", limit_text, "STREAMS"};
    words.insert(words.end(), keys.begin(), keys.end());
    words.insert(words.end(), positions.begin(), positions.end());
    auto reply = pool_.run(words);
    if (!reply.ok()) return read_error(reply);
    for (const Reply& changed : reply->items) {
        if (changed.items.empty()) continue;
        const auto at = std::find(keys.begin(), keys.end(), changed.items[0].text);
        if (at != keys.end()) positions[static_cast<size_t>(at - keys.begin())] = TRY(newest(*at));
    }
    return ok();
}

}  // namespace ordinaut::events::redis
