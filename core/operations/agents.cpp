#include "auth/password.h"
#include "auth/scope.h"
#include "operations/answer.h"
#include "operations/extension_admin.h"
#include "operations/handlers.h"

namespace ordinaut::operations {
namespace {

constexpr size_t kSecretBytes = 32;

std::vector<std::string> scopes_of(const Call& call) { return texts_of(call, "scopes"); }

bool is_own_identity(std::string_view name) { return name.starts_with(kOwnAgentPrefix); }

// An agent someone knows the secret of must never become the one an extension acts as.
Status may_name(std::string_view name) {
    if (!is_own_identity(name)) return ok();
    return invalid("/name", "must not begin with '" + std::string(kOwnAgentPrefix) +
                                "': those are the extensions' own identities");
}

// What protects an admin from someone who manages agents but is none.
Status may_change(const Call& call, const Agent& agent) { return may_grant(call, agent.scopes); }

Reply credentials_reply(const Agent& agent, const std::string& secret) {
    JsonWriter writer;
    writer.begin_object().key("agent");
    write_json(writer, agent);
    writer.field("agent_id", agent.id).field("agent_secret", secret).end_object();
    return {.body_json = writer.take()};
}

Reply tokens_reply(const auth::Tokens& tokens) {
    JsonWriter writer;
    writer.begin_object()
        .field("access_token", tokens.access_token)
        .field("refresh_token", tokens.refresh_token)
        .field("token_type", "bearer")
        .field("expires_in", int64_t{tokens.expires_in.count()})
        .end_object();
    return {.body_json = writer.take(), .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace

Result<Reply> create_agent(Services& services, const Call& call) {
    Agent agent;
    agent.id = new_id();
    agent.name = text_of(call, "name");
    TRY(may_name(agent.name));
    agent.scopes = scopes_of(call);
    TRY(may_grant(call, agent.scopes));
    const std::string secret = random_token(kSecretBytes);
    agent.secret_hash = TRY(auth::hash_secret(secret));
    Reply reply = credentials_reply(TRY(services.stores.agents.create(agent, actor(call))), secret);
    reply.headers.emplace_back("Location", "/agents/" + agent.id);
    reply.headers.emplace_back("Cache-Control", "no-store");
    return reply;
}

Result<Reply> list_agents(Services& services, const Call& call) {
    const store::Page page = page_of(call);
    const auto listing = TRY(services.stores.agents.list(page));
    return Reply{.body_json = list_json(listing, page, [](JsonWriter& w, const Agent& agent) {
                     write_json(w, agent);
                 })};
}

Result<Reply> get_agent(Services& services, const Call& call) {
    return Reply{.body_json = json_of(TRY(services.stores.agents.get(id_of(call, "agent_id"))))};
}

Result<Reply> update_agent(Services& services, const Call& call) {
    Agent agent = TRY(services.stores.agents.get(id_of(call, "agent_id")));
    TRY(may_change(call, agent));
    if (const std::string name = text_of(call, "name", agent.name); name != agent.name) {
        if (is_own_identity(agent.name))
            return invalid("/name", "an extension's own identity keeps its name");
        TRY(may_name(name));
        agent.name = name;
    }
    if (find(call.input, "scopes") != nullptr) {
        agent.scopes = scopes_of(call);
        TRY(may_grant(call, agent.scopes));
    }
    agent.enabled = boolean_of(call, "enabled", agent.enabled);
    if (!agent.enabled && agent.id == call.caller.agent_id)
        return conflict("an agent cannot disable itself");
    const Agent changed = TRY(services.stores.agents.update(agent, actor(call)));
    services.authenticator.forget(agent.id);
    return Reply{.body_json = json_of(changed)};
}

Result<Reply> delete_agent(Services& services, const Call& call) {
    const Agent agent = TRY(services.stores.agents.get(id_of(call, "agent_id")));
    TRY(may_change(call, agent));
    if (agent.id == call.caller.agent_id) return conflict("an agent cannot delete itself");
    TRY(services.stores.agents.remove(agent.id, actor(call)));
    services.authenticator.forget(agent.id);
    return Reply{};
}

Result<Reply> new_credentials(Services& services, const Call& call) {
    const Agent agent = TRY(services.stores.agents.get(id_of(call, "agent_id")));
    TRY(may_change(call, agent));
    if (is_own_identity(agent.name))
        return conflict("nobody logs in as an extension's own identity; it has no secret to renew");
    const std::string secret = random_token(kSecretBytes);
    TRY(services.stores.agents.set_secret_hash(agent.id, TRY(auth::hash_secret(secret)),
                                               actor(call)));
    TRY(services.authenticator.revoke_all(agent.id));
    Reply reply = credentials_reply(agent, secret);
    reply.headers.emplace_back("Cache-Control", "no-store");
    return reply;
}

Result<Reply> issue_token(Services& services, const Call& call) {
    const Id agent_id = id_of(call, "agent_id");
    const auto tokens = services.authenticator.log_in(agent_id, text_of(call, "agent_secret"));
    if (!tokens.ok()) {
        if (tokens.error().code == ErrorCode::kUnauthenticated)
            audit(services, call, "auth.login_refused", agent_id);
        return tokens.error();
    }
    audit(services, call, "auth.login", agent_id);
    return tokens_reply(*tokens);
}

Result<Reply> refresh_token(Services& services, const Call& call) {
    return tokens_reply(TRY(services.authenticator.refresh(text_of(call, "refresh_token"))));
}

Result<Reply> redeem_login_link(Services& services, const Call& call) {
    const auto tokens = TRY(services.authenticator.redeem_login_link(text_of(call, "token")));
    audit(services, call, "auth.login", tokens.agent_id);
    return tokens_reply(tokens);
}

Result<Reply> revoke_tokens(Services& services, const Call& call) {
    if (find(call.input, "refresh_token") != nullptr)
        TRY(services.authenticator.revoke(text_of(call, "refresh_token")));
    else
        TRY(services.authenticator.revoke_all(call.caller.agent_id));
    audit(services, call, "auth.revoke", call.caller.agent_id);
    return Reply{};
}

}  // namespace ordinaut::operations
