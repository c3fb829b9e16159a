#include "live/event.h"

#include "base/json.h"

namespace ordinaut::live {
namespace {

std::string json_of(const store::ChangeNote& note) {
    const std::string_view kind = kind_of(note.type);
    JsonWriter writer;
    writer.begin_object().field("type", note.type).field("at", format_time(note.at));
    if (kind == "run" || kind == "task") writer.field("task_id", note.subject);
    if (kind == "run")
        writer.field("run_id", note.run_id).field("from", note.from).field("state", note.to);
    if (kind == "extension") writer.field("extension_id", note.subject);
    if (!note.owner.empty()) writer.field("owner", note.owner);
    writer.field("actor", note.actor);
    if (!note.reason.empty()) writer.field("reason", note.reason);
    if (!note.trace_id.empty()) writer.field("trace_id", note.trace_id);
    if (!note.details_json.empty() && note.details_json != "{}")
        writer.raw("details", note.details_json);
    return writer.end_object().take();
}

}  // namespace

std::string_view kind_of(std::string_view type) { return type.substr(0, type.find('.')); }

std::string frame(const store::ChangePosition& id, std::string_view kind, std::string_view data) {
    std::string text = "id: " + text_of(id) + "\nevent: ";
    text.append(kind).append("\ndata: ").append(data).append("\n\n");
    return text;
}

std::string resync_json(std::string_view reason) {
    return JsonWriter()
        .begin_object()
        .field("type", "resync")
        .field("reason", reason)
        .end_object()
        .take();
}

Event make_event(store::ChangeNote note) {
    Event event;
    event.json = json_of(note);
    event.frame = frame(note.position, kind_of(note.type), event.json);
    event.note = std::move(note);
    return event;
}

}  // namespace ordinaut::live
