#include "rpc.h"

namespace mcp_http {
namespace {

constexpr size_t kIdBytesMax = 200;
constexpr size_t kMethodBytesMax = 100;

// Bytes of the UTF-8 sequence at `at`, 0 when there is none.
size_t sequence_at(std::string_view text, size_t at) {
    const auto byte = [&](size_t n) { return static_cast<unsigned char>(text[at + n]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    const size_t size = lead >= 0xC2 && lead < 0xE0   ? 2
                        : lead >= 0xE0 && lead < 0xF0 ? 3
                        : lead >= 0xF0 && lead < 0xF5 ? 4
                                                      : 0;
    if (size == 0 || at + size > text.size()) return 0;
    for (size_t n = 1; n < size; ++n)
        if ((byte(n) & 0xC0) != 0x80) return 0;
    const bool too_long = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool no_character = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
    return too_long || no_character ? 0 : size;
}

void require_utf8(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        const size_t size = sequence_at(text, at);
        if (size == 0)
            throw RpcError(kParseError,
                           "the body must be UTF-8; byte " + std::to_string(at) + " is not", {},
                           400);
        at += size;
    }
}

[[noreturn]] void refuse(const std::string& why) { throw RpcError(kInvalidRequest, why, {}, 400); }

Json read_id(const Json& body) {
    const Json* id = body.find("id");
    if (id == nullptr) return {};
    if (!id->is_string() && !id->is_number()) refuse("'id' must be a text or a number");
    if (id->is_string() && id->as_string().size() > kIdBytesMax)
        refuse("'id' must have at most 200 bytes");
    return *id;
}

}  // namespace

std::string excerpt(std::string_view text, size_t bytes_max) {
    std::string shown;
    size_t at = 0;
    while (at < text.size()) {
        const size_t size = sequence_at(text, at);
        if (at + std::max<size_t>(size, 1) > bytes_max) break;
        shown += size == 0 ? std::string_view("?") : text.substr(at, size);
        at += std::max<size_t>(size, 1);
    }
    return at < text.size() ? shown + "…" : shown;
}

std::string Message::text(std::string_view name) const {
    const Json* found = params.find(name);
    if (found == nullptr) return {};
    if (!found->is_string())
        throw RpcError(kInvalidParams, "params." + std::string(name) + " must be a text");
    return found->as_string();
}

std::string Message::required_text(std::string_view name) const {
    std::string value = text(name);
    if (value.empty())
        throw RpcError(kInvalidParams, "params." + std::string(name) + " is required");
    return value;
}

const Json& Message::meta() const {
    static const Json kNone;
    const Json* meta = params.find("_meta");
    return meta == nullptr ? kNone : *meta;
}

Message read_message(std::string_view body) {
    require_utf8(body);
    Json json;
    try {
        json = Json::parse(body);
    } catch (const ordinaut::JsonError& error) {
        throw RpcError(kParseError, error.what(), {}, 400);
    }
    if (json.is_array()) refuse("one message per request: batches are not accepted");
    const Json* version = json.find("jsonrpc");
    if (version == nullptr || !version->is_string() || version->as_string() != "2.0")
        refuse(R"(the body must be one JSON-RPC 2.0 message with "jsonrpc": "2.0")");
    Message message;
    message.id = read_id(json);
    const Json* method = json.find("method");
    if (method == nullptr) {
        if (json.find("result") == nullptr && json.find("error") == nullptr)
            refuse("'method' is missing");
        message.kind = Message::Kind::kResponse;
        return message;
    }
    if (!method->is_string() || method->as_string().size() > kMethodBytesMax)
        refuse("'method' must be a text of at most 100 bytes");
    message.method = method->as_string();
    message.kind = message.id.is_null() ? Message::Kind::kNotification : Message::Kind::kRequest;
    if (const Json* params = json.find("params")) {
        if (!params->is_object()) refuse("'params' must be an object");
        message.params = *params;
    }
    return message;
}

Json response_of(const Json& id, Json result) {
    return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

Json error_of(const Json& id, const RpcError& error) {
    Json body{{"code", error.code}, {"message", error.what()}};
    if (!error.data.is_null()) body.set("data", error.data);
    return {{"jsonrpc", "2.0"}, {"id", id}, {"error", std::move(body)}};
}

Json notification_of(std::string_view method, Json params) {
    return {{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}};
}

}  // namespace mcp_http
