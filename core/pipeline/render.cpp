#include "pipeline/render.h"

namespace ordinaut::pipeline {
namespace {

// What `if` says; nothing when that is not known yet.
std::optional<bool> runs(const StepDefinition& step, const Scope& scope,
                         std::vector<ErrorDetail>& problems) {
    if (!step.condition) return true;
    if (step.condition->is_open(scope) || step.condition->reads_secrets()) return std::nullopt;
    jmespath::Arena arena;
    const auto value = step.condition->evaluate(scope, arena);
    if (value) return jmespath::truthy(**value);
    problems.push_back({pointer_child(step.pointer, "if"), value.error().message});
    return std::nullopt;
}

void write_problems(JsonWriter& writer, std::string_view name,
                    const std::vector<ErrorDetail>& problems) {
    writer.key(name).begin_array();
    for (const ErrorDetail& problem : problems)
        writer.begin_object()
            .field("pointer", problem.pointer)
            .field("message", problem.message)
            .end_object();
    writer.end_array();
}

}  // namespace

std::vector<RenderedStep> render(const Definition& definition, const Scope& scope) {
    jmespath::Arena arena;
    JsonValue data(rapidjson::kObjectType);
    if (scope.data != nullptr)
        for (const auto& member : scope.data->GetObject())
            data.AddMember(alias(member.name), alias(member.value), arena);
    if (!data.HasMember("params")) data.AddMember("params", alias(definition.params()), arena);
    if (!data.HasMember("now"))
        data.AddMember("now", JsonValue(format_time(scope.now), arena), arena);
    const Scope known{.data = &data, .now = scope.now, .secrets = nullptr};
    std::vector<RenderedStep> rendered;
    for (const StepDefinition& step : definition.steps()) {
        RenderedStep& one = rendered.emplace_back();
        one.id = step.id;
        one.uses = step.uses;
        one.save_as = step.save_as;
        one.runs = runs(step, known, one.problems);
        one.input_json = step.with.preview(known, one.problems);
    }
    return rendered;
}

void write_json(JsonWriter& writer, const Definition& definition,
                const std::vector<RenderedStep>& steps) {
    writer.begin_object().key("steps").begin_array();
    for (const RenderedStep& step : steps) {
        writer.begin_object()
            .field("id", step.id)
            .field("uses", step.uses)
            .field("save_as", step.save_as)
            .key("runs");
        if (step.runs)
            writer.boolean(*step.runs);
        else
            writer.null();
        writer.raw("input", step.input_json);
        write_problems(writer, "problems", step.problems);
        writer.end_object();
    }
    writer.end_array();
    write_problems(writer, "warnings", definition.warnings());
    writer.end_object();
}

}  // namespace ordinaut::pipeline
