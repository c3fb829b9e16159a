#include "model/run.h"

#include "model/optional_fields.h"

namespace ordinaut {
namespace {
void write_members(JsonWriter& writer, const Run& run) {
    writer.field("id", run.id).field("task_id", run.task_id).field("created_by", run.owner);
    writer.field("source", name_of(run.source)).field("generation", run.generation);
    optional_time(writer, "nominal_at", run.nominal_at);
    writer.field("state", name_of(run.state));
    if (is_terminal(run.state))
        writer.field("success", run.state == RunState::kSucceeded);
    else
        writer.key("success").null();
    writer.field("priority", run.priority)
        .field("attempt", run.attempt)
        .field("failures", run.failures)
        .field("lease_losses", run.lease_losses)
        .field("created_at", format_time(run.created_at))
        .field("run_at", format_time(run.run_at));
    optional_time(writer, "started_at", run.started_at);
    optional_time(writer, "finished_at", run.finished_at);
    optional_text(writer, "worker", run.worker);
    optional_json(writer, "output", run.output_json);
    optional_json(writer, "error", run.error_json);
    if (!run.event_json.empty()) writer.raw("event", run.event_json);
    if (!run.trigger_json.empty()) writer.raw("trigger", run.trigger_json);
    optional_text(writer, "replay_of", run.parent_id);
    optional_text(writer, "trace_id", run.trace_id);
}
}  // namespace

bool is_terminal(RunState state) {
    switch (state) {
        case RunState::kScheduled:
        case RunState::kReady:
        case RunState::kRunning:
        case RunState::kRetryWait: return false;
        default: return true;
    }
}

void write_json(JsonWriter& writer, const Run& run) {
    writer.begin_object();
    write_members(writer, run);
    writer.end_object();
}

void write_json(JsonWriter& writer, const Run& run, const std::vector<Step>& steps) {
    writer.begin_object();
    write_members(writer, run);
    writer.key("steps").begin_array();
    for (const Step& step : steps) write_json(writer, step);
    writer.end_array().end_object();
}

void write_json(JsonWriter& writer, const Step& step) {
    writer.begin_object()
        .field("id", step.id)
        .field("index", step.index)
        .field("uses", step.tool)
        .field("state", name_of(step.state))
        .field("attempt", step.attempt);
    optional_text(writer, "save_as", step.save_as);
    optional_json(writer, "input", step.input_json);
    optional_json(writer, "output", step.output_json);
    optional_json(writer, "error", step.error_json);
    optional_time(writer, "started_at", step.started_at);
    optional_time(writer, "finished_at", step.finished_at);
    writer.end_object();
}

void write_json(JsonWriter& writer, const RunEvent& event) {
    writer.begin_object()
        .field("sequence", event.sequence)
        .field("run_id", event.run_id)
        .field("at", format_time(event.at));
    optional_text(writer, "from", event.from);
    writer.field("to", event.to).field("actor", event.actor);
    optional_text(writer, "reason", event.reason);
    optional_text(writer, "trace_id", event.trace_id);
    writer.end_object();
}

void write_json(JsonWriter& writer, const RunLogLine& line) {
    writer.begin_object().field("at", format_time(line.at)).field("level", line.level);
    optional_text(writer, "step_id", line.step_id);
    writer.field("message", line.message);
    optional_json(writer, "fields", line.fields_json);
    writer.end_object();
}

}  // namespace ordinaut
