#include "base/json.h"
#include "store/new_run.h"

namespace ordinaut::store {
namespace {
// The spine's clock and the database's may differ, and "late by a minute" counts as on time.
constexpr std::chrono::seconds kClocksDiffer{60};
}  // namespace

Id event_run_id(const Id& task_id, std::string_view source, std::string_view event_id) {
    // Lengths, so that no two pairs read alike.
    std::string name = task_id + "|" + std::to_string(source.size()) + "|";
    name.append(source).append("|").append(event_id);
    return derived_id("event", name);
}

NewRun run_of(const Task& task, const IncomingEvent& event, const Fire& fire) {
    NewRun run;
    run.run_id = event_run_id(task.id, event.source, event.event_id);
    run.task = &task;
    run.source = RunSource::kEvent;
    run.nominal_at = fire.nominal_at;
    run.run_at = fire.run_at;
    run.event_json = event.payload_json;
    run.trigger_json = trigger_of(event);
    run.trace_id = event.trace_id;
    run.buffered = fire.buffered;
    return run;
}

bool concerns(const IncomingEvent& event, const Id& task_owner, bool owner_is_admin) {
    return event.causation_depth <= kCausationDepthMax &&
           (!event.concerns || owner_is_admin || *event.concerns == task_owner);
}

bool young_enough(const IncomingEvent& event, const Task& task) {
    return event.published_at + kClocksDiffer >= task.schedule_since;
}

std::string trigger_of(const IncomingEvent& event) {
    return JsonWriter()
        .begin_object()
        .field("event_id", event.event_id)
        .field("topic", event.topic)
        .field("source", event.source)
        .field("published_at", format_time(event.published_at))
        .field("depth", event.causation_depth)
        .end_object()
        .take();
}

std::string trigger_of(const Actor& actor) {
    if (actor.causation_depth <= 0) return "";
    return JsonWriter()
        .begin_object()
        .field("depth", actor.causation_depth - 1)
        .end_object()
        .take();
}

int depth_after(std::string_view trigger_json) {
    if (trigger_json.empty()) return 0;
    const auto trigger = parse_json(trigger_json);
    const JsonValue* depth = trigger.ok() ? find(*trigger, "depth") : nullptr;
    return depth != nullptr && depth->IsInt() ? depth->GetInt() + 1 : 0;
}

HostEvent task_event(std::string_view topic, const Id& task_id, const Id& owner,
                     std::string_view reason, const Actor& actor) {
    JsonWriter payload;
    payload.begin_object().field("task_id", task_id).field("owner", owner);
    if (!reason.empty()) payload.field("reason", reason);
    payload.field("by", actor.agent_id.empty() ? actor.name : actor.agent_id);
    return {std::string(topic), payload.end_object().take(), actor.trace_id, actor.causation_depth};
}

}  // namespace ordinaut::store
