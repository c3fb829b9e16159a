// Short paths that lead to extensions, as API.md names them: /metrics and /ui.
#pragma once
#include <map>
#include <string>

#include "ext/host.h"
#include "http/router.h"

namespace ordinaut::server {

// By first segment. "/metrics" is answered as /ext/observability/metrics, by the same rules about
// who may; "/ui" and what is below it is redirected to /ext/webui/, so that a page's relative links
// hold. Queries go along. `host` must outlive them.
std::map<std::string, http::Mount, std::less<>> metrics_alias(const ext::Host& host);
std::map<std::string, http::Mount, std::less<>> page_aliases();

}  // namespace ordinaut::server
