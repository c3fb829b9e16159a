#include "server/surface.h"

#include "http/docs_page.h"
#include "server/aliases.h"

namespace ordinaut::server {
namespace {

using cli::ServerConfig;

// Labels are route templates, never paths.
void observe_http(http::RouterOptions& options, metrics::Registry& metrics) {
    options.observe = [&metrics](std::string_view route, std::string_view method, int status,
                                 std::chrono::nanoseconds took) {
        const metrics::Labels labels = {{"method", std::string(method)},
                                        {"route", std::string(route.empty() ? "none" : route)}};
        metrics::Labels with_status = labels;
        with_status.emplace_back("status", std::to_string(status));
        metrics.counter("ord_http_requests_total", "HTTP requests answered.", with_status).add();
        metrics
            .histogram("ord_http_request_duration_seconds", "Time in the router, in seconds.",
                       labels)
            .observe(std::chrono::duration<double>(took).count());
    };
}

}  // namespace

http::ServerOptions server_options(const ServerConfig& config) {
    http::ServerOptions options;
    options.host = config.host;
    options.port = static_cast<uint16_t>(config.port);
    options.limits.framing.body_bytes_max = static_cast<size_t>(config.body_limit_bytes);
    options.limits.connections_max = static_cast<size_t>(config.connections_max);
    return options;
}

http::RouterOptions router_options(const ServerConfig& config, auth::Authenticator& authenticator,
                                   const ext::Host& host, const Id& admin,
                                   metrics::Registry& metrics, live::Feed& feed) {
    http::RouterOptions options;
    observe_http(options, metrics);
    options.authenticate = [&](std::string_view token) {
        return authenticator.authenticate(token);
    };
    options.authenticate_session = [&](std::string_view token) {
        return authenticator.authenticate_session(token);
    };
    if (!config.auth) options.everyone = auth::Caller{admin, "admin", {"admin"}};  // Loopback only.
    options.api = config.has_role("api");
    options.mounts = metrics_alias(host);  // Every role can be asked for its metrics.
    if (!options.api) return options;
    options.mounts.merge(page_aliases());
    options.assets = http::docs_response;
    options.mounts["ext"] = [&host](http::MountedRequest request) {
        host.serve(std::move(request));
    };
    options.stream = [&feed](http::StreamRequest request) {
        return live::open_event_stream(feed, std::move(request));
    };
    return options;
}

live::FeedOptions feed_options(const ServerConfig& config) {
    live::FeedOptions options;
    options.heartbeat = std::chrono::seconds(config.stream_heartbeat_seconds);
    return options;
}

}  // namespace ordinaut::server
