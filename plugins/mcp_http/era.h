// The two eras of the protocol at one endpoint: 2026-07-28 without sessions, and before it with
// them. Which one a message belongs to, and what its headers must say.
#pragma once
#include <array>

#include "rpc.h"

namespace mcp_http {

enum class Era { kSessions, kStateless };

constexpr std::string_view kStatelessVersion = "2026-07-28";
constexpr std::array<std::string_view, 2> kSessionVersions{"2025-11-25", "2025-06-18"};

constexpr std::string_view kMetaVersion = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view kMetaCapabilities = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view kMetaLogLevel = "io.modelcontextprotocol/logLevel";
constexpr std::string_view kMetaServer = "io.modelcontextprotocol/serverInfo";
constexpr std::string_view kMetaSubscription = "io.modelcontextprotocol/subscriptionId";

bool is_session_version(std::string_view version);

// By the message's _meta and the version's value, never by the presence of other headers.
Era era_of(const ordinaut::Request& request, const Message& message);

// Checks _meta, version and headers of a message of the stateless era. RpcError with HTTP 400:
// -32602 _meta lacks something, -32020 a header differs from the body, -32022 another version.
void check_stateless(const ordinaut::Request& request, const Message& message);

// A header's value, decoded when it is "=?base64?…?=". None: it is not valid Base64.
std::optional<std::string> decoded_header(std::string_view value);

}  // namespace mcp_http
