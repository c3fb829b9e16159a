#include "operations/answer.h"
#include "operations/handlers.h"

namespace ordinaut::operations {
namespace {

std::string_view effect_name(tool::Effect effect) {
    switch (effect) {
        case tool::Effect::kPure: return "pure";
        case tool::Effect::kIdempotent: return "idempotent";
        case tool::Effect::kAtMostOnce: return "at_most_once";
    }
    return "";
}

void write_tool(JsonWriter& writer, const tool::ToolSpec& spec) {
    writer.begin_object()
        .field("name", spec.name)
        .field("description", spec.description)
        .field("extension_id", spec.extension_id)
        .field("effect", effect_name(spec.effect));
    writer.raw("input_schema", spec.input_schema_json.empty() ? R"({"type":"object"})" : spec.input_schema_json);
    writer.raw("output_schema", spec.output_schema_json.empty() ? "null" : spec.output_schema_json);
    writer.end_object();
}

Result<Reply> extension_reply(Services& services, std::string_view id) {
    for (auto& text : services.extensions.list_json()) {
        const auto info = parse_json(text);
        if (info.ok() && string_or(*info, "id", "") == id) return Reply{.body_json = std::move(text)};
    }
    return not_found("there is no extension '" + std::string(id) + "'; GET /extensions lists them");
}

Error unknown_tool(Services& services, const std::string& name) {
    const std::string nearest = services.tools.nearest(name);
    return not_found("there is no tool '" + name + "'" +
                     (nearest.empty() ? "; GET /tools lists them" : "; did you mean '" + nearest + "'?"));
}

Error tool_error(const tool::ToolResult& result) {
    Error error{ErrorCode::kInvalid, result.message};
    switch (result.outcome) {
        case tool::Outcome::kRateLimited: error.code = ErrorCode::kRateLimited; break;
        case tool::Outcome::kRetryable: error.code = ErrorCode::kUnavailable; break;
        case tool::Outcome::kTimedOut: error.code = ErrorCode::kDeadline; break;
        case tool::Outcome::kCanceled: error.code = ErrorCode::kCanceled; break;
        default: break;
    }
    error.retry_after = result.retry_after;
    if (const auto details = parse_json(result.details_json); details.ok() && details->IsArray())
        for (const auto& item : details->GetArray())
            error.details.push_back({std::string(string_or(item, "pointer", "")), std::string(string_or(item, "message", ""))});
    return error;
}

constexpr std::chrono::seconds kInvokeLimit{60};

}  // namespace

Result<Reply> list_extensions(Services& services, const Call&) {
    JsonWriter writer;
    writer.begin_array();
    for (const auto& text : services.extensions.list_json()) writer.raw(text);
    return Reply{.body_json = writer.end_array().take()};
}

Result<Reply> get_extension(Services& services, const Call& call) {
    return extension_reply(services, text_of(call, "extension_id"));
}

Result<Reply> load_extension(Services& services, const Call& call) {
    const std::string id = text_of(call, "extension_id");
    TRY(services.extensions.load(id));
    return extension_reply(services, id);
}

namespace {
Result<Reply> switch_extension(Services& services, const Call& call, bool enabled) {
    const std::string id = text_of(call, "extension_id");
    TRY(extension_reply(services, id));
    TRY(services.stores.system.set_extension_enabled(id, enabled, actor(call)));
    TRY(services.extensions.set_enabled(id, enabled));
    return extension_reply(services, id);
}
}  // namespace

Result<Reply> enable_extension(Services& services, const Call& call) { return switch_extension(services, call, true); }
Result<Reply> disable_extension(Services& services, const Call& call) { return switch_extension(services, call, false); }

Result<Reply> list_tools(Services& services, const Call&) {
    JsonWriter writer;
    writer.begin_object().key("items").begin_array();
    for (const auto& spec : services.tools.list()) write_tool(writer, spec);
    return Reply{.body_json = writer.end_array().end_object().take()};
}

Result<Reply> get_tool(Services& services, const Call& call) {
    const std::string name = text_of(call, "name");
    const auto found = services.tools.find(name);
    if (found == nullptr) return unknown_tool(services, name);
    JsonWriter writer;
    write_tool(writer, found->spec());
    return Reply{.body_json = writer.take()};
}

void invoke_tool(Services& services, Call call, Finish finish) {
    const std::string name = text_of(call, "name");
    if (services.tools.find(name) == nullptr) return finish(unknown_tool(services, name));
    tool::ToolCall tool_call;
    tool_call.name = name;
    tool_call.input_json = to_json(call.input["input"]);
    tool_call.deadline = services.clock.mono_now() + kInvokeLimit;
    tool_call.principal = call.caller.agent_id;
    tool_call.scopes = call.caller.scopes;
    tool_call.trace_id = call.trace_id;
    services.tools.invoke(std::move(tool_call), [finish = std::move(finish)](tool::ToolResult result) {
        if (result.outcome == tool::Outcome::kOk) finish(Reply{.body_json = std::move(result.output_json)});
        else finish(tool_error(result));
    });
}

}  // namespace ordinaut::operations
