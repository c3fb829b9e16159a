// From an HTTP request to an operation and back: routes, identity, input, the one error shape, and
// the headers around it.
#pragma once
#include <chrono>
#include <functional>
#include <optional>

#include "base/clock.h"
#include "http/docs_page.h"
#include "http/input.h"
#include "http/responder.h"
#include "http/route_table.h"
#include "http/session_cookie.h"
#include "operations/dispatcher.h"

namespace ordinaut::http {

// A request for something beside the operations, with what the router has found out about it.
struct MountedRequest {
    Request request;
    Responder responder;
    std::string request_id;
    std::string trace_id;  // 32 hex digits.
    // kUnauthenticated without a valid token; the mount decides whether that matters.
    Result<auth::Caller> caller;
};
using Mount = std::function<void(MountedRequest)>;

// A request for an operation that answers as a stream: known caller, right and input checked.
struct StreamRequest {
    auth::Caller caller;
    Json input;  // As the operation's handler would get it.
    std::string last_event_id;
    bool head_only = false;  // HEAD: the same headers, and no body.
    Responder responder;
    std::string request_id;
    // Whom the caller's credentials stand for, asked anew; an error when they no longer hold. May
    // block. Thread-safe; valid as long as the router.
    std::function<Result<auth::Caller>()> identify;
};
// An error: nothing was answered, and the router answers with it.
using Stream = std::function<Status(StreamRequest)>;

struct RouterOptions {
    // The caller a bearer token stands for. May block.
    std::function<Result<auth::Caller>(std::string_view token)> authenticate;
    // The caller a browser's session stands for; asked only without an Authorization header. May
    // block.
    std::function<Result<auth::Caller>(std::string_view token)> authenticate_session = {};
    // With --auth=off everyone is this caller; no token is looked at, only where requests come from
    // (origin.h).
    std::optional<auth::Caller> everyone;
    // False: this process has no api role and answers only for its own health.
    bool api = true;
    std::string base_url;  // For links in documents; empty = from the Host header.
    // Files beside the operations; none = no such file.
    std::function<std::optional<Response>(const Request&)> assets = docs_response;
    // Who answers for paths that begin with this segment ("ext", "stream") and are no operation's.
    std::map<std::string, Mount, std::less<>> mounts = {};
    // Who answers for the operations that stream.
    Stream stream = {};
    // One call per request answered here: route template ("" when there is none), method ("other"
    // unless one of HTTP's own, so that clients cannot invent labels), status, time in the router.
    std::function<void(std::string_view route, std::string_view method, int status,
                       std::chrono::nanoseconds took)>
        observe;
};

// Thread-safe. `dispatcher` and `clock` must outlive it, and it every request.
class Router {
public:
    Router(const operations::Dispatcher& dispatcher, const Clock& clock, RouterOptions options);

    // Blocks as the operation does; run it on the work pool.
    // What is thrown on the way is logged and answered with 500.
    void handle(Request request, const Responder& responder) const;
    Handler handler() const;

private:
    struct Exchange;
    void route(Request request, std::shared_ptr<Exchange> exchange) const;
    void dispatch(const Request& request, const RouteMatch& match,
                  std::shared_ptr<Exchange> exchange) const;
    void open_stream(const Request& request, const operations::Operation& operation,
                     operations::Call call, const Exchange& exchange) const;
    void answer_without_operation(Request request, const RouteMatch& match,
                                  const Exchange& exchange) const;
    Result<auth::Caller> identify(const Request& request, const SessionCookie& cookie) const;
    Result<operations::Call> make_call(const RouteMatch& match, const Request& request,
                                       const Exchange& exchange) const;
    Response to_response(const operations::Operation& operation, const operations::Reply& reply,
                         const Exchange& exchange) const;
    void finish(const Exchange& exchange, Response response) const;
    void fail(const Exchange& exchange, const Error& error) const;
    void note(const Exchange& exchange, int status) const;  // For the metrics and the log.

    const operations::Dispatcher& dispatcher_;
    const Clock& clock_;
    const RouterOptions options_;
    RouteTable routes_;
    std::map<std::string_view, InputReader> readers_;  // By operation id.
};

}  // namespace ordinaut::http
