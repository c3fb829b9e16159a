// The event spine: an append-only log of events, by topic.
//
// Only appending and looking back; turning events into due work is spine/'s, over consumer groups.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace ordinaut::events {

struct NewEvent {
    // "orders.created": 1 to 200 bytes; segments of letters, digits, '_' and '-' between dots.
    std::string topic;
    std::string payload_json;  // One JSON text, at most kPayloadBytesMax. The caller has parsed it.
    // Who publishes: an agent's id, "host" or an extension's id. At most 200 bytes.
    std::string source;
    // Of `source`, at most 200 bytes: publishing it again within `remember` is the same event.
    // Empty = the event has no name but its id in the log.
    std::string event_id = {};
    std::chrono::seconds remember = std::chrono::hours(24);
    std::string causation_id = {}, trace_id = {};
    int causation_depth = 0;
};

struct Event {
    std::string id;  // Of the log: grows, "1772352000000-0".
    std::string topic;
    std::string payload_json;
    std::string source;
    WallTime published_at{};  // The log's clock, in milliseconds.
    std::string event_id;     // As NewEvent's; empty when it has none.
    int causation_depth = 0;
};

struct TopicInfo {
    std::string topic;
    WallTime last_published_at{};
};

// Whose reading the log waits for before it forgets: the group that turns events into due work.
inline constexpr std::string_view kSpineGroup = "ordinaut:spine";

inline constexpr size_t kPayloadBytesMax = 1 << 20;
inline constexpr int kRecentMax = 1000;
inline constexpr int kTopicsKnownMax = 10'000;  // Those not published to for the longest go first.

// kInvalid for a topic, source or event_id of another form (pointers "/topic", "/source",
// "/event_id"), kTooLarge for the payload.
Status check(const NewEvent& event);

// Thread-safe. Calls may block for the length of a round trip, and for a few seconds at most when
// the log does not answer.
class EventBus {
public:
    virtual ~EventBus() = default;

    // Appends and returns the event's id. Errors of check(). kUnavailable (with retry_after): the
    // log cannot be reached, or is full of events that were not turned into work yet; nothing was
    // appended. kInDoubt: the connection broke before the answer; the event may or may not be
    // there.
    virtual Result<std::string> publish(const NewEvent& event) = 0;

    // The newest events, newest first; `count` is cut to 1…kRecentMax. kUnavailable.
    virtual Result<std::vector<Event>> recent(int count) = 0;

    // Topics the log has seen, the last published to first.
    virtual Result<std::vector<TopicInfo>> topics() = 0;

    // Drops the events published before `horizon`, but none that kSpineGroup has yet to finish; how
    // many. kUnavailable.
    virtual Result<int64_t> drop_before(WallTime horizon) = 0;

    virtual Status ping() = 0;  // A round trip. kUnavailable says why not.
};

}  // namespace ordinaut::events
