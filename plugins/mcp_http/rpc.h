// JSON-RPC 2.0 as the Model Context Protocol uses it: one message per body.
#pragma once
#include <ordinaut/ordinaut.hpp>

namespace mcp_http {

using ordinaut::Json;

constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kInternalError = -32603;
constexpr int kHeaderMismatch = -32020;
constexpr int kUnsupportedVersion = -32022;

// The beginning of a text that came from outside, as a message may quote it: cut between characters
// and followed by "…" when cut; what is no UTF-8 becomes '?'.
std::string excerpt(std::string_view text, size_t bytes_max = 100);

// Answers a message with an error; `http` is the status of the answer that carries it.
struct RpcError : std::runtime_error {
    int code;
    Json data;
    int http;
    RpcError(int c, const std::string& message, Json d = {}, int h = 200)
        : std::runtime_error(message), code(c), data(std::move(d)), http(h) {}
};

struct Message {
    enum class Kind { kRequest, kNotification, kResponse };
    Kind kind = Kind::kRequest;
    Json id{};  // Text or number; null when it has none.
    std::string method{};
    Json params = Json::object();

    // A text of the parameters; empty when it is missing. RpcError -32602: it is no text.
    std::string text(std::string_view name) const;
    // As text(), but it must be there.
    std::string required_text(std::string_view name) const;
    const Json& meta() const;  // params._meta, or null.
};

// RpcError with HTTP 400: no JSON, no message, or several in one body.
Message read_message(std::string_view body);

Json response_of(const Json& id, Json result);
Json error_of(const Json& id, const RpcError& error);
Json notification_of(std::string_view method, Json params);

}  // namespace mcp_http
