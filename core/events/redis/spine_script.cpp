#include "events/redis/spine_script.h"

#include "events/event_bus.h"

namespace ordinaut::events::redis {
namespace {

// KEYS: stream, its topics, what remembers the entries.
// ARGV: length, length at most, group that must not lose, seconds to remember (0 = no), topics at
// most, values per entry; then for each entry the names and values of its fields, the topic's
// first.
constexpr std::string_view kAppend = R"(
if ARGV[4] ~= '0' then
  local seen = redis.call('GET', KEYS[3])
  if seen then return seen end
end
local keep = tonumber(ARGV[1])
local length = redis.call('XLEN', KEYS[1])
if length > keep then
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local is = {}
    for i = 1, #group, 2 do is[group[i]] = group[i + 1] end
    if is['name'] == ARGV[3] then
      local behind = (is['lag'] or length) + is['pending']
      if behind >= tonumber(ARGV[2]) then
        return redis.error_reply('BUSY the event spine holds ' .. behind ..
          ' events that were not turned into work yet; is a process with the role scheduler running?')
      end
      keep = math.max(keep, behind)
    end
  end
end
local id, topics = nil, {}
for at = 7, #ARGV, tonumber(ARGV[6]) do
  id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', keep, '*', unpack(ARGV, at, at + ARGV[6] - 1))
  topics[ARGV[at + 1]] = true
end
for topic in pairs(topics) do
  redis.call('ZADD', KEYS[2], string.match(id, '^%d+'), topic)
end
if redis.call('ZCARD', KEYS[2]) > tonumber(ARGV[5]) then
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -ARGV[5] - 1)
end
if ARGV[4] ~= '0' then redis.call('SET', KEYS[3], id, 'EX', ARGV[4]) end
return id)";

constexpr int kHardFactor = 10;

}  // namespace

std::string seen_key(const std::string& source, const std::string& space,
                     const std::string& event_id) {
    return "ext:" + source + "#event:" + space + ":" + event_id;
}

Result<std::string> append_to_spine(RedisPool& pool, const SpineBounds& bounds,
                                    const std::string& name, std::chrono::seconds remember,
                                    const std::vector<NewStreamEntry>& entries) {
    std::vector<std::string> owned = {
        std::to_string(bounds.length_max), std::to_string(bounds.length_max * kHardFactor),
        std::string(kSpineGroup),          name.empty() ? "0" : std::to_string(remember.count()),
        std::to_string(kTopicsKnownMax),   "14"};
    for (const auto& entry : entries) owned.push_back(std::to_string(entry.causation_depth));
    const std::string topics = bounds.stream + "#topics";
    std::vector<std::string_view> words = {"EVAL", kAppend, "3", bounds.stream, topics, name};
    words.insert(words.end(), owned.begin(), owned.begin() + 6);
    for (size_t i = 0; i < entries.size(); ++i) {
        const NewStreamEntry& entry = entries[i];
        for (const std::string_view word : std::initializer_list<std::string_view>{
                 "topic", entry.topic, "payload", entry.payload_json, "source", entry.source,
                 "event_id", entry.event_id, "causation_id", entry.causation_id, "trace_id",
                 entry.trace_id, "depth", owned[6 + i]})
            words.push_back(word);
    }
    auto reply = pool.run(words);
    // Its name makes it the same: a second try cannot append it twice.
    if (!reply.ok() && reply.error().code == ErrorCode::kInDoubt && !name.empty())
        reply = pool.run(words);
    if (!reply.ok()) return std::move(reply.error());
    if (reply->kind != Reply::Kind::kText)
        return internal("Redis answered with something that is not an id");
    return std::move(reply->text);
}

}  // namespace ordinaut::events::redis
