// subscriptions/listen: the stateless era's one stream for what the server has to tell.
#include "follow.h"
#include "resources.h"
#include "server.h"

namespace mcp_http {
namespace {

constexpr size_t kSubscriptionsMax = 1000;

struct Wish {
    bool tools = false;
    std::set<std::string> resources;
};

bool asks(const Json& filter, std::string_view name) {
    const Json* found = filter.find(name);
    if (found == nullptr) return false;
    if (!found->is_bool())
        throw RpcError(kInvalidParams,
                       "params.notifications." + std::string(name) + " must be true or false");
    return found->as_bool();
}

Wish wish_of(const Message& message) {
    const Json* filter = message.params.find("notifications");
    if (filter == nullptr || !filter->is_object())
        throw RpcError(kInvalidParams,
                       R"(params.notifications must be an object, e.g. {"toolsListChanged": true, )"
                       R"("resourceSubscriptions": ["ordinaut://runs/…"]})");
    Wish wish;
    wish.tools = asks(*filter, "toolsListChanged");
    asks(*filter, "promptsListChanged");
    asks(*filter, "resourcesListChanged");
    const Json* uris = filter->find("resourceSubscriptions");
    if (uris == nullptr) return wish;
    if (!uris->is_array() || uris->items().size() > kSubscriptionsMax)
        throw RpcError(kInvalidParams,
                       "params.notifications.resourceSubscriptions must be a list of at most 1,000 "
                       "resources");
    for (const Json& uri : uris->items()) {
        if (!uri.is_string() || !resource_named(uri.as_string()))
            throw unknown_resource(Era::kStateless, uri.is_string() ? uri.as_string() : uri.text());
        wish.resources.insert(uri.as_string());
    }
    return wish;
}

// What is honoured of what was asked: prompts and the list of resources are not told of.
Json agreed(const Wish& wish) {
    Json filter = Json::object();
    if (wish.tools) filter.set("toolsListChanged", true);
    if (wish.resources.empty()) return filter;
    Json uris = Json::array();
    for (const auto& uri : wish.resources) uris.push(uri);
    filter.set("resourceSubscriptions", std::move(uris));
    return filter;
}

}  // namespace

void listen(const ServerPtr& server, const ExchangePtr& exchange) {
    const Wish wish = wish_of(exchange->message);
    if (!exchange->takes_events())
        throw RpcError(kInvalidRequest, "Accept must name text/event-stream", {}, 406);
    exchange->go_streaming();
    const auto tell = [exchange](std::string_view method, Json params) {
        params.set("_meta", {{std::string(kMetaSubscription), exchange->message.id}});
        exchange->notify(notification_of(method, std::move(params)));
    };
    tell("notifications/subscriptions/acknowledged", {{"notifications", agreed(wish)}});
    const auto caller = exchange->caller();
    if (!caller) return;
    Following following{[resources = wish.resources] { return resources; },
                        [tell](const std::string& uri) {
                            tell("notifications/resources/updated", {{"uri", uri}});
                        }};
    if (wish.tools)
        following.tools_changed = [tell] {
            tell("notifications/tools/list_changed", Json::object());
        };
    follow(server->host, *caller, std::move(following));
}

}  // namespace mcp_http
