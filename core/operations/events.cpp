#include "events/event_bus.h"
#include "events/topic_pattern.h"
#include "operations/answer.h"
#include "operations/handlers.h"

namespace ordinaut::operations {
namespace {

constexpr int kRecentDefault = 50;
constexpr int kTriggeredMax = 1000;
constexpr int kCleanupHoursDefault = 24;
constexpr std::chrono::seconds kRememberOwn{60};  // As long as anyone tries to publish it.
constexpr std::string_view kHost = "host";

Result<Id> source_of(const Call& call) {
    if (find(call.input, "source_agent_id") == nullptr) return call.caller.agent_id;
    Id source = id_of(call, "source_agent_id");
    if (source == call.caller.agent_id || call.caller.admin()) return source;
    Error denied{ErrorCode::kDenied, "only an admin publishes in the name of another agent"};
    denied.missing_scope = "admin";
    return denied;
}

// The log names an event by its clock, in milliseconds.
WallTime published_at(const std::string& stream_id) {
    return WallTime(std::chrono::milliseconds(std::strtoll(stream_id.c_str(), nullptr, 10)));
}

// What the host says of tasks and runs concerns their owner.
bool may_see(const Call& call, const events::Event& event) {
    if (event.source != kHost || call.caller.admin()) return true;
    const auto payload = parse_json(event.payload_json);
    return payload.ok() && payload->IsObject() &&
           string_or(*payload, "owner", "") == call.caller.agent_id;
}

void write_event(JsonWriter& writer, const events::Event& event) {
    const bool valid = parse_json(event.payload_json).ok();
    writer.begin_object()
        .field("event_id", event.event_id.empty() ? event.id : event.event_id)
        .field("stream_id", event.id)
        .field("topic", event.topic);
    writer.raw("payload", valid ? event.payload_json : "null");
    writer.field("source", event.source)
        .field("causation_depth", event.causation_depth)
        .field("published_at", format_time(event.published_at))
        .end_object();
}

// A Redis that is away is nothing the caller did; what was asked for did not happen.
Error explained(Error error) {
    if (error.code == ErrorCode::kUnavailable)
        error.message =
            "events are not available at the moment, nothing was done; try again: " + error.message;
    if (error.code == ErrorCode::kInDoubt)
        error.message =
            "the connection to Redis broke before its answer; publish again with the "
            "same event_id to be sure: " +
            error.message;
    return error;
}

}  // namespace

Result<Reply> publish_event(Services& services, const Call& call) {
    events::NewEvent event;
    event.topic = text_of(call, "topic");
    const JsonValue* payload = find(call.input, "payload");
    event.payload_json = payload == nullptr ? "null" : to_json(*payload);
    event.source = TRY(source_of(call));
    event.event_id = text_of(call, "event_id");
    event.trace_id = call.trace_id;
    event.causation_depth = call.causation_depth;
    if (event.causation_depth > store::kCausationDepthMax)
        return conflict("this event would be the end of a chain of " +
                        std::to_string(store::kCausationDepthMax) +
                        " events, each caused by the one before; it is not published, lest it goes "
                        "round in a loop");
    if (event.event_id.empty()) {
        event.event_id = new_id();
        event.remember = kRememberOwn;
    }
    auto stream_id = services.events.publish(event);
    if (!stream_id.ok()) return explained(std::move(stream_id.error()));
    JsonWriter writer;
    writer.begin_object().field("success", true);
    writer.field("message", "published to " + event.topic).key("details").begin_object();
    writer.field("event_id", event.event_id)
        .field("stream_id", *stream_id)
        .field("topic", event.topic);
    writer.key("triggered_tasks").begin_array();
    // The event is out: a database that is away does not make that undone.
    const auto waiting = services.stores.events.waiting_for(event.topic, events::matches,
                                                            owner(call), kTriggeredMax);
    if (waiting.ok())
        for (const Id& task_id : *waiting) writer.string(task_id);
    writer.end_array();
    writer.field("published_at", format_time(published_at(*stream_id)));
    return Reply{.body_json = writer.end_object().end_object().take()};
}

Result<Reply> list_topics(Services& services, const Call&) {
    auto topics = services.events.topics();
    if (!topics.ok()) return explained(std::move(topics.error()));
    JsonWriter writer;
    writer.begin_object().key("topics").begin_array();
    for (const auto& topic : *topics)
        writer.begin_object()
            .field("topic", topic.topic)
            .field("last_published_at", format_time(topic.last_published_at))
            .end_object();
    writer.end_array().field("count", static_cast<int64_t>(topics->size()));
    return Reply{.body_json = writer.end_object().take()};
}

Result<Reply> recent_events(Services& services, const Call& call) {
    const auto count = static_cast<int>(integer_of(call, "count", kRecentDefault));
    auto events = services.events.recent(count);
    if (!events.ok()) return explained(std::move(events.error()));
    std::erase_if(*events, [&](const events::Event& event) { return !may_see(call, event); });
    JsonWriter writer;
    writer.begin_object().key("events").begin_array();
    for (const auto& event : *events) write_event(writer, event);
    writer.end_array().field("count", static_cast<int64_t>(events->size()));
    return Reply{.body_json = writer.end_object().take()};
}

Result<Reply> clean_events(Services& services, const Call& call) {
    const std::chrono::hours age(integer_of(call, "max_age_hours", kCleanupHoursDefault));
    auto deleted = services.events.drop_before(services.clock.wall_now() - age);
    if (!deleted.ok()) return explained(std::move(deleted.error()));
    const Status written = services.stores.system.audit(
        "events.cleaned", "events",
        JsonWriter().begin_object().field("deleted", *deleted).end_object().take(), actor(call));
    if (!written.ok()) return written.error();
    JsonWriter writer;
    writer.begin_object().field("success", true);
    writer.field("message", "dropped " + std::to_string(*deleted) + " event(s)")
        .field("deleted", *deleted);
    return Reply{.body_json = writer.end_object().take()};
}

}  // namespace ordinaut::operations
