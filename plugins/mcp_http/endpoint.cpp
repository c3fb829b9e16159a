#include "endpoint.h"

#include <charconv>

#include "follow.h"

namespace mcp_http {
namespace {

constexpr const char* kSessionHeader = "mcp-session-id";

void answer_error(ordinaut::Request& request, const Json& id, const RpcError& error) {
    if (error.http == 405) request.set("Allow", "POST");
    request.status(error.http).json(error_of(id, error));
}

bool accepts(std::string_view accept, std::string_view type) {
    return accept.empty() || accept.find(type) != std::string_view::npos ||
           accept.find("*/*") != std::string_view::npos;
}

Exchange::Origin origin_of(ordinaut::Request& request) {
    Exchange::Origin origin{request.host(), request.later()};
    const std::string_view accept = request.header("accept");
    origin.takes_json = accepts(accept, "application/json") || accepts(accept, "application/*");
    origin.takes_events = accepts(accept, "text/event-stream");
    origin.principal = request.principal();
    const std::string_view scopes = ordinaut::to_view(request.context().scopes_json);
    const Json listed = scopes.empty() ? Json::array() : Json::parse(scopes);
    for (const Json& scope : listed.items()) origin.scopes.push_back(scope.as_string());
    return origin;
}

void check_types(const ordinaut::Request& request) {
    const std::string_view type = request.header("content-type");
    if (type.substr(0, type.find(';')) != "application/json")
        throw RpcError(kInvalidRequest, "Content-Type must be application/json", {}, 415);
    const std::string_view accept = request.header("accept");
    if (!accepts(accept, "application/json") && !accepts(accept, "text/event-stream"))
        throw RpcError(kInvalidRequest, "Accept must name application/json and text/event-stream",
                       {}, 406);
}

void check_session_version(const ordinaut::Request& request) {
    const std::string_view version = request.header("mcp-protocol-version");
    if (version.empty() || is_session_version(version)) return;
    throw RpcError(kInvalidRequest,
                   "MCP-Protocol-Version '" + excerpt(version) +
                       "' is not supported; it must be the one initialize agreed on",
                   {}, 400);
}

// "r3-17" → the channel "r3" and the event 17.
std::pair<std::string_view, uint64_t> position_of(std::string_view event_id) {
    const auto dash = event_id.rfind('-');
    uint64_t number = 0;
    if (dash == std::string_view::npos) return {};
    const std::string_view digits = event_id.substr(dash + 1);
    const auto [rest, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || rest != digits.data() + digits.size()) return {};
    return {event_id.substr(0, dash), number};
}

// Over the standing stream of a session, for as long as this request is it.
void tell_changes(ordinaut::Request& request, const std::shared_ptr<Session>& session) {
    const auto tell = [general = session->general()](std::string_view method, Json params) {
        general->send(notification_of(method, std::move(params)));
    };
    follow(request.host(), request.later(),
           {[session] { return session->subscriptions(); },
            [tell](const std::string& uri) {
                tell("notifications/resources/updated", {{"uri", uri}});
            },
            [tell] { tell("notifications/tools/list_changed", Json::object()); }});
}

}  // namespace

void Endpoint::post(ordinaut::Request& request) const {
    Json id;
    try {
        door_.check(request);
        check_types(request);
        Message message = read_message(request.body());
        id = message.id;
        if (era_of(request, message) == Era::kStateless)
            return stateless(request, std::move(message));
        with_session(request, std::move(message));
    } catch (const RpcError& error) {
        answer_error(request, id, error);
    }
}

void Endpoint::stateless(ordinaut::Request& request, Message message) const {
    check_stateless(request, message);
    if (message.kind != Message::Kind::kRequest) return request.status(202).send({}, {});
    if (message.method == "tools/call") check_param_headers(request, message);
    auto origin = origin_of(request);
    origin.era = Era::kStateless;
    begin(std::make_shared<Exchange>(std::move(origin), std::move(message)));
}

void Endpoint::with_session(ordinaut::Request& request, Message message) const {
    if (message.method == "initialize" && message.kind == Message::Kind::kRequest)
        return begin_session(request, message);
    check_session_version(request);
    const auto session = session_of(request);
    if (message.kind != Message::Kind::kRequest) {
        take_notification(session, message);
        return request.status(202).send({}, {});
    }
    auto origin = origin_of(request);
    origin.session = session;
    const auto exchange = std::make_shared<Exchange>(std::move(origin), std::move(message));
    session->began(exchange->message.id, exchange);
    begin(exchange);
}

void Endpoint::begin_session(ordinaut::Request& request, const Message& message) const {
    const std::string_view version = agreed_version(message);
    const auto session = server_->sessions.open(request.principal(), version);
    request.set("Mcp-Session-Id", session->id);
    request.json(response_of(message.id, initialized(version)));
}

void Endpoint::begin(const ExchangePtr& exchange) const {
    try {
        answer_request(server_, exchange);
    } catch (const RpcError& error) {
        exchange->fail(error);
    } catch (const std::exception& error) {
        server_->host.log(ordinaut::Level::kError, "a request failed",
                          {{"method", exchange->message.method}, {"error", error.what()}});
        exchange->fail(RpcError(kInternalError, "the server could not complete this request"));
    }
}

std::shared_ptr<Session> Endpoint::session_of(const ordinaut::Request& request) const {
    const std::string_view id = request.header(kSessionHeader);
    if (id.empty())
        throw RpcError(kInvalidRequest,
                       "the header Mcp-Session-Id is missing; initialize answers it", {}, 400);
    auto session = server_->sessions.find(id, request.principal());
    if (session == nullptr)
        throw RpcError(kInvalidRequest, "there is no such session; begin with initialize", {}, 404);
    return session;
}

void Endpoint::get(ordinaut::Request& request) const try {
    door_.check(request);
    if (request.header("mcp-protocol-version") == kStatelessVersion)
        throw RpcError(kInvalidRequest, "this version has POST only; use subscriptions/listen", {},
                       405);
    check_session_version(request);
    if (!accepts(request.header("accept"), "text/event-stream"))
        throw RpcError(kInvalidRequest, "Accept must name text/event-stream", {}, 406);
    const auto session = session_of(request);
    const std::string_view last = request.header("last-event-id");
    const auto& general = session->general();
    if (last.empty()) {
        general->attach(request.later(), general->last(), false);
        return tell_changes(request, session);
    }
    const auto [name, after] = position_of(last);
    const auto channel = session->find_channel(name);
    if (channel == nullptr)
        throw RpcError(kInvalidRequest, "the events after this Last-Event-ID are not kept any more",
                       {}, 400);
    channel->attach(request.later(), after, false);
    if (channel == general) tell_changes(request, session);
} catch (const RpcError& error) {
    answer_error(request, {}, error);
}

void Endpoint::remove(ordinaut::Request& request) const try {
    door_.check(request);
    if (request.header("mcp-protocol-version") == kStatelessVersion)
        throw RpcError(kInvalidRequest, "this version has no sessions to end", {}, 405);
    const auto session = session_of(request);
    server_->sessions.close(session->id, session->principal);
    request.no_content();
} catch (const RpcError& error) {
    answer_error(request, {}, error);
}

}  // namespace mcp_http
