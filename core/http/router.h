// From an HTTP request to an operation and back: routes, identity, input, the one error shape, and the headers around it.
#pragma once
#include <chrono>
#include <functional>
#include <optional>

#include "base/clock.h"
#include "http/input.h"
#include "http/responder.h"
#include "http/route_table.h"
#include "operations/dispatcher.h"

namespace ordinaut::http {

struct RouterOptions {
    // The caller a bearer token stands for. May block.
    std::function<Result<auth::Caller>(std::string_view token)> authenticate;
    // With --auth=off everyone is this caller; no token is looked at.
    std::optional<auth::Caller> everyone;
    // False: this process has no api role and answers only for its own health.
    bool api = true;
    std::string base_url;  // For links in documents; empty = from the Host header.
    // Files beside the operations (the documentation page); none = no such file.
    std::function<std::optional<Response>(const Request&)> assets;
    // One call per answered request: route template ("" when there is none), method, status, time in the router.
    std::function<void(std::string_view route, std::string_view method, int status, std::chrono::nanoseconds took)> observe;
};

// Thread-safe. `dispatcher` and `clock` must outlive it, and it every request.
class Router {
public:
    Router(const operations::Dispatcher& dispatcher, const Clock& clock, RouterOptions options);

    // Blocks as the operation does; run it on the work pool.
    void handle(Request request, const Responder& responder) const;
    Handler handler() const;

private:
    struct Exchange;
    void dispatch(Request request, const RouteMatch& match, std::shared_ptr<Exchange> exchange) const;
    Result<auth::Caller> identify(const operations::Operation& operation, const Request& request) const;
    Result<operations::Call> make_call(const RouteMatch& match, const Request& request, const Exchange& exchange) const;
    Response to_response(const operations::Operation& operation, const operations::Reply& reply, const Exchange& exchange) const;
    void finish(const Exchange& exchange, Response response) const;
    void fail(const Exchange& exchange, const Error& error) const;

    const operations::Dispatcher& dispatcher_;
    const Clock& clock_;
    const RouterOptions options_;
    RouteTable routes_;
    std::map<std::string_view, InputReader> readers_;  // By operation id.
};

}  // namespace ordinaut::http
