#include "store/memory/agent_store.h"

namespace ordinaut::store::memory {
namespace {

Error no_such_agent(std::string_view id) { return not_found("no agent " + std::string(id)); }

// Another agent than `id` with this name.
bool name_taken(const State& state, const std::string& name, const Id& id) {
    for (const auto& [other, row] : state.agents)
        if (row.agent.name == name && other != id) return true;
    return false;
}

void revoke(State& state, const Id& agent_id) {
    std::erase_if(state.refresh_tokens,
                  [&](const auto& entry) { return entry.second.agent_id == agent_id; });
    std::erase_if(state.sessions,
                  [&](const auto& entry) { return entry.second.agent_id == agent_id; });
    std::erase_if(state.links,
                  [&](const auto& entry) { return entry.second.agent_id == agent_id; });
}

}  // namespace

Result<Agent> MemoryAgentStore::create(const Agent& agent, const Actor& actor) {
    Change change(state_);
    if (state_.agents.count(agent.id) || name_taken(state_, agent.name, agent.id))
        return conflict("an agent named '" + agent.name + "' exists already");
    Agent stored = agent;
    stored.created_at = stored.updated_at = state_.now();
    state_.agents[agent.id].agent = stored;
    state_.audit("agent.created", agent.id, "", actor);
    return stored;
}

Result<Agent> MemoryAgentStore::get(const Id& id) {
    Change change(state_);
    const auto row = state_.agents.find(id);
    if (row == state_.agents.end()) return no_such_agent(id);
    return row->second.agent;
}

Result<Agent> MemoryAgentStore::find_by_name(std::string_view name) {
    Change change(state_);
    for (const auto& [id, row] : state_.agents)
        if (row.agent.name == name) return row.agent;
    return no_such_agent(name);
}

Result<Listing<Agent>> MemoryAgentStore::list(Page page) {
    Change change(state_);
    std::vector<Agent> agents;
    for (const auto& [id, row] : state_.agents) agents.push_back(row.agent);
    std::stable_sort(agents.begin(), agents.end(),
                     [](const Agent& a, const Agent& b) { return a.created_at < b.created_at; });
    return page_of(std::move(agents), page);
}

Result<Agent> MemoryAgentStore::update(const Agent& agent, const Actor& actor) {
    Change change(state_);
    if (name_taken(state_, agent.name, agent.id))
        return conflict("an agent named '" + agent.name + "' exists already");
    const auto row = state_.agents.find(agent.id);
    if (row == state_.agents.end()) return no_such_agent(agent.id);
    Agent& stored = row->second.agent;
    stored.name = agent.name;
    stored.scopes = agent.scopes;
    stored.enabled = agent.enabled;
    stored.updated_at = state_.now();
    state_.audit("agent.updated", agent.id, "", actor);
    return stored;
}

Status MemoryAgentStore::remove(const Id& id, const Actor& actor) {
    Change change(state_);
    if (!state_.agents.count(id)) return no_such_agent(id);
    for (const auto& [task_id, task] : state_.tasks)
        if (task.owner == id &&
            (task.status == TaskStatus::kActive || task.status == TaskStatus::kPaused))
            return conflict("the agent owns active or paused tasks; cancel or delete them first");
    revoke(state_, id);
    state_.agents.erase(id);
    state_.audit("agent.deleted", id, "", actor);
    return ok();
}

Status MemoryAgentStore::set_secret_hash(const Id& id, std::string_view hash, const Actor& actor) {
    Change change(state_);
    const auto row = state_.agents.find(id);
    if (row == state_.agents.end()) return no_such_agent(id);
    row->second.agent.secret_hash = hash;
    row->second.agent.updated_at = state_.now();
    revoke(state_, id);
    state_.audit("agent.credentials_changed", id, "", actor);
    return ok();
}

Result<int64_t> MemoryAgentStore::count() {
    Change change(state_);
    return static_cast<int64_t>(state_.agents.size());
}

Status MemoryAgentStore::add_refresh_token(const RefreshToken& token) {
    Change change(state_);
    if (!state_.refresh_tokens.emplace(token.hash, token).second)
        return conflict("it exists already");
    return ok();
}

Result<RefreshToken> MemoryAgentStore::use_refresh_token(std::string_view hash) {
    Change change(state_);
    const auto row = state_.refresh_tokens.find(std::string(hash));
    if (row == state_.refresh_tokens.end()) return not_found("no such refresh token");
    const RefreshToken before = row->second;
    row->second.used = true;
    return before;
}

Status MemoryAgentStore::add_successor(const RefreshToken& token) {
    Change change(state_);
    if (std::none_of(state_.refresh_tokens.begin(), state_.refresh_tokens.end(),
                     [&](const auto& entry) { return entry.second.family == token.family; }))
        return not_found("the login was ended");
    if (!state_.refresh_tokens.emplace(token.hash, token).second)
        return conflict("it exists already");
    return ok();
}

Status MemoryAgentStore::revoke_family(const Id& family) {
    Change change(state_);
    std::erase_if(state_.refresh_tokens,
                  [&](const auto& entry) { return entry.second.family == family; });
    return ok();
}

Status MemoryAgentStore::revoke_agent(const Id& agent_id) {
    Change change(state_);
    revoke(state_, agent_id);
    return ok();
}

Result<std::optional<WallTime>> MemoryAgentStore::access_not_before(const Id& agent_id) {
    Change change(state_);
    const auto row = state_.agents.find(agent_id);
    if (row == state_.agents.end()) return std::optional<WallTime>();
    return row->second.access_not_before;
}

Status MemoryAgentStore::set_access_not_before(const Id& agent_id, WallTime at) {
    Change change(state_);
    const auto row = state_.agents.find(agent_id);
    if (row == state_.agents.end()) return no_such_agent(agent_id);
    row->second.access_not_before = at;
    return ok();
}

Status MemoryAgentStore::add_session(const Session& session) {
    Change change(state_);
    if (!state_.sessions.emplace(session.hash, session).second)
        return conflict("it exists already");
    return ok();
}

Result<Session> MemoryAgentStore::get_session(std::string_view hash) {
    Change change(state_);
    const auto row = state_.sessions.find(std::string(hash));
    if (row == state_.sessions.end() || row->second.expires_at <= state_.now() ||
        row->second.ends_at <= state_.now())
        return not_found("no such session");
    return row->second;
}

Status MemoryAgentStore::extend_session(std::string_view hash, WallTime expires_at) {
    Change change(state_);
    const auto row = state_.sessions.find(std::string(hash));
    if (row != state_.sessions.end()) row->second.expires_at = expires_at;
    return ok();
}

Status MemoryAgentStore::end_session(std::string_view hash) {
    Change change(state_);
    state_.sessions.erase(std::string(hash));
    return ok();
}

Status MemoryAgentStore::add_login_link(std::string_view hash, const Id& agent_id,
                                        WallTime expires_at) {
    Change change(state_);
    if (!state_.links.emplace(hash, LoginLink{agent_id, expires_at}).second)
        return conflict("it exists already");
    return ok();
}

Result<Id> MemoryAgentStore::use_login_link(std::string_view hash) {
    Change change(state_);
    const auto row = state_.links.find(std::string(hash));
    if (row == state_.links.end() || row->second.expires_at <= state_.now())
        return not_found("the login link is unknown, used or expired");
    const Id agent_id = row->second.agent_id;
    state_.links.erase(row);
    return agent_id;
}

}  // namespace ordinaut::store::memory
