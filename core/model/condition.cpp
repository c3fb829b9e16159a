#include "model/condition.h"

#include "base/check.h"
#include "model/name_table.h"
#include "model/optional_fields.h"

namespace ordinaut {
namespace {
constexpr NameTable<Edge, 3> kEdges{{"rising", "level", "change"}};

std::optional<WallTime> time_in(const JsonValue& object, std::string_view name) {
    const JsonValue* value = find(object, name);
    if (value == nullptr || !value->IsString()) return std::nullopt;
    const auto time = parse_time(view(*value));
    CHECK(time.ok());
    return *time;
}

// An answer is never null, so that null stands for none.
std::string answer_in(const JsonValue& object, std::string_view name) {
    const JsonValue* value = find(object, name);
    return value == nullptr || value->IsNull() ? std::string() : to_json(*value);
}

Json stored(std::string_view json) {
    auto parsed = parse_json(json);
    CHECK(parsed.ok());
    return std::move(*parsed);
}

void take_integer(const JsonValue& object, std::string_view name, int& target) {
    if (const JsonValue* value = find(object, name)) target = value->GetInt();
}
}  // namespace

std::string_view name_of(Edge value) { return kEdges.name(value); }

void ConditionState::forget_answers() {
    value_json.clear();
    settled_json.clear();
    value_at = since = held_back_at = std::nullopt;
}

void write_json(JsonWriter& writer, const Condition& condition) {
    writer.begin_object()
        .raw("source", condition.source_json)
        .field("interval_seconds", condition.interval_seconds)
        .field("edge", name_of(condition.edge))
        .field("for_seconds", condition.for_seconds)
        .field("cooldown_seconds", condition.cooldown_seconds)
        .end_object();
}

Condition condition_from(const JsonValue& value) {
    Condition condition;
    if (const JsonValue* source = find(value, "source")) condition.source_json = to_json(*source);
    take_integer(value, "interval_seconds", condition.interval_seconds);
    const auto edge = kEdges.find(string_or(value, "edge", "rising"));
    CHECK(edge.has_value());
    condition.edge = *edge;
    take_integer(value, "for_seconds", condition.for_seconds);
    take_integer(value, "cooldown_seconds", condition.cooldown_seconds);
    return condition;
}

Condition condition_from_stored(std::string_view json) { return condition_from(stored(json)); }

void write_json(JsonWriter& writer, const ConditionState& state) {
    writer.begin_object();
    optional_time(writer, "evaluated_at", state.evaluated_at);
    optional_json(writer, "value", state.value_json);
    optional_time(writer, "value_at", state.value_at);
    optional_time(writer, "since", state.since);
    optional_json(writer, "settled_value", state.settled_json);
    optional_time(writer, "fired_at", state.fired_at);
    optional_time(writer, "held_back_at", state.held_back_at);
    if (state.error.empty())
        writer.key("error").null();
    else
        writer.field("error", state.error);
    optional_time(writer, "error_at", state.error_at);
    writer.field("errors_in_a_row", state.errors_in_a_row);
    optional_time(writer, "next_evaluation_at", state.next_evaluation_at);
    writer.end_object();
}

ConditionState condition_state_from_stored(std::string_view json) {
    const Json object = stored(json);
    ConditionState state;
    state.evaluated_at = time_in(object, "evaluated_at");
    state.value_json = answer_in(object, "value");
    state.value_at = time_in(object, "value_at");
    state.since = time_in(object, "since");
    state.settled_json = answer_in(object, "settled_value");
    state.fired_at = time_in(object, "fired_at");
    state.held_back_at = time_in(object, "held_back_at");
    state.error = string_or(object, "error", "");
    state.error_at = time_in(object, "error_at");
    if (const JsonValue* errors = find(object, "errors_in_a_row"))
        state.errors_in_a_row = errors->GetInt64();
    return state;
}

}  // namespace ordinaut
