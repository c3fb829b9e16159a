// The part of an instance that registers routes and hands requests to the extension.
#include <ordinaut/http.h>

#include "base/log.h"
#include "ext/call_context.h"
#include "ext/http_call.h"
#include "ext/instance.h"
#include "ext/upcall.h"

namespace ordinaut::ext {
namespace {

ord_str str(std::string_view text) { return {text.data(), text.size()}; }

std::string lower(std::string_view name) {
    std::string text(name);
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return text;
}

// What an ord_http_request points to. Borrowed from the call, which outlives the upcall.
class RequestView {
public:
    RequestView(const HttpCall& call, const ord_call& context) {
        const http::Request& request = call.request();
        names_.reserve(request.headers.all().size());
        for (const auto& [name, value] : request.headers.all()) {
            std::string plain = lower(name);
            // The host's own: they would let an extension act as the caller anywhere. The id
            // follows, whoever chose it.
            if (plain == "authorization" || plain == "cookie" || plain == "x-request-id") continue;
            names_.push_back(std::move(plain));
            headers_.push_back({str(names_.back()), str(value)});
        }
        headers_.push_back({str("x-request-id"), str(call.request_id())});
        for (const auto& [name, value] : call.route().params)
            params_.push_back({str(name), str(value)});
        for (const auto& [name, value] : request.target.query)
            query_.push_back({str(name), str(value)});
        for (const auto& segment : call.segments()) path_.append("/").append(segment);
        if (path_.empty() || request.target.trailing_slash) path_ += '/';
        raw_ = {sizeof raw_,
                static_cast<uint32_t>(headers_.size()),
                static_cast<uint32_t>(params_.size()),
                static_cast<uint32_t>(query_.size()),
                &context,
                call.route().route->token,
                str(request.method),
                str(path_),
                str(request.target.raw_query),
                headers_.data(),
                params_.data(),
                query_.data(),
                str(request.body)};
    }
    const ord_http_request* raw() const { return &raw_; }

private:
    std::vector<std::string> names_;
    std::vector<ord_kv> headers_, params_, query_;
    std::string path_;
    ord_http_request raw_{};
};

}  // namespace

ord_status Instance::add_route(Route route, uint32_t flags) {
    const std::string name = name_of(route);
    const auto refuse = [&](ord_status status, const std::string& why) {
        log(3, "the route " + name + " is refused: " + why, {}, nullptr);
        return status;
    };
    if (!grants().has(Grant::kRoutes)) {
        fault("asked to add routes without the grant ROUTES");
        return ORD_E_DENIED;
    }
    if (routes_closed_) return refuse(ORD_E_STATE, "routes are added in create() or start()");
    if ((flags & ~ORD_ROUTE_PUBLIC) != 0)
        return refuse(ORD_E_INVALID, "it has a flag this host does not know");
    const Route* declared = manifest_.routes->same(route.method, route.pattern);
    if (declared == nullptr) declared = manifest_.routes->same("", route.pattern);
    if (declared != nullptr) {
        route.is_public = declared->is_public;
        route.timeout = declared->timeout;
    }
    if ((flags & ORD_ROUTE_PUBLIC) != 0 && !route.is_public)
        return refuse(ORD_E_INVALID,
                      "it wants to be public, but the manifest's routes do not say so; add "
                      "\"public\": true there");
    auto added = routes_.add(std::move(route));
    if (added.ok()) return ORD_OK;
    const ErrorCode code = added.error().code;
    return refuse(code == ErrorCode::kConflict   ? ORD_E_CONFLICT
                  : code == ErrorCode::kTooLarge ? ORD_E_LIMIT
                                                 : ORD_E_INVALID,
                  added.error().message);
}

bool Instance::registers(const Route& declared) const {
    return declared.method.empty() ? routes_.has_pattern(declared.pattern)
                                   : routes_.same(declared.method, declared.pattern) != nullptr;
}

// False: it is answered already.
bool Instance::admit(const InvocationRef& invocation) {
    if (grants().has(Grant::kRoutes)) return invocation->http()->admit(routes_, *invocation);
    invocation->http()->refuse(
        *invocation, Error{ErrorCode::kDenied,
                           "extension '" + manifest_.id + "' is not granted ROUTES any more"});
    return false;
}

void Instance::run_http(const InvocationRef& invocation) {
    if (invocation->ended()) return;
    HttpCall& call = *invocation->http();
    if (quiescing_) return hand_back(invocation);
    if (!invocation->enter(*this)) return;
    const ord_handle inv = invocation->handle();
    const CallContext context(inv, invocation->call());
    const RequestView view(call, *context.get());
    std::string caught;
    const ord_status status = upcall(
        *invocation, [&](const auto& table, void* self) { return table.on_http(self, view.raw()); },
        caught);
    left(*invocation);
    if (status == ORD_OK) return;
    const std::string what =
        invocation->call().name + (caught.empty()
                                       ? " returned " + status_name(status)
                                       : " threw an exception across the boundary: " + caught);
    if (!caught.empty()) fault(what);
    if (!call.fail(*invocation, EndedBy::kExtension, status, {}, what) &&
        invocations().remembered(inv).by == EndedBy::kExtension)
        fault(what +
              " after it had answered the request; the return value of an answered request must be "
              "ORD_OK");
}

// A stream has no end of its own: it is asked to end, and drained like everything else.
void Instance::cancel_streams() {
    for (const auto& invocation : open_calls())
        if (invocation->http() != nullptr && invocation->http()->streaming()) invocation->cancel();
}

}  // namespace ordinaut::ext
