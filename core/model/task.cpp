#include "model/task.h"

#include "model/optional_fields.h"

namespace ordinaut {
void write_json(JsonWriter& writer, const Task& task) {
    writer.begin_object()
        .field("id", task.id)
        .field("title", task.title)
        .field("description", task.description)
        .field("created_by", task.owner)
        .field("schedule_kind", name_of(task.schedule_kind))
        .field("schedule_expr", task.schedule_expr)
        .field("timezone", task.timezone)
        .field("schedule_anchor", format_time(task.schedule_anchor));
    optional_text(writer, "dst_gap", task.dst_gap);
    optional_text(writer, "dst_fold", task.dst_fold);
    if (task.condition) write_json(writer.key("condition"), *task.condition);
    if (task.condition_state) write_json(writer.key("condition_state"), *task.condition_state);
    writer.raw("payload", task.payload_json).field("priority", task.priority);
    optional_text(writer, "dedupe_key", task.dedupe_key);
    writer.field("dedupe_window_seconds", task.dedupe_window_seconds)
        .field("max_retries", task.max_retries)
        .field("backoff_strategy", name_of(task.backoff));
    optional_text(writer, "concurrency_key", task.concurrency_key);
    writer.field("concurrency_limit", task.concurrency_limit)
        .field("overlap", name_of(task.overlap))
        .field("misfire", name_of(task.misfire))
        .field("catchup_max", task.catchup_max)
        .field("catchup_window_seconds", task.catchup_window_seconds)
        .field("jitter_seconds", task.jitter_seconds)
        .field("start_deadline_seconds", task.start_deadline_seconds)
        .field("pause_after_failures", task.pause_after_failures)
        .key("calendars")
        .begin_array();
    for (const auto& name : task.calendars) writer.string(name);
    writer.end_array()
        .field("status", name_of(task.status))
        .field("generation", task.generation)
        .field("version", task.version)
        .field("created_at", format_time(task.created_at))
        .field("updated_at", format_time(task.updated_at));
    optional_time(writer, "next_run_at", task.next_run_at);
    if (task.last_run) {
        writer.key("last_run")
            .begin_object()
            .field("id", task.last_run->id)
            .field("state", task.last_run->state);
        optional_time(writer, "finished_at", task.last_run->finished_at);
        writer.end_object();
    } else {
        writer.key("last_run").null();
    }
    writer.end_object();
}

}  // namespace ordinaut
