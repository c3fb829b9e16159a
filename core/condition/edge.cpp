#include "condition/edge.h"

#include "base/check.h"
#include "jmespath/expression.h"

namespace ordinaut::condition {
namespace {

// Stored answers are small and well formed.
Json parsed(const std::string& json) {
    auto value = parse_json(json);
    CHECK(value.ok());
    return std::move(*value);
}

bool is_true(const std::string& json) { return jmespath::truthy(parsed(json)); }

// Whether two answers mean the same: by truth, and for `change` by value.
bool same(Edge edge, const std::string& a, const std::string& b) {
    if (edge == Edge::kChange) return static_cast<const JsonValue&>(parsed(a)) == parsed(b);
    return is_true(a) == is_true(b);
}

// Whether the condition now asks to fire, were it not for `for` and the cooldown.
bool wants(Edge edge, const ConditionState& state) {
    switch (edge) {
        case Edge::kRising: return is_true(state.value_json) && !is_true(state.settled_json);
        case Edge::kLevel: return is_true(state.value_json);
        case Edge::kChange: return !same(edge, state.value_json, state.settled_json);
    }
    return false;
}

std::string event_of(const store::ConditionAnswer& answer, const std::string& previous,
                     WallTime now) {
    const Json source = parsed(answer.condition.source_json);
    JsonWriter writer;
    writer.begin_object()
        .field("source", string_or(source, "kind", ""))
        .raw("value", answer.value_json);
    writer.raw("previous", previous.empty() ? "null" : previous).field("at", format_time(now));
    return writer.end_object().take();
}

// What the last answer leads to, now that the state knows it.
void decide(const store::ConditionAnswer& answer, const std::string& previous, WallTime now,
            store::ConditionVerdict& verdict) {
    const Condition& condition = answer.condition;
    ConditionState& state = verdict.state;
    if (!wants(condition.edge, state)) {
        if (state.held_back_at)
            verdict.skips.push_back(
                {*state.held_back_at, *state.held_back_at, 1, std::string(kCooldownReason), 0});
        state.held_back_at.reset();
        state.settled_json = state.value_json;
        return;
    }
    if (now - *state.since < std::chrono::seconds(condition.for_seconds)) return;
    if (state.fired_at &&
        now - *state.fired_at < std::chrono::seconds(condition.cooldown_seconds)) {
        if (condition.edge != Edge::kLevel && !state.held_back_at) state.held_back_at = now;
        return;
    }
    verdict.fires = true;
    verdict.event_json = event_of(answer, previous, now);
    state.fired_at = now;
    state.held_back_at.reset();
    state.settled_json = state.value_json;
}

}  // namespace

store::ConditionVerdict judge(const store::ConditionAnswer& answer, const ConditionState& before,
                              WallTime now) {
    store::ConditionVerdict verdict{before, false, {}, ""};
    ConditionState& state = verdict.state;
    state.evaluated_at = now;
    if (answer.value_json.empty()) {
        state.error = answer.error;
        state.error_at = now;
        ++state.errors_in_a_row;
        return verdict;
    }
    const Edge edge = answer.condition.edge;
    const bool first = before.value_json.empty();
    state.errors_in_a_row = 0;
    state.value_json = answer.value_json;
    state.value_at = now;
    if (first || !same(edge, before.value_json, answer.value_json)) state.since = now;
    if (first && edge != Edge::kLevel) {
        state.settled_json = answer.value_json;
        return verdict;
    }
    decide(answer, before.settled_json, now, verdict);
    return verdict;
}

}  // namespace ordinaut::condition
