#include "ext/events_health.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kStreamsMax = 200;
constexpr const char* kAllTopics = "#";

struct Reading {
    std::string topic;  // What the group reads of the stream.
    events::GroupState state;
};

struct Described {
    std::string ns, topic;
    events::StreamState state;
    std::vector<Reading> readings;
};

// On the spine the groups of all extensions are together, each with the topic it waits for in its
// name: "ext:<id>:<group>:<topic>".
Result<std::optional<Described>> describe_spine(const std::string& id,
                                                events::EventStreams& streams) {
    auto state = TRY(streams.inspect({}));
    Described spine{"", kAllTopics, std::move(state), {}};
    const std::string prefix = "ext:" + id + ":";
    for (const auto& group : spine.state.groups) {
        if (!group.group.starts_with(prefix)) continue;
        const size_t colon = group.group.find(':', prefix.size());
        if (colon == std::string::npos) continue;
        Reading reading{group.group.substr(colon + 1), group};
        reading.state.group = group.group.substr(prefix.size(), colon - prefix.size());
        spine.readings.push_back(std::move(reading));
    }
    return spine.readings.empty() ? std::nullopt : std::optional(std::move(spine));
}

Result<Described> describe(const std::string& space, const std::string& topic,
                           events::EventStreams& streams) {
    auto state = TRY(streams.inspect({space, topic}));
    Described described{space.substr(space.find(':') + 1), topic, std::move(state), {}};
    for (const auto& group : described.state.groups) described.readings.push_back({topic, group});
    return described;
}

void write_lag(JsonWriter& writer, const std::optional<int64_t>& lag) {
    writer.key("lag");
    lag ? writer.number(*lag) : writer.null();
}

void write_stream(JsonWriter& writer, const Described& stream) {
    writer.begin_object()
        .field("namespace", stream.ns)
        .field("topic", stream.topic)
        .field("events", stream.state.length)
        .field("last_event_id", stream.state.last_id)
        .key("groups")
        .begin_array();
    for (const auto& [topic, group] : stream.readings) {
        writer.begin_object()
            .field("group", group.group)
            .field("topic", topic)
            .field("pending", group.pending);
        write_lag(writer, group.lag);
        writer.field("last_delivered_id", group.last_read_id).end_object();
    }
    writer.end_array().end_object();
}

std::string to_json(const ExtensionInfo& info, const std::vector<Described>& streams,
                    size_t streams_total, const std::string& message) {
    int64_t groups = 0, pending = 0;
    std::optional<int64_t> lag = 0;
    for (const auto& stream : streams)
        for (const auto& [topic, group] : stream.readings) {
            ++groups;
            pending += group.pending;
            lag = lag && group.lag ? std::optional(*lag + *group.lag) : std::nullopt;
        }
    const bool behind = pending > 0 || lag != 0;
    JsonWriter writer;
    writer.begin_object()
        .field("extension_id", info.id)
        .field("status", !message.empty() ? "none"
                         : behind         ? "working"
                                          : "idle")
        .field("message", message)
        .field("groups", groups)
        .field("pending", pending);
    write_lag(writer, lag);
    writer.key("streams").begin_array();
    for (const auto& stream : streams) write_stream(writer, stream);
    writer.end_array().field("streams_total", static_cast<int64_t>(streams_total));
    return writer.end_object().take();
}

}  // namespace

Result<std::string> events_health_json(const ExtensionInfo& info, events::EventStreams& streams) {
    if (!info.asked.has(Grant::kEventsPub) && !info.asked.has(Grant::kEventsSub))
        return to_json(info, {}, 0,
                       "'" + info.id + "' has no events: its manifest asks for neither " +
                           "EVENTS_PUB nor EVENTS_SUB");
    std::vector<Described> described;
    size_t total = 0;
    if (auto spine = TRY(describe_spine(info.id, streams))) {
        described.push_back(std::move(*spine));
        ++total;
    }
    for (const auto& space : TRY(streams.spaces(info.id)))
        for (const auto& topic : TRY(streams.topics(space)))
            if (++total <= kStreamsMax) described.push_back(TRY(describe(space, topic, streams)));
    return to_json(info, described, total, "");
}

}  // namespace ordinaut::ext
