#include "server/aliases.h"

namespace ordinaut::server {
namespace {

// What comes after the first segment, as it was sent.
std::string rest_of(const http::Target& target) {
    const auto slash = target.path.find('/', 1);
    return slash == std::string::npos ? std::string() : target.path.substr(slash);
}

// `prefix` stands for the first segment: {"ext", "observability", "metrics"}.
http::Mount served_as(const ext::Host& host, std::vector<std::string> prefix) {
    return [&host, prefix = std::move(prefix)](http::MountedRequest request) {
        http::Target& target = request.request.target;
        std::string path;
        for (const auto& segment : prefix) path.append("/").append(segment);
        target.path = path + rest_of(target);
        target.segments.erase(target.segments.begin());
        target.segments.insert(target.segments.begin(), prefix.begin(), prefix.end());
        host.serve(std::move(request));
    };
}

// `home` ends with a slash.
http::Mount redirected_to(std::string home) {
    return [home = std::move(home)](const http::MountedRequest& request) {
        const http::Target& target = request.request.target;
        const std::string rest = rest_of(target);
        std::string location = home + (rest.empty() ? "" : rest.substr(1));
        if (!target.raw_query.empty()) location += "?" + target.raw_query;
        request.responder.respond({.status = 307,
                                   .headers = {{"Location", std::move(location)},
                                               {"X-Request-ID", request.request_id},
                                               {"Cache-Control", "no-store"}}});
    };
}

}  // namespace

std::map<std::string, http::Mount, std::less<>> metrics_alias(const ext::Host& host) {
    return {{"metrics", served_as(host, {"ext", "observability", "metrics"})}};
}

std::map<std::string, http::Mount, std::less<>> page_aliases() {
    return {{"ui", redirected_to("/ext/webui/")}};
}

}  // namespace ordinaut::server
