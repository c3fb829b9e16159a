#include "http/origin.h"

#include <arpa/inet.h>

#include "base/excerpt.h"

namespace ordinaut::http {
namespace {

Error denied(std::string why) { return {ErrorCode::kDenied, std::move(why)}; }

// "http://host:8080" → "host:8080".
std::string_view authority_of(std::string_view origin) {
    const auto scheme = origin.find("://");
    return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

// The browser's own word comes first: it stays true behind a proxy that changes Host.
bool is_from_elsewhere(const Request& request) {
    const std::string_view site = request.headers.get("sec-fetch-site");
    if (!site.empty()) return site != "same-origin";
    const std::string_view origin = request.headers.get("origin");
    return !origin.empty() &&
           !equals_ignoring_case(authority_of(origin), request.headers.get("host"));
}

// "127.0.0.1:8080" → "127.0.0.1", "[::1]:8080" → "[::1]".
std::string_view without_port(std::string_view host) {
    const auto colon = host.rfind(':');
    const auto bracket = host.rfind(']');
    if (colon == std::string_view::npos) return host;
    return bracket != std::string_view::npos && colon < bracket ? host : host.substr(0, colon);
}

bool is_loopback(std::string_view name) {
    in_addr address{};
    if (inet_pton(AF_INET, std::string(name).c_str(), &address) == 1)
        return ntohl(address.s_addr) >> 24 == 127;
    return equals_ignoring_case(name, "localhost") || name == "[::1]";
}

}  // namespace

bool is_safe(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

Status check_from_page(const Request& request) {
    if (request.headers.get(kPageHeader).empty())
        return denied("a request with the session cookie that changes something needs the header " +
                      std::string(kPageHeader) + "; programs send Authorization: Bearer <token>");
    if (is_from_elsewhere(request))
        return denied(
            "the session cookie counts only for pages of this server, and this request comes from "
            "another origin");
    return ok();
}

Status check_from_this_machine(const Request& request) {
    const std::string_view host = request.headers.get("host");
    // HTTP/1.0 may leave it out; browsers never do.
    if (!host.empty() && !is_loopback(without_port(host)))
        return denied(
            "with auth off only requests to localhost, 127.0.0.1 or [::1] are answered, "
            "and Host is '" +
            excerpt(host, 100) + "'");
    if (!is_safe(request.method) && is_from_elsewhere(request))
        return denied("with auth off pages of other origins may change nothing");
    return ok();
}

}  // namespace ordinaut::http
