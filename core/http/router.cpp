#include "http/router.h"

#include "base/id.h"
#include "base/log.h"
#include "http/error_response.h"
#include "http/origin.h"

namespace ordinaut::http {
namespace {

using operations::Operation;

std::vector<const Operation*> served(bool api) {
    std::vector<const Operation*> operations;
    for (const Operation& operation : operations::operation_table())
        if (api || operation.id.starts_with("health.") || operation.id == "root.get")
            operations.push_back(&operation);
    return operations;
}

// A client's own id is kept when it cannot do harm in a log or a header.
std::string request_id_of(const Request& request) {
    const std::string_view given = request.headers.get("x-request-id");
    const bool fit = !given.empty() && given.size() <= 100 &&
                     std::all_of(given.begin(), given.end(), [](unsigned char c) {
                         return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
                     });
    return fit ? std::string(given) : new_id();
}

// The trace id of a W3C traceparent ("00-<32 hex>-<16 hex>-<2 hex>"), or a fresh one.
std::string trace_id_of(const Request& request) {
    const std::string_view parent = request.headers.get("traceparent");
    if (parent.size() >= 55 && parent[2] == '-' && parent[35] == '-' && parent[52] == '-') {
        const std::string_view id = parent.substr(3, 32);
        const bool hex = id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
        if (hex && id.find_first_not_of('0') != std::string_view::npos) return std::string(id);
    }
    std::string id = new_id();
    std::erase(id, '-');
    return id;
}

std::string_view method_label(std::string_view method) {
    static constexpr std::string_view kMethods[] = {"GET",    "HEAD",    "POST", "PUT",
                                                    "DELETE", "OPTIONS", "PATCH"};
    const auto* known = std::find(std::begin(kMethods), std::end(kMethods), method);
    return known == std::end(kMethods) ? "other" : *known;
}

// The version an If-Match or If-None-Match names; empty for "*" and for no header.
std::string version_of(std::string_view etag) {
    if (etag == "*") return {};
    if (etag.starts_with("W/")) etag.remove_prefix(2);
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
        etag = etag.substr(1, etag.size() - 2);
    return std::string(etag);
}

Result<std::string> bearer_of(const Request& request) {
    if (request.headers.count("authorization") > 1)
        return Error{ErrorCode::kUnauthenticated, "more than one Authorization header"};
    const std::string_view header = request.headers.get("authorization");
    constexpr std::string_view kBearer = "Bearer ";
    if (header.empty())
        return Error{ErrorCode::kUnauthenticated,
                     "a token is needed: send Authorization: Bearer <token>; POST "
                     "/agents/auth/token gives one"};
    if (header.size() < kBearer.size() ||
        !equals_ignoring_case(header.substr(0, kBearer.size()), kBearer))
        return Error{ErrorCode::kUnauthenticated,
                     "the Authorization header must be: Bearer <token>"};
    return std::string(header.substr(kBearer.size()));
}

}  // namespace

// What is remembered of a request until its answer.
struct Router::Exchange {
    Responder responder;
    std::string request_id;
    std::string trace_id;
    std::string method;
    std::string route;  // The template, or empty.
    std::string if_none_match;
    SessionCookie cookie;
    MonoTime began;
};

Router::Router(const operations::Dispatcher& dispatcher, const Clock& clock, RouterOptions options)
    : dispatcher_(dispatcher),
      clock_(clock),
      options_(std::move(options)),
      routes_(served(options_.api)) {
    for (const Operation* operation : served(options_.api))
        readers_.emplace(operation->id, InputReader(*operation));
}

Handler Router::handler() const {
    return [this](Request request, const Responder& responder) {
        handle(std::move(request), responder);
    };
}

void Router::handle(Request request, const Responder& responder) const {
    auto exchange =
        std::make_shared<Exchange>(Exchange{responder,
                                            request_id_of(request),
                                            trace_id_of(request),
                                            request.method,
                                            {},
                                            version_of(request.headers.get("if-none-match")),
                                            SessionCookie::of(request, options_.base_url),
                                            clock_.mono_now()});
    try {
        route(std::move(request), exchange);
    } catch (const std::exception& fault) {
        fail(*exchange, internal(fault.what()));
    }
}

void Router::route(Request request, std::shared_ptr<Exchange> exchange) const {
    const RouteMatch match = routes_.match(request.method, request.target.segments);
    if (match.operation == nullptr)
        return answer_without_operation(std::move(request), match, *exchange);
    exchange->route = match.operation->path;
    dispatch(request, match, std::move(exchange));
}

void Router::answer_without_operation(Request request, const RouteMatch& match,
                                      const Exchange& exchange) const {
    if (match.allowed.empty()) {
        const auto& segments = request.target.segments;
        const auto mount =
            segments.empty() ? options_.mounts.end() : options_.mounts.find(segments.front());
        if (mount != options_.mounts.end()) {
            auto caller = identify(request, exchange.cookie);
            return mount->second({std::move(request), exchange.responder, exchange.request_id,
                                  exchange.trace_id, std::move(caller)});
        }
        if (options_.assets)
            if (auto file = options_.assets(request)) return finish(exchange, std::move(*file));
        return fail(exchange,
                    not_found("there is nothing at this path; GET /docs lists what there is"));
    }
    std::string allow;
    for (const auto& method : match.allowed) allow += (allow.empty() ? "" : ", ") + method;
    Response response = request.method == "OPTIONS"
                            ? Response{.status = 204}
                            : error_response(405, "this path takes " + allow, exchange.request_id,
                                             clock_.wall_now());
    response.headers.set("Allow", allow);
    finish(exchange, std::move(response));
}

void Router::dispatch(const Request& request, const RouteMatch& match,
                      std::shared_ptr<Exchange> exchange) const {
    auto call = make_call(match, request, *exchange);
    if (!call.ok()) return fail(*exchange, call.error());
    const Operation& operation = *match.operation;
    if (operation.streams && options_.stream)
        return open_stream(request, operation, std::move(*call), *exchange);
    dispatcher_.invoke(
        operation, std::move(*call),
        [this, &operation, exchange = std::move(exchange)](Result<operations::Reply> reply) {
            if (reply.ok())
                finish(*exchange, to_response(operation, *reply, *exchange));
            else
                fail(*exchange, reply.error());
        });
}

void Router::open_stream(const Request& request, const Operation& operation, operations::Call call,
                         const Exchange& exchange) const {
    if (const Status refused = dispatcher_.check(operation, call); !refused.ok())
        return fail(exchange, refused.error());
    Request credentials;
    credentials.method = request.method;
    credentials.headers = request.headers;
    const Status opened = options_.stream(
        {.caller = std::move(call.caller),
         .input = std::move(call.input),
         .last_event_id = std::string(request.headers.get("last-event-id")),
         .head_only = is_head(request),
         .responder = exchange.responder,
         .request_id = exchange.request_id,
         .identify = [this, cookie = exchange.cookie, credentials = std::move(credentials)] {
             return identify(credentials, cookie);
         }});
    if (!opened.ok()) return fail(exchange, opened.error());
    note(exchange, 200);
}

// A program's token comes first, and with it no cookie counts.
Result<auth::Caller> Router::identify(const Request& request, const SessionCookie& cookie) const {
    if (options_.everyone) {
        TRY(check_from_this_machine(request));
        return *options_.everyone;
    }
    if (request.headers.count("authorization") == 0 && options_.authenticate_session) {
        const std::string session = cookie.read(request);
        if (!session.empty()) {
            if (!is_safe(request.method)) TRY(check_from_page(request));
            return options_.authenticate_session(session);
        }
    }
    return options_.authenticate(TRY(bearer_of(request)));
}

Result<operations::Call> Router::make_call(const RouteMatch& match, const Request& request,
                                           const Exchange& exchange) const {
    operations::Call call;
    if (match.operation->page_only) TRY(check_from_page(request));
    if (match.operation->access != operations::Access::kPublic)
        call.caller = TRY(identify(request, exchange.cookie));
    call.input = TRY(readers_.at(match.operation->id).read(request, match.values));
    call.request_id = exchange.request_id;
    call.trace_id = exchange.trace_id;
    call.idempotency_key = request.headers.get("idempotency-key");
    call.session_token = exchange.cookie.read(request);
    call.if_match = version_of(request.headers.get("if-match"));
    call.base_url = options_.base_url.empty() ? "http://" + std::string(request.headers.get("host"))
                                              : options_.base_url;
    return call;
}

Response Router::to_response(const Operation& operation, const operations::Reply& reply,
                             const Exchange& exchange) const {
    Response response{.status = reply.status, .headers = {}, .body = reply.body_json};
    if (!reply.body_json.empty()) response.headers.set("Content-Type", reply.content_type);
    if (!reply.etag.empty()) {
        response.headers.set("ETag", "\"" + reply.etag + "\"");
        if (operation.method == operations::Method::kGet && exchange.if_none_match == reply.etag) {
            response.status = 304;
            response.body.clear();
        }
    }
    for (const auto& [name, value] : reply.headers) response.headers.set(name, value);
    if (reply.session)
        response.headers.add("Set-Cookie",
                             exchange.cookie.write(reply.session->token, reply.session->lives));
    return response;
}

void Router::fail(const Exchange& exchange, const Error& error) const {
    if (error.code == ErrorCode::kInternal)
        log_error("request.failed", {{"request_id", exchange.request_id},
                                     {"route", exchange.route},
                                     {"error", error.message}});
    finish(exchange, error_response(error, exchange.request_id, clock_.wall_now()));
}

void Router::finish(const Exchange& exchange, Response response) const {
    response.headers.set("X-Request-ID", exchange.request_id);
    response.headers.set("X-Content-Type-Options", "nosniff");
    if (response.headers.find("cache-control") == nullptr)
        response.headers.set("Cache-Control", "no-store");
    if (response.headers.find("content-security-policy") == nullptr)
        response.headers.set("Content-Security-Policy",
                             "default-src 'none'; frame-ancestors 'none'");
    note(exchange, response.status);
    exchange.responder.respond(std::move(response));
}

void Router::note(const Exchange& exchange, int status) const {
    const auto took = clock_.mono_now() - exchange.began;
    if (options_.observe)
        options_.observe(exchange.route, method_label(exchange.method), status, took);
    if (log_enabled(LogLevel::kDebug))
        log_debug("request.answered", {{"request_id", exchange.request_id},
                                       {"method", exchange.method},
                                       {"route", exchange.route},
                                       {"status", status}});
}

}  // namespace ordinaut::http
