// A task: what to do (payload), when (schedule) and how (policies). Plain values; SEMANTICS of each
// in docs/tasks.md.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "model/condition.h"

namespace ordinaut {

enum class ScheduleKind { kCron, kRrule, kOnce, kEvent, kCondition };
enum class TaskStatus { kActive, kPaused, kCanceled, kCompleted };
enum class Backoff { kExponentialJitter, kLinear, kFixed };
enum class Overlap { kSkip, kAllow, kBufferOne, kBufferAll, kCancelOther };
enum class Misfire { kFireLast, kFireAll, kSkip };

std::string_view name_of(ScheduleKind value);
std::string_view name_of(TaskStatus value);
std::string_view name_of(Backoff value);
std::string_view name_of(Overlap value);
std::string_view name_of(Misfire value);
// The value with that name; programmer's error (CHECK) when there is none: validate text first.
template <class Enum>
Enum from_name(std::string_view name);
template <class Enum>
std::optional<Enum> find_name(std::string_view name);

struct LastRun {
    Id id;
    std::string state;
    std::optional<WallTime> finished_at;
};

struct Task {
    Id id;
    std::string title;
    std::string description;
    Id owner;  // "created_by" in the API.

    ScheduleKind schedule_kind = ScheduleKind::kOnce;
    std::string schedule_expr;
    std::string timezone = "UTC";
    WallTime schedule_anchor{};  // Where an RRULE without DTSTART counts from.
    std::string dst_gap;         // Empty = the kind's default; shift | at_gap_end | skip.
    std::string dst_fold;        // Empty = first; first | second | both.

    std::optional<Condition> condition;  // Of a task of that kind only.
    // Where the store read it too; null otherwise, as for other kinds.
    std::optional<ConditionState> condition_state;

    std::string payload_json = "{}";  // {params, pipeline}
    int priority = 5;                 // 1..9, 9 is the most urgent.
    std::string dedupe_key;           // Empty = none.
    int dedupe_window_seconds = 0;    // From the first acceptance; 0 = as long as that task exists.
    int max_retries = 3;
    Backoff backoff = Backoff::kExponentialJitter;
    std::string concurrency_key;  // Empty = none.
    int concurrency_limit = 1;
    Overlap overlap = Overlap::kSkip;
    Misfire misfire = Misfire::kFireLast;
    int catchup_max = 100;
    int catchup_window_seconds = 86400;
    int jitter_seconds = 0;
    int start_deadline_seconds = 0;      // A run not started by then expires; 0 = none.
    int pause_after_failures = 0;        // So many failed runs in a row pause the task; 0 = never.
    std::vector<std::string> calendars;  // Names of the owner's exclusion calendars.

    TaskStatus status = TaskStatus::kActive;
    int64_t generation = 1;  // Grows when the schedule changes; part of an occurrence's identity.
    int64_t version = 1;     // Grows with every change; the ETag.
    WallTime created_at{};
    WallTime updated_at{};
    std::optional<WallTime> next_run_at;  // Null while paused, canceled or completed.
    // next_run_at as it was when the task was paused; null otherwise.
    std::optional<WallTime> paused_cursor;
    WallTime schedule_since{};  // When the current generation began.
    std::optional<LastRun> last_run;
};

// The task as the API shows it (schema Task).
void write_json(JsonWriter& writer, const Task& task);

}  // namespace ordinaut
