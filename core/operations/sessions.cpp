// Logging a browser in and out, and telling callers who they are.
#include "operations/answer.h"
#include "operations/handlers.h"

namespace ordinaut::operations {
namespace {

// Roles as the agent was given them; scopes as they are checked.
Result<std::string> who_json(Services& services, const auth::Caller& caller, bool in_session) {
    std::vector<std::string> given = caller.scopes;
    if (!caller.agent_id.empty()) {
        const auto agent = services.stores.agents.get(caller.agent_id);
        if (agent.ok())
            given = agent->scopes;
        else if (agent.error().code != ErrorCode::kNotFound)
            return agent.error();
    }
    JsonWriter writer;
    writer.begin_object();
    if (caller.agent_id.empty())
        writer.key("id").null();
    else
        writer.field("id", caller.agent_id);
    writer.field("name", caller.name).field("admin", caller.admin()).field("session", in_session);
    writer.key("scopes").begin_array();
    for (const auto& scope : caller.scopes) writer.string(scope);
    writer.end_array().key("roles").begin_array();
    for (const auto& name : given)
        if (name.find(':') == std::string::npos) writer.string(name);
    writer.end_array().end_object();
    return writer.take();
}

Result<auth::BrowserSession> begin(Services& services, const Call& call) {
    auth::Authenticator& authenticator = services.authenticator;
    const auto given = [&](std::string_view name) { return find(call.input, name) != nullptr; };
    if (given("link")) return authenticator.open_session_by_link(text_of(call, "link"));
    if (given("access_token"))
        return authenticator.open_session_by_token(text_of(call, "access_token"));
    if (!given("agent_id") || !given("agent_secret"))
        return invalid("", "name agent_id and agent_secret, or a link, or an access_token");
    return authenticator.open_session(id_of(call, "agent_id"), text_of(call, "agent_secret"));
}

}  // namespace

Result<Reply> open_session(Services& services, const Call& call) {
    const auto session = begin(services, call);
    if (!session.ok()) {
        // A wrong link or token names no one: it is counted (metrics), not kept for ever.
        if (session.error().code == ErrorCode::kUnauthenticated && find(call.input, "agent_id"))
            audit(services, call, "auth.login_refused", id_of(call, "agent_id"));
        return session.error();
    }
    audit(services, call, "auth.login", session->agent_id);
    // The session before this one is forgotten by the browser: nobody could end it any more.
    if (!call.session_token.empty()) TRY(services.authenticator.end_session(call.session_token));
    const auto caller = TRY(services.authenticator.authenticate_session(session->token));
    const auto lives = session->ends_at - services.clock.wall_now();
    return Reply{
        .body_json = TRY(who_json(services, caller, true)),
        .session = SessionChange{session->token, std::chrono::floor<std::chrono::seconds>(lives)}};
}

Result<Reply> end_session(Services& services, const Call& call) {
    if (!call.session_token.empty()) {
        const auto caller = services.authenticator.authenticate_session(call.session_token);
        TRY(services.authenticator.end_session(call.session_token));
        if (caller.ok()) audit(services, call, "auth.logout", caller->agent_id);
    }
    return Reply{.session = SessionChange{}};
}

Result<Reply> who_am_i(Services& services, const Call& call) {
    return Reply{.body_json = TRY(who_json(services, call.caller, !call.session_token.empty()))};
}

}  // namespace ordinaut::operations
