// Whether a request comes from where it may, when what counts is not a token but the browser's
// cookie, or, with --auth=off, that it can be sent at all. Pages elsewhere send requests too
// (CSRF).
#pragma once
#include "base/result.h"
#include "http/message.h"

namespace ordinaut::http {

// No page of another origin can send it without being allowed to. Any value that is not empty.
inline constexpr std::string_view kPageHeader = "X-Ordinaut-Page";

// Whether a method by itself changes nothing.
bool is_safe(std::string_view method);

// kDenied: without kPageHeader, or from another origin by what the browser says of it.
Status check_from_page(const Request& request);

// For a server that asks nobody who they are. kDenied: Host is no name of this machine for itself
// (a page whose own name was pointed at 127.0.0.1 sends that name), or the request would change
// something and comes from another origin.
Status check_from_this_machine(const Request& request);

}  // namespace ordinaut::http
