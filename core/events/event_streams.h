// Streams of events with consumer groups: each group gets every entry, one reader at a time, until
// it is acknowledged.
//
// A stream is the shared spine (all topics in one), or one topic of a space ("<extension
// id>:<namespace>").
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace ordinaut::events {

struct StreamRef {
    std::string space;  // Empty = the spine; `topic` then does not matter.
    std::string topic;
    bool operator==(const StreamRef&) const = default;
};

struct StreamEntry {
    std::string id;  // Of the stream: grows.
    std::string topic, payload_json, source;
    std::string event_id, causation_id, trace_id;
    int causation_depth = 0;
    int deliveries = 1;  // This one included.
    WallTime published_at{};
};

struct NewStreamEntry {
    std::string topic, payload_json, source;
    // Of `source`, not empty: appending it again within `remember` gives the first one's id.
    std::string event_id;
    std::string causation_id = {}, trace_id = {};
    int causation_depth = 0;
    std::chrono::seconds remember{std::chrono::hours(24)};
};

struct Overdue {
    std::vector<StreamEntry> entries;
    size_t dropped = 0;  // Entries the stream no longer holds: it is bounded.
};

struct GroupState {
    std::string group;
    int64_t pending = 0;         // Read and not acknowledged.
    std::optional<int64_t> lag;  // Not read yet; none: the server cannot tell.
    std::string last_read_id;
};

struct StreamState {
    int64_t length = 0;
    std::string last_id = "0-0";     // That: there is nothing.
    std::vector<GroupState> groups;  // By name.
};

// Thread-safe. Calls may block for the length of a round trip, and for a few seconds when the
// server does not answer. Every call: kUnavailable = the server cannot be reached, nothing was
// done; kInDoubt = the connection broke before the answer.
class EventStreams {
public:
    static constexpr int kTopicsMax = 1000;  // Of one space.
    static constexpr int kGroupsMax = 1000;  // Of one stream of a space.

    virtual ~EventStreams() = default;

    // The entry's id. kTooLarge: the space has kTopicsMax topics.
    virtual Result<std::string> append(const StreamRef& stream, const NewStreamEntry& entry) = 0;
    // To the spine, in order: all or none. The same batch again within the hour: nothing.
    virtual Status append_all(const std::string& batch,
                              const std::vector<NewStreamEntry>& entries) = 0;
    // Those ever published to or given a group.
    virtual Result<std::vector<std::string>> topics(const std::string& space) = 0;

    // True for the first call with this name: a group over many streams begins now, not one that
    // comes back.
    virtual Result<bool> enter_group(const std::string& space, const std::string& group) = 0;
    // `from`: "$" = what comes from now on, "0" = the oldest kept, else after that id. A group that
    // is there stays as it is. kTooLarge: kTopicsMax, kGroupsMax.
    virtual Status make_group(const StreamRef& stream, const std::string& group,
                              const std::string& from) = 0;

    // Entries no reader of the group had yet. kNotFound: there is no such group (any more).
    virtual Result<std::vector<StreamEntry>> read_new(const StreamRef& stream,
                                                      const std::string& group, int count) = 0;
    // Entries that were read at least `idle` ago and are not acknowledged; they count as read now.
    // kNotFound.
    virtual Result<Overdue> read_overdue(const StreamRef& stream, const std::string& group,
                                         std::chrono::milliseconds idle, int count) = 0;
    virtual Status acknowledge(const StreamRef& stream, const std::string& group,
                               const std::vector<std::string>& ids) = 0;
    // As if it had been read `idle` ago: overdue as much sooner.
    virtual Status give_back(const StreamRef& stream, const std::string& group,
                             const std::string& id, std::chrono::milliseconds idle) = 0;

    // For readers without a group, who leave no trace: the first `count` entries of all streams
    // together, by id, after the id that `after` has for each.
    virtual Result<std::vector<StreamEntry>> read_after(const std::vector<StreamRef>& streams,
                                                        const std::vector<std::string>& after,
                                                        int count) = 0;
    // Spaces "<owner>:…" that have topics.
    virtual Result<std::vector<std::string>> spaces(const std::string& owner) = 0;
    virtual Result<StreamState> inspect(const StreamRef& stream) = 0;

    // Returns when one of the streams may have got an entry since the last call with the same
    // `positions` (at first empty), or after `limit`.
    virtual Status wait(const std::vector<StreamRef>& streams, std::vector<std::string>& positions,
                        std::chrono::milliseconds limit) = 0;
};

}  // namespace ordinaut::events
