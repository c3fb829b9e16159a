// The server's resources: ordinaut://tasks/{task_id} and ordinaut://runs/{run_id}.
#pragma once
#include "exchange.h"

namespace mcp_http {

struct ResourceName {
    bool is_run;
    std::string id;
};

// None: no such resource can be.
std::optional<ResourceName> resource_named(std::string_view uri);
std::string uri_of(bool is_run, const std::string& id);
// One of "contents": the task or run as text.
Json contents_of(const ResourceName& name, const Json& value);
// Asks for a task or run as the client sees it.
void fetch(const Exchange& exchange, const ResourceName& name, ordinaut::OnAnswer done);
RpcError unknown_resource(Era era, const std::string& uri);

}  // namespace mcp_http
