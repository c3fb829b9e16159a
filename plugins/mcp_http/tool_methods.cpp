// tools/list and tools/call: the server's own tools, then those extensions offer to assistants.
#include <algorithm>

#include "server.h"
#include "tools.h"

namespace mcp_http {
namespace {

constexpr int64_t kFreshMs = 5'000;

bool fits(std::string_view name) {
    return !name.empty() && name.size() <= 64 &&
           name.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
               "_.-") == std::string_view::npos;
}

std::string member(const Json& object, std::string_view name) {
    const Json* found = object.find(name);
    return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

bool may(const std::vector<std::string>& scopes, const std::string& wanted) {
    return std::any_of(scopes.begin(), scopes.end(), [&](const std::string& scope) {
        return scope == "admin" || scope == wanted;
    });
}

// The tools of extensions that this client may call, by their names for assistants.
std::vector<Json> offered(const Exchange& exchange) {
    std::vector<Json> tools;
    const Json all = Json::parse(exchange.host().tools());
    for (const Json& tool : all.items()) {
        const std::string name = member(tool, "mcp_name");
        const bool allowed =
            may(exchange.scopes(), "tools:invoke") ||
            may(exchange.scopes(), "ext:" + member(tool, "extension_id") + ":tools");
        if (allowed && fits(name) && find_tool(name) == nullptr) tools.push_back(tool);
    }
    return tools;
}

RpcError unknown_tool(const Exchange& exchange, const std::string& name) {
    std::vector<std::string> known;
    for (const Tool& tool : tools()) known.push_back(tool.name);
    for (const Json& tool : offered(exchange)) known.push_back(member(tool, "mcp_name"));
    const std::string nearest = schema::nearest_of(known, name);
    return {kInvalidParams, "there is no tool '" + excerpt(name) + "'; " +
                                (nearest.empty() ? "" : "did you mean '" + nearest + "'? ") +
                                "tools/list has their names"};
}

Json listed_offer(const Json& tool) {
    const std::string effect = member(tool, "effect");
    Json input = *tool.find("input_schema");
    if (input.find("type") == nullptr) input.set("type", "object");
    Json listed{{"name", member(tool, "mcp_name")},
                {"title", member(tool, "name")},
                {"description", member(tool, "description")},
                {"inputSchema", std::move(input)},
                {"annotations",
                 {{"title", member(tool, "name")},
                  {"readOnlyHint", effect == "pure"},
                  {"idempotentHint", effect != "at_most_once"},
                  {"openWorldHint", effect != "pure"}}}};
    if (const Json* output = tool.find("output_schema");
        output != nullptr && output->is_object() && member(*output, "type") == "object")
        listed.set("outputSchema", *output);
    return listed;
}

std::string refusal_of(const std::string& name, const ordinaut::Answer& answer) {
    std::string text = name + " was not done: " + answer.message;
    if (answer.json.empty()) return text;
    const Json head = Json::parse(answer.json);
    if (const Json* details = head.find("details"); details != nullptr && details->is_array())
        for (const Json& detail : details->items())
            text += "\n- " + member(detail, "pointer") + ": " + member(detail, "message");
    return text;
}

void call_offer(const ExchangePtr& exchange, const Json& tool, const Json& arguments) {
    const auto done = [exchange, name = member(tool, "mcp_name"),
                       structured = listed_offer(tool).find("outputSchema") !=
                                    nullptr](const ordinaut::Answer& answer) {
        if (!answer.ok()) return refuse(exchange, refusal_of(name, answer));
        const Json output = Json::parse(answer.json);
        if (structured) return succeed(exchange, output);
        exchange->result({{"content", Json::array({Json{{"type", "text"}, {"text", answer.json}}})},
                          {"isError", false}});
    };
    // Through the operation where its scope is there, so that it decides and counts as everywhere.
    if (may(exchange->scopes(), "tools:invoke"))
        return exchange->core("tools.invoke",
                              {{"name", member(tool, "name")}, {"input", arguments}}, done);
    const auto caller = exchange->caller();
    if (!caller) return;
    exchange->host().invoke(&caller->completion(), member(tool, "name"), arguments.text(), done);
}

void check_param(const ordinaut::Request& request, const std::string& header, const Json* value) {
    const auto refuse = [&](const std::string& why) {
        throw RpcError(kHeaderMismatch, header + " " + why, {{"header", header}}, 400);
    };
    std::string lower_case = header;
    for (char& c : lower_case) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::string_view given = request.header(lower_case);
    if (value == nullptr || value->is_null()) {
        if (!given.empty()) refuse("is given, but the body has no such argument");
        return;
    }
    const auto says = decoded_header(given);
    if (!says) refuse("is not valid Base64 (=?base64?…?= with padding)");
    const std::string wanted = value->is_string() ? value->as_string() : value->text();
    if (given.empty() && !wanted.empty()) refuse("is required, because the body has the argument");
    if (*says != wanted) refuse("differs from the argument in the body; they must be equal");
}

}  // namespace

void list_tools(const ServerPtr&, const ExchangePtr& exchange) {
    check_cursor(exchange->message);
    Json list = Json::array();
    for (const Tool& tool : tools()) list.push(listed(tool));
    for (const Json& tool : offered(*exchange)) list.push(listed_offer(tool));
    answer_list(exchange, {{"tools", std::move(list)}}, kFreshMs);
}

void check_param_headers(const ordinaut::Request& request, const Message& message) {
    const std::string name = message.text("name");
    const Json* arguments = message.params.find("arguments");
    const Json all = Json::parse(request.host().tools());
    for (const Json& tool : all.items()) {
        if (name.empty() || member(tool, "mcp_name") != name) continue;
        const Json* properties = tool.find("input_schema")->find("properties");
        if (properties == nullptr || !properties->is_object()) return;
        for (const auto& [argument, schema] : properties->members())
            if (const std::string header = member(schema, "x-mcp-header"); !header.empty())
                check_param(request, "Mcp-Param-" + header,
                            arguments == nullptr ? nullptr : arguments->find(argument));
    }
}

void call_tool(const ServerPtr&, const ExchangePtr& exchange) {
    const std::string name = exchange->message.required_text("name");
    const Json* given = exchange->message.params.find("arguments");
    const Json arguments = given == nullptr ? Json::object() : *given;
    if (!arguments.is_object())
        throw RpcError(kInvalidParams, "params.arguments must be an object");
    if (const Tool* tool = find_tool(name)) return run_tool(exchange, *tool, arguments);
    for (const Json& tool : offered(*exchange))
        if (member(tool, "mcp_name") == name) return call_offer(exchange, tool, arguments);
    throw unknown_tool(*exchange, name);
}

}  // namespace mcp_http
