// The cookie that keeps a browser logged in.
//
// It is HttpOnly and SameSite=Strict. That alone leaves the other ports of this host, which count
// as the same site; so a request that changes something also proves where it comes from (origin.h).
#pragma once
#include <chrono>
#include <string>

#include "http/message.h"

namespace ordinaut::http {

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

}  // namespace ordinaut::http
