// The documentation page at /docs: a viewer of /openapi.json, compiled in, which loads nothing from
// anywhere else.
#pragma once
#include <optional>

#include "http/message.h"

namespace ordinaut::http {

// /docs, /docs/app.js and /docs/style.css for GET and HEAD; nothing for any other request. The
// policy it is served with allows no script, style or request but this server's own, and no inline
// script.
std::optional<Response> docs_response(const Request& request);

}  // namespace ordinaut::http
