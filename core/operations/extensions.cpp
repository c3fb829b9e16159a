#include "auth/password.h"
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
    writer.raw("input_schema",
               spec.input_schema_json.empty() ? R"({"type":"object"})" : spec.input_schema_json);
    writer.raw("output_schema", spec.output_schema_json.empty() ? "null" : spec.output_schema_json);
    writer.end_object();
}

Result<Reply> extension_reply(Services& services, std::string_view id) {
    return Reply{.body_json = TRY(services.extensions.info_json(id))};
}

// The agent it acts as on its own behalf: made when it is first given scopes. Its secret is
// nobody's, so none can log in as it.
Status give_identity(Services& services, const std::string& id,
                     const std::vector<std::string>& scopes, const store::Actor& by) {
    auto known = services.stores.agents.find_by_name(own_agent_name(id));
    if (known.ok()) {
        if (known->scopes == scopes) return ok();
        known->scopes = scopes;
        TRY(services.stores.agents.update(*known, by));
        return ok();
    }
    if (known.error().code != ErrorCode::kNotFound) return known.error();
    if (scopes.empty()) return ok();
    Agent agent;
    agent.id = new_id();
    agent.name = own_agent_name(id);
    agent.scopes = scopes;
    agent.secret_hash = TRY(auth::hash_secret(random_token(32)));
    TRY(services.stores.agents.create(agent, by));
    return ok();
}

std::vector<std::string> identity_scopes(Services& services, const std::string& id) {
    const auto known = services.stores.agents.find_by_name(own_agent_name(id));
    return known.ok() ? known->scopes : std::vector<std::string>();
}

Result<Reply> change_grants(Services& services, const Call& call, GrantChange change) {
    const std::string id = text_of(call, "extension_id");
    TRY(services.extensions.info_json(id));
    const auto capabilities = texts_of(call, "capabilities");
    const auto named = texts_of(call, "scopes");
    if (change != GrantChange::kSet && capabilities.empty() && named.empty())
        return invalid("/capabilities", "name at least one capability, or one of 'scopes'");
    if (change != GrantChange::kRemove) {
        TRY(may_grant(call, named));
        TRY(services.extensions.may_have(id, capabilities));
    }
    std::vector<std::string> scopes =
        change == GrantChange::kSet ? std::vector<std::string>() : identity_scopes(services, id);
    for (const auto& scope : named) std::erase(scopes, scope);
    if (change != GrantChange::kRemove) scopes.insert(scopes.end(), named.begin(), named.end());
    if (find(call.input, "scopes") != nullptr) {
        TRY(give_identity(services, id, scopes, actor(call)));
        services.extensions.identity_changed();
    }
    if (change == GrantChange::kSet || !capabilities.empty())
        TRY(services.extensions.change_grants(id, change, capabilities, actor(call)));
    return extension_reply(services, id);
}

Error unknown_tool(Services& services, const std::string& name) {
    return not_found(services.tools.no_such_tool(name));
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
            error.details.push_back({std::string(string_or(item, "pointer", "")),
                                     std::string(string_or(item, "message", ""))});
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
    TRY(services.extensions.load(id, actor(call)));
    return extension_reply(services, id);
}

Result<Reply> reload_extension(Services& services, const Call& call) {
    const std::string id = text_of(call, "extension_id");
    TRY(services.extensions.reload(id, actor(call)));
    return extension_reply(services, id);
}

Result<Reply> enable_extension(Services& services, const Call& call) {
    const std::string id = text_of(call, "extension_id");
    TRY(services.extensions.set_enabled(id, true, actor(call)));
    return extension_reply(services, id);
}

Result<Reply> disable_extension(Services& services, const Call& call) {
    const std::string id = text_of(call, "extension_id");
    TRY(services.extensions.set_enabled(id, false, actor(call)));
    return extension_reply(services, id);
}

Result<Reply> set_extension_grants(Services& services, const Call& call) {
    return change_grants(services, call, GrantChange::kSet);
}
Result<Reply> grant_extension(Services& services, const Call& call) {
    return change_grants(services, call, GrantChange::kAdd);
}
Result<Reply> revoke_extension(Services& services, const Call& call) {
    return change_grants(services, call, GrantChange::kRemove);
}

Result<Reply> configure_extension(Services& services, const Call& call) {
    const std::string id = text_of(call, "extension_id");
    TRY(services.extensions.configure(id, to_json(call.input["config"]), actor(call)));
    return extension_reply(services, id);
}

Result<Reply> extension_logs(Services& services, const Call& call) {
    return Reply{
        .body_json = TRY(services.extensions.logs_json(
            text_of(call, "extension_id"), static_cast<int>(integer_of(call, "limit", 100))))};
}

Result<Reply> extension_events(Services& services, const Call& call) {
    auto events = services.extensions.events_json(text_of(call, "extension_id"));
    if (events.ok()) return Reply{.body_json = std::move(*events)};
    Error error = std::move(events.error());
    if (error.code == ErrorCode::kUnavailable)
        error.message = "events are not available at the moment; try again: " + error.message;
    return error;
}

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
    tool_call.causation_depth = call.causation_depth;
    services.tools.invoke(std::move(tool_call),
                          [finish = std::move(finish)](tool::ToolResult result) {
                              if (result.outcome == tool::Outcome::kOk)
                                  finish(Reply{.body_json = std::move(result.output_json)});
                              else
                                  finish(tool_error(result));
                          });
}

}  // namespace ordinaut::operations
