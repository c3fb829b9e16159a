#include "operations/answer.h"
#include "operations/handlers.h"
#include "pipeline/definition.h"
#include "pipeline/evaluate.h"
#include "pipeline/render.h"

namespace ordinaut::operations {
namespace {

void write_problems(JsonWriter& writer, std::string_view name,
                    const std::vector<ErrorDetail>& problems) {
    writer.key(name).begin_array();
    for (const auto& problem : problems)
        writer.begin_object()
            .field("pointer", problem.pointer)
            .field("message", problem.message)
            .end_object();
    writer.end_array();
}

}  // namespace

Result<Reply> validate_pipeline(Services& services, const Call& call) {
    const auto definition =
        pipeline::Definition::parse(call.input["payload"], "/payload", &services.tools);
    JsonWriter writer;
    writer.begin_object().field("valid", definition.ok());
    write_problems(writer, "errors",
                   definition.ok() ? std::vector<ErrorDetail>{} : definition.error().details);
    write_problems(writer, "warnings",
                   definition.ok() ? definition->warnings() : std::vector<ErrorDetail>{});
    return Reply{.body_json = writer.end_object().take()};
}

Result<Reply> render_pipeline(Services& services, const Call& call) {
    const auto definition =
        TRY(pipeline::Definition::parse(call.input["payload"], "/payload", &services.tools));
    const WallTime now = services.clock.wall_now();
    Json data(rapidjson::kObjectType);
    auto& allocator = data.GetAllocator();
    data.AddMember("now", JsonValue(format_time(now), allocator), allocator);
    for (const char* member : {"steps", "event"})
        if (const JsonValue* value = find(call.input, member))
            data.AddMember(rapidjson::StringRef(member), JsonValue(*value, allocator), allocator);
    const auto steps = pipeline::render(definition, {&data, now, nullptr});
    JsonWriter writer;
    pipeline::write_json(writer, definition, steps);
    return Reply{.body_json = writer.take()};
}

Result<Reply> eval_expression(Services&, const Call& call) {
    const auto result = pipeline::evaluate(text_of(call, "expression"), call.input["data"]);
    if (!result.ok()) return invalid("/expression", result.error().message);
    JsonWriter writer;
    writer.begin_object().key("result").value(*result);
    return Reply{.body_json = writer.end_object().take()};
}

}  // namespace ordinaut::operations
