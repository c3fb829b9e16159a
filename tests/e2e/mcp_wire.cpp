#include "tests/e2e/mcp_wire.h"

#include <gtest/gtest.h>

namespace ordinaut::testing {
namespace {

const Headers kTypes{{"Content-Type", "application/json"},
                     {"Accept", "application/json, text/event-stream"}};

std::string request_json(int id, const std::string& method, const std::string& params) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method +
           R"(","params":)" + params + "}";
}

}  // namespace

McpSession::McpSession(HttpClient& http, const std::string& version)
    : http_(http), version_(version) {
    const auto answer = http.request(
        "POST", kMcp,
        request_json(0, "initialize",
                     R"({"protocolVersion":")" + version +
                         R"(","capabilities":{},"clientInfo":{"name":"test","version":"1"}})"),
        kTypes);
    EXPECT_EQ(answer.status, 200) << answer.body;
    if (const auto found = answer.headers.find("mcp-session-id"); found != answer.headers.end())
        id_ = found->second;
    EXPECT_EQ(send(R"({"jsonrpc":"2.0","method":"notifications/initialized"})").status, 202);
}

Headers McpSession::headers() const {
    Headers headers = kTypes;
    headers["Mcp-Session-Id"] = id_;
    headers["MCP-Protocol-Version"] = version_;
    return headers;
}

HttpAnswer McpSession::send(const std::string& body, const Headers& more) const {
    Headers all = headers();
    for (const auto& [name, value] : more) all[name] = value;
    return http_.request("POST", kMcp, body, all);
}

Json McpSession::ask(const std::string& method, const std::string& params) const {
    return message_of(send(request_json(++last_, method, params)));
}

Json McpSession::call(const std::string& tool, const std::string& arguments) const {
    const Json message =
        ask("tools/call", R"({"name":")" + tool + R"(","arguments":)" + arguments + "}");
    const JsonValue* result = find(message, "result");
    if (result == nullptr) {
        ADD_FAILURE() << to_json(message);
        return {};
    }
    Json copy;
    copy.CopyFrom(*result, copy.GetAllocator());
    return copy;
}

HttpAnswer ask_stateless(HttpClient& http, const std::string& method, const std::string& members,
                         const Headers& more) {
    Headers headers = kTypes;
    headers["MCP-Protocol-Version"] = "2026-07-28";
    headers["Mcp-Method"] = method;
    for (const auto& [name, value] : more) headers[name] = value;
    return http.request(
        "POST", kMcp,
        request_json(1, method,
                     R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                     R"("io.modelcontextprotocol/clientCapabilities":{}})" +
                         (members.empty() ? "" : "," + members) + "}"),
        headers);
}

Json message_of(const HttpAnswer& answer) {
    std::string text = answer.body;
    const auto type = answer.headers.find("content-type");
    if (type != answer.headers.end() && type->second.starts_with("text/event-stream")) {
        const auto data = text.rfind("data: {");
        if (data == std::string::npos) {
            ADD_FAILURE() << "no message among the events: " << text;
            return {};
        }
        text = text.substr(data + 6, text.find('\n', data) - data - 6);
    }
    auto json = parse_json(text);
    if (!json.ok()) {
        ADD_FAILURE() << answer.status << " " << answer.body;
        return {};
    }
    return std::move(*json);
}

int64_t error_code(const Json& message) {
    const JsonValue* error = message.IsObject() ? find(message, "error") : nullptr;
    return error == nullptr ? 0 : (*error)["code"].GetInt64();
}

std::string error_text(const Json& message) {
    const JsonValue* error = message.IsObject() ? find(message, "error") : nullptr;
    return error == nullptr ? to_json(message) : (*error)["message"].GetString();
}

std::string text_of_result(const Json& result) {
    return result.IsObject() ? result["content"][0]["text"].GetString() : "";
}

}  // namespace ordinaut::testing
