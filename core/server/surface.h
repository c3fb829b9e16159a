// From the configuration to what the HTTP surface is told.
#pragma once
#include "auth/authenticator.h"
#include "cli/cli.h"
#include "ext/host.h"
#include "http/router.h"
#include "http/server.h"
#include "live/event_stream.h"
#include "metrics/registry.h"

namespace ordinaut::server {

// Everything passed by reference must outlive what the options are given to.
http::ServerOptions server_options(const cli::ServerConfig& config);

http::RouterOptions router_options(const cli::ServerConfig& config,
                                   auth::Authenticator& authenticator, const ext::Host& host,
                                   const Id& admin, metrics::Registry& metrics, live::Feed& feed);

live::FeedOptions feed_options(const cli::ServerConfig& config);

}  // namespace ordinaut::server
