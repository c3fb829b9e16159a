// HTTP as the place of an extension sees it: who may come in, and what answers: its code, its
// files, or a refusal.
#include "ext/extension_slot.h"
#include "ext/http_call.h"
#include "ext/static_files.h"
#include "http/error_response.h"

namespace ordinaut::ext {
namespace {

bool may(const auth::Caller& caller, const std::string& scope) {
    return caller.admin() ||
           std::find(caller.scopes.begin(), caller.scopes.end(), scope) != caller.scopes.end();
}

std::span<const std::string> below(const http::MountedRequest& request) {
    return std::span(request.request.target.segments).subspan(2);
}

}  // namespace

// Nothing when the caller may use everything; otherwise why only what is public.
std::optional<Error> ExtensionSlot::refusal_of(const http::MountedRequest& request) const {
    if (!request.caller.ok()) return request.caller.error();
    const std::string scope = "ext:" + id_ + ":routes";
    if (!options_.require_scopes || may(*request.caller, scope)) return std::nullopt;
    Error error{ErrorCode::kDenied, "the scope " + scope + " is missing"};
    error.missing_scope = scope;
    return error;
}

void ExtensionSlot::serve_http(http::MountedRequest request) {
    const auto known = definition();
    const auto& manifest = known->found.manifest;
    auto refusal = refusal_of(request);
    RouteFound declared;
    if (manifest && known->granted.has(Grant::kRoutes))
        declared = manifest->routes->find(request.request.method, below(request),
                                          request.request.target.trailing_slash);
    const bool open = (declared.route != nullptr && declared.route->is_public) ||
                      declared.any_public || (known->files != nullptr && known->files->is_public());
    if (refusal && !open) return refuse_http(request, *refusal);
    if (!manifest)
        return refuse_http(
            request, unavailable("extension '" + id_ + "' is in error; GET /extensions says why"));
    if (known->granted.has(Grant::kRoutes))
        return ask_code(std::move(request), std::move(refusal), declared.route, known->files);
    if (known->granted.has(Grant::kStatic)) {
        // Without code to ask there is nothing to load.
        if (!known->enabled) return refuse_http(request, disabled_error());
        const auto began = std::chrono::steady_clock::now();
        for (const auto match : {StaticFiles::Match::kFile, StaticFiles::Match::kFallback}) {
            const int status =
                known->files == nullptr
                    ? 0
                    : known->files->serve(request.request, below(request), request.responder,
                                          request.request_id, match);
            if (status != 0)
                return http_meter_->answered(status, std::chrono::steady_clock::now() - began);
        }
        return refuse_http(request, not_found("extension '" + id_ + "' has no such file"));
    }
    if (!manifest->asked.has(Grant::kRoutes) && !manifest->asked.has(Grant::kStatic))
        return refuse_http(request, not_found("extension '" + id_ + "' answers no HTTP requests"));
    const std::string missing = manifest->asked.has(Grant::kRoutes) ? "ROUTES" : "STATIC";
    refuse_http(request,
                Error{ErrorCode::kDenied, "extension '" + id_ + "' was not granted " + missing +
                                              "; an operator grants it with `ordinaut ext grant " +
                                              id_ + " " + missing + "`"});
}

void ExtensionSlot::ask_code(http::MountedRequest request, std::optional<Error> refusal,
                             const Route* declared, std::shared_ptr<const StaticFiles> files) {
    const auto timeout = declared != nullptr && declared->timeout.count() > 0
                             ? declared->timeout
                             : options_.http_timeout;
    tool::ToolCall call;
    call.name = request.request.method + " " + request.request.target.path;
    call.deadline = std::chrono::steady_clock::now() + timeout;
    if (request.caller.ok()) {
        call.principal = request.caller->agent_id;
        call.scopes = request.caller->scopes;
    }
    call.idempotency_key = request.request.headers.get("idempotency-key");
    call.trace_id = request.trace_id;
    const auto responder = request.responder;
    const auto http = std::make_shared<HttpCall>(std::move(request), id_, std::move(refusal),
                                                 std::move(files), http_meter_);
    const auto invocation = Invocation::begin(
        context_.deadlines, std::move(call),
        [http](const tool::ToolResult& result) { http->ended_by_host(result); }, http);
    responder.on_gone([inv = invocation->handle()] {
        if (const auto open = invocations().find(inv); open != nullptr) open->client_gone();
    });
    route(invocation);
}

void ExtensionSlot::refuse_http(const http::MountedRequest& request, const Error& error) const {
    auto response = http::error_response(error, request.request_id, SystemClock().wall_now());
    http_meter_->answered(response.status, {});
    request.responder.respond(std::move(response));
}

Error ExtensionSlot::disabled_error() const {
    return not_found("extension '" + id_ +
                     "' is disabled; an operator enables it with `ordinaut ext enable " + id_ +
                     "`");
}

}  // namespace ordinaut::ext
