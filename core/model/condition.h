// What a task of kind `condition` watches, and what is known of it. Plain values; their meaning is
// in docs/conditions.md.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"

namespace ordinaut {

enum class Edge { kRising, kLevel, kChange };
std::string_view name_of(Edge value);

// Beside the expression, which is the task's schedule_expr.
struct Condition {
    std::string source_json;  // {"kind": "http" | "queue" | "task" | "tool", …}
    int interval_seconds = 60;
    Edge edge = Edge::kRising;
    int for_seconds = 0;       // The answer must have meant the same for so long.
    int cooldown_seconds = 0;  // From one edge to the next, at least.
};

// After the latest evaluation. An evaluation that gave no answer changes only what says so.
struct ConditionState {
    std::optional<WallTime> evaluated_at;  // Whatever came of it.
    std::string value_json;                // The last answer; empty = there was none yet.
    std::optional<WallTime> value_at;
    std::optional<WallTime> since;     // From when on answers have meant the same as the last one.
    std::string settled_json;          // The answer that edges are measured against.
    std::optional<WallTime> fired_at;  // The last edge.
    // From when on an edge has been kept waiting by cooldown_seconds.
    std::optional<WallTime> held_back_at;
    std::string error;  // Why the last evaluation that failed gave no answer.
    std::optional<WallTime> error_at;
    int64_t errors_in_a_row = 0;  // Up to the latest evaluation; 0: it gave an answer.
    // Not part of the stored form; null while nothing is evaluated.
    std::optional<WallTime> next_evaluation_at;

    // As after a pause: the next answer is the first again. Cooldown and errors are remembered.
    void forget_answers();
};

// {source, interval_seconds, edge, for_seconds, cooldown_seconds}: the form of the API and of
// stores.
void write_json(JsonWriter& writer, const Condition& condition);
// The shape is checked already; what is absent has its default.
Condition condition_from(const JsonValue& value);
Condition condition_from_stored(std::string_view json);  // As write_json() wrote it.

void write_json(JsonWriter& writer, const ConditionState& state);
ConditionState condition_state_from_stored(std::string_view json);  // `{}`: nothing is known yet.

}  // namespace ordinaut
