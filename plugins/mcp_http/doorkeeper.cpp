#include <algorithm>

#include "endpoint.h"

namespace mcp_http {
namespace {

std::vector<std::string> texts_of(const Json& config, std::string_view name) {
    std::vector<std::string> texts;
    if (const Json* found = config.find(name))
        for (const Json& one : found->items()) texts.push_back(one.as_string());
    return texts;
}

// "[::1]:80" → "[::1]", "localhost:80" → "localhost".
std::string_view without_port(std::string_view host) {
    if (!host.empty() && host.front() == '[') return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

bool is_harmless(std::string_view name) {
    if (name == "localhost") return true;
    if (!name.empty() && name.front() == '[') return true;
    return !name.empty() && name.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool has(const std::vector<std::string>& list, std::string_view value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

Doorkeeper::Doorkeeper(const Json& config)
    : hosts_(texts_of(config, "allowed_hosts")), origins_(texts_of(config, "allowed_origins")) {}

void Doorkeeper::check(const ordinaut::Request& request) const {
    const std::string_view host = request.header("host");
    const auto known = [&](std::string_view name) {
        return is_harmless(name) || has(hosts_, name);
    };
    if (!known(without_port(host)))
        throw RpcError(kInvalidRequest,
                       "the header Host says '" + excerpt(host, 200) +
                           "', which is not this machine; if it is this server's name, add it to "
                           "allowed_hosts in the configuration of the extension mcp_http",
                       {}, 403);
    const std::string_view origin = request.header("origin");
    if (origin.empty() || has(origins_, origin)) return;
    const auto scheme = origin.find("://");
    const std::string_view from =
        scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
    if (!from.empty() && (from == host || known(without_port(from)))) return;
    throw RpcError(kInvalidRequest,
                   "pages of the origin '" + excerpt(origin, 200) +
                       "' may not use this server; add it to allowed_origins in the configuration "
                       "of the extension mcp_http to let them",
                   {}, 403);
}

}  // namespace mcp_http
