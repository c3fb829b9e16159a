// A run: the record of executing one occurrence over all its attempts, with its steps, state
// history and log.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"

namespace ordinaut {

enum class RunState {
    kScheduled,
    kReady,
    kRunning,
    kRetryWait,
    kSucceeded,
    kFailed,
    kTimedOut,
    kCanceled,
    kExpired
};
enum class RunSource { kSchedule, kManual, kEvent, kCondition, kRetry, kReplay, kChild };
// kUnknown: a tool that must not be called twice was called, and nobody can say what came of it.
enum class StepState { kPending, kRunning, kSucceeded, kFailed, kSkipped, kCanceled, kUnknown };

std::string_view name_of(RunState value);
std::string_view name_of(RunSource value);
std::string_view name_of(StepState value);
bool is_terminal(RunState state);

struct Run {
    Id id;
    Id task_id;
    Id owner;
    RunSource source = RunSource::kSchedule;
    int64_t generation = 1;
    std::optional<WallTime> nominal_at;  // The occurrence; none for manual runs.
    RunState state = RunState::kReady;
    int priority = 5;
    WallTime created_at{};
    WallTime run_at{};  // Earliest start of the next attempt.
    std::optional<WallTime> started_at, finished_at;
    int attempt = 0;       // Claims.
    int failures = 0;      // Counted against max_retries.
    int lease_losses = 0;  // Limit 3.
    std::string worker;
    std::string output_json;  // Empty = none.
    std::string error_json;   // Empty = none; {"error","message","step_id"?,"details"?}
    std::string event_json;   // What an event-triggered run sees as `event`; empty = none.
    // {"event_id","topic","source","published_at","depth"} of the event that caused it, or the
    // depth alone; empty = no event did.
    std::string trigger_json;
    Id parent_id;  // The run this one replays; empty = none.
    std::string trace_id;
};

// One step's record of the latest attempt that touched it.
struct Step {
    std::string id;
    int index = 0;
    std::string tool;
    std::string save_as;  // Name under `steps` in templates.
    StepState state = StepState::kPending;
    int attempt = 0;
    std::string input_json;  // Rendered, secrets masked; empty = not rendered.
    std::string output_json;
    std::string error_json;
    std::optional<WallTime> started_at, finished_at;
};

// One transition of a run, as the state history shows it.
struct RunEvent {
    int64_t sequence = 0;
    Id run_id;
    WallTime at{};
    std::string from, to;  // `from` empty on the first.
    std::string actor;     // Agent id, worker name or "scheduler".
    std::string reason;
    std::string trace_id;
};

struct RunLogLine {
    Id run_id;
    WallTime at{};
    std::string level;
    std::string step_id;
    std::string message;
    std::string fields_json;  // Object, or empty.
};

// Shapes of the API. `write_json(Run)` leaves out `steps`; RunDetail adds it.
void write_json(JsonWriter& writer, const Run& run);
void write_json(JsonWriter& writer, const Run& run, const std::vector<Step>& steps);
void write_json(JsonWriter& writer, const Step& step);
void write_json(JsonWriter& writer, const RunEvent& event);
void write_json(JsonWriter& writer, const RunLogLine& line);

}  // namespace ordinaut
