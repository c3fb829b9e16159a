#include "jmespath/expression.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "pipeline/definition.h"
#include "pipeline/render.h"

namespace ordinaut::operations {
namespace {

void write_problems(JsonWriter& writer, std::string_view name, const std::vector<ErrorDetail>& problems) {
    writer.key(name).begin_array();
    for (const auto& problem : problems)
        writer.begin_object().field("pointer", problem.pointer).field("message", problem.message).end_object();
    writer.end_array();
}

}  // namespace

Result<Reply> validate_pipeline(Services& services, const Call& call) {
    const auto definition = pipeline::Definition::parse(call.input["payload"], "/payload", &services.tools);
    JsonWriter writer;
    writer.begin_object().field("valid", definition.ok());
    write_problems(writer, "errors", definition.ok() ? std::vector<ErrorDetail>{} : definition.error().details);
    write_problems(writer, "warnings", definition.ok() ? definition->warnings() : std::vector<ErrorDetail>{});
    return Reply{.body_json = writer.end_object().take()};
}

Result<Reply> eval_expression(Services&, const Call& call) {
    const auto expression = jmespath::Expression::parse(text_of(call, "expression"));
    if (!expression.ok()) return invalid("/expression", expression.error().message);
    const auto result = expression->evaluate(call.input["data"]);
    if (!result.ok()) return invalid("/expression", result.error().message);
    JsonWriter writer;
    writer.begin_object().key("result").value(*result);
    return Reply{.body_json = writer.end_object().take()};
}

}  // namespace ordinaut::operations
