// The cookie that keeps a browser logged in, and the proof that a request with it comes from a page
// of this server and not from a page elsewhere (CSRF).
//
// The cookie is HttpOnly and SameSite=Strict. That alone leaves the other ports of this host, which
// count as the same site; so a request that changes something also carries kPageHeader, which no
// page of another origin can send without being allowed to, and names no other origin.
#pragma once
#include <chrono>
#include <string>

#include "base/result.h"
#include "http/message.h"

namespace ordinaut::http {

inline constexpr std::string_view kPageHeader = "X-Ordinaut-Page";  // Any value that is not empty.

// How this request's cookie is called and set. Browsers share cookies among the ports of a host, so
// the port is part of the name: several servers on one machine do not log each other out.
struct SessionCookie {
    std::string name;
    bool secure = false;  // The browser speaks https, perhaps to a proxy before this server.

    static SessionCookie of(const Request& request, std::string_view base_url);

    // Its value in `request`; empty = none. Of several the first.
    std::string read(const Request& request) const;
    // A Set-Cookie value. An empty token takes the cookie away.
    std::string write(std::string_view token, std::chrono::seconds lives) const;
};

// Whether a method by itself changes nothing.
bool is_safe(std::string_view method);

// kDenied: without kPageHeader, or from another origin by what the browser says of it.
Status check_from_page(const Request& request);

}  // namespace ordinaut::http
