#include "http/session_cookie.h"

#include <algorithm>

namespace ordinaut::http {
namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// The port a browser names in Host; empty when it is the scheme's own.
std::string_view port_of(std::string_view host) {
    const auto colon = host.rfind(':');
    if (colon == std::string_view::npos || host.find(']', colon) != std::string_view::npos)
        return {};
    const std::string_view port = host.substr(colon + 1);
    return port.find_first_not_of("0123456789") == std::string_view::npos ? port
                                                                          : std::string_view();
}

}  // namespace

SessionCookie SessionCookie::of(const Request& request, std::string_view base_url) {
    SessionCookie cookie{.name = "ordinaut_session", .secure = base_url.starts_with("https:")};
    const std::string_view port = port_of(request.headers.get("host"));
    if (!port.empty()) cookie.name.append("_").append(port);
    if (equals_ignoring_case(trim(request.headers.get("x-forwarded-proto")), "https"))
        cookie.secure = true;
    return cookie;
}

std::string SessionCookie::read(const Request& request) const {
    for (const auto& [header, value] : request.headers.all()) {
        if (!equals_ignoring_case(header, "cookie")) continue;
        for (std::string_view rest = value; !rest.empty();) {
            const auto end = rest.find(';');
            const std::string_view pair = trim(rest.substr(0, end));
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && pair.substr(0, equals) == name)
                return std::string(pair.substr(equals + 1));
        }
    }
    return {};
}

std::string SessionCookie::write(std::string_view token, std::chrono::seconds lives) const {
    std::string text = name + "=" + std::string(token) + "; Path=/; HttpOnly; SameSite=Strict";
    text += "; Max-Age=" + std::to_string(token.empty() ? 0 : std::max<int64_t>(lives.count(), 0));
    if (secure) text += "; Secure";
    return text;
}

}  // namespace ordinaut::http
