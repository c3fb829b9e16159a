#include "era.h"

#include <algorithm>

namespace mcp_http {
namespace {

constexpr std::string_view kPrefix = "=?base64?";
constexpr std::string_view kSuffix = "?=";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

int digit_of(char c) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto at = kDigits.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string out;
    for (size_t at = 0; at < text.size(); at += 4) {
        const bool last = at + 4 == text.size();
        const int padding = !last ? 0 : (text[at + 3] != '=' ? 0 : text[at + 2] != '=' ? 1 : 2);
        unsigned bits = 0;
        for (size_t n = 0; n < 4; ++n) {
            const int digit = n >= 4u - static_cast<unsigned>(padding) ? 0 : digit_of(text[at + n]);
            if (digit < 0) return std::nullopt;
            bits = bits << 6 | static_cast<unsigned>(digit);
        }
        for (int n = 0; n < 3 - padding; ++n)
            out.push_back(static_cast<char>(bits >> (16 - 8 * n)));
        const unsigned unused = padding == 0 ? 0 : padding == 1 ? bits & 0xFF : bits & 0xFFFF;
        if (unused != 0) return std::nullopt;
    }
    return out;
}

[[noreturn]] void mismatch(const std::string& header, const std::string& why) {
    throw RpcError(kHeaderMismatch, header + " " + why, {{"header", header}}, 400);
}

void require_equal(const ordinaut::Request& request, const char* lower_case, const char* header,
                   std::string_view body_says) {
    const std::string_view given = trimmed(request.header(lower_case));
    if (given.empty())
        mismatch(header,
                 "is required and must be '" + std::string(body_says) + "', as in the body");
    const auto value = decoded_header(given);
    if (!value) mismatch(header, "is not valid Base64 (=?base64?…?= with padding)");
    if (*value != body_says)
        mismatch(header, "says '" + *value + "', but the body says '" + std::string(body_says) +
                             "'; they must be equal");
}

// What Mcp-Name repeats of the body.
std::string_view named_by(const Message& message) {
    const auto member = [&](std::string_view name) -> std::string_view {
        const Json* found = message.params.find(name);
        return found != nullptr && found->is_string() ? std::string_view(found->as_string()) : "";
    };
    if (message.method == "tools/call" || message.method == "prompts/get") return member("name");
    if (message.method == "resources/read") return member("uri");
    if (message.method.rfind("tasks/", 0) == 0) return member("taskId");
    return {};
}

void check_meta(const Message& message, const Json*& version) {
    const Json& meta = message.meta();
    const auto lacks = [](const std::string& what) {
        throw RpcError(kInvalidParams,
                       "params._meta must have " + what +
                           R"(, e.g. "_meta": {"io.modelcontextprotocol/protocolVersion": )"
                           R"("2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}})",
                       {}, 400);
    };
    if (!meta.is_object()) lacks("protocolVersion and clientCapabilities");
    version = meta.find(kMetaVersion);
    if (version == nullptr || !version->is_string())
        lacks("\"" + std::string(kMetaVersion) + "\" (a text)");
    const Json* capabilities = meta.find(kMetaCapabilities);
    if (capabilities == nullptr || !capabilities->is_object())
        lacks("\"" + std::string(kMetaCapabilities) + "\" (an object)");
}

}  // namespace

bool is_session_version(std::string_view version) {
    return std::find(kSessionVersions.begin(), kSessionVersions.end(), version) !=
           kSessionVersions.end();
}

Era era_of(const ordinaut::Request& request, const Message& message) {
    const Json& meta = message.meta();
    if (meta.find(kMetaVersion) != nullptr || meta.find(kMetaCapabilities) != nullptr)
        return Era::kStateless;
    return trimmed(request.header("mcp-protocol-version")) == kStatelessVersion ? Era::kStateless
                                                                                : Era::kSessions;
}

void check_stateless(const ordinaut::Request& request, const Message& message) {
    const bool asks = message.kind == Message::Kind::kRequest;
    const Json* version = nullptr;
    if (asks) {
        check_meta(message, version);
        require_equal(request, "mcp-protocol-version", "MCP-Protocol-Version",
                      version->as_string());
        if (version->as_string() != kStatelessVersion)
            throw RpcError(kUnsupportedVersion,
                           "protocol version '" + version->as_string() + "' is not supported",
                           {{"supported", Json::array({kStatelessVersion})},
                            {"requested", version->as_string()}},
                           400);
    }
    require_equal(request, "mcp-method", "Mcp-Method", message.method);
    const std::string_view name = named_by(message);
    const bool given = !trimmed(request.header("mcp-name")).empty();
    if (!name.empty() || given) require_equal(request, "mcp-name", "Mcp-Name", name);
}

std::optional<std::string> decoded_header(std::string_view value) {
    const bool wrapped = value.size() >= kPrefix.size() + kSuffix.size() &&
                         value.substr(0, kPrefix.size()) == kPrefix &&
                         value.substr(value.size() - kSuffix.size()) == kSuffix;
    if (!wrapped) return std::string(value);
    value.remove_prefix(kPrefix.size());
    value.remove_suffix(kSuffix.size());
    return from_base64(value);
}

}  // namespace mcp_http
