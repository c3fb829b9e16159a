#include "store/postgres/agent_store.h"

namespace ordinaut::store::postgres {
namespace {

Error no_such_agent(std::string_view id) { return not_found("no agent " + std::string(id)); }
Error name_taken(const std::string& name) {
    return conflict("an agent named '" + name + "' exists already");
}

Agent read_agent(Row& row) { return row.agent(); }

Result<Agent> one_agent(const pqxx::result& rows, std::string_view wanted) {
    if (rows.empty()) return no_such_agent(wanted);
    return read_one(rows, read_agent);
}

}  // namespace

Result<Agent> PgAgentStore::create(const Agent& agent, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Agent> {
        const auto rows = tx.run("insert_agent", Params()
                                                     .id(agent.id)
                                                     .text(agent.name)
                                                     .texts(agent.scopes)
                                                     .text(agent.secret_hash)
                                                     .boolean(agent.enabled));
        if (rows.empty()) return name_taken(agent.name);
        append_audit(tx, "agent.created", agent.id,
                     JsonWriter().begin_object().field("name", agent.name).end_object().take(),
                     actor);
        return read_one(rows, read_agent);
    });
}

Result<Agent> PgAgentStore::get(const Id& id) {
    return pool_.read(
        [&](Transaction& tx) { return one_agent(tx.run("get_agent", Params().id(id)), id); });
}

Result<Agent> PgAgentStore::find_by_name(std::string_view name) {
    return pool_.read([&](Transaction& tx) {
        return one_agent(tx.run("find_agent", Params().text(name)), name);
    });
}

Result<Listing<Agent>> PgAgentStore::list(Page page) {
    return pool_.read([&](Transaction& tx) -> Result<Listing<Agent>> {
        Listing<Agent> listing;
        listing.items = read_all(
            tx.run("list_agents", Params().number(page.limit).number(page.offset)), read_agent);
        listing.total = read_one(tx.run("count_agents"), [](Row& row) { return row.number(); });
        return listing;
    });
}

Result<Agent> PgAgentStore::update(const Agent& agent, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Agent> {
        const bool taken =
            read_one(tx.run("agent_name_taken", Params().text(agent.name).id(agent.id)),
                     [](Row& row) { return row.boolean(); });
        if (taken) return name_taken(agent.name);
        const auto rows = tx.run(
            "update_agent",
            Params().id(agent.id).text(agent.name).texts(agent.scopes).boolean(agent.enabled));
        if (rows.empty()) return no_such_agent(agent.id);
        append_audit(tx, "agent.updated", agent.id, "", actor);
        return read_one(rows, read_agent);
    });
}

Status PgAgentStore::remove(const Id& id, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        if (tx.run("lock_agent", Params().id(id)).empty()) return no_such_agent(id);
        const bool owns_tasks = read_one(tx.run("agent_has_tasks", Params().id(id)),
                                         [](Row& row) { return row.boolean(); });
        if (owns_tasks)
            return conflict("the agent owns active or paused tasks; cancel or delete them first");
        tx.run("revoke_agent", Params().id(id));
        tx.run("delete_agent", Params().id(id));
        append_audit(tx, "agent.deleted", id, "", actor);
        return ok();
    });
}

Status PgAgentStore::set_secret_hash(const Id& id, std::string_view hash, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        if (tx.run("set_secret_hash", Params().id(id).text(hash)).empty()) return no_such_agent(id);
        tx.run("revoke_agent", Params().id(id));
        append_audit(tx, "agent.credentials_changed", id, "", actor);
        return ok();
    });
}

Result<int64_t> PgAgentStore::count() {
    return pool_.read([&](Transaction& tx) -> Result<int64_t> {
        return read_one(tx.run("count_agents"), [](Row& row) { return row.number(); });
    });
}

Status PgAgentStore::add_refresh_token(const RefreshToken& token) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("add_refresh_token", Params()
                                        .text(token.hash)
                                        .id(token.agent_id)
                                        .id(token.family)
                                        .time(token.expires_at)
                                        .boolean(token.used));
        return ok();
    });
}

Result<RefreshToken> PgAgentStore::use_refresh_token(std::string_view hash) {
    return pool_.transact([&](Transaction& tx) -> Result<RefreshToken> {
        const auto rows = tx.run("use_refresh_token", Params().text(hash));
        if (rows.empty()) return not_found("no such refresh token");
        return read_one(rows, [](Row& row) {
            RefreshToken token;
            token.hash = row.text();
            token.agent_id = row.text();
            token.family = row.text();
            token.expires_at = row.time();
            token.used = row.boolean();
            return token;
        });
    });
}

Status PgAgentStore::add_successor(const RefreshToken& token) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("lock_agent", Params().id(token.agent_id));
        const auto rows = tx.run("add_successor", Params()
                                                      .text(token.hash)
                                                      .id(token.agent_id)
                                                      .id(token.family)
                                                      .time(token.expires_at)
                                                      .boolean(token.used));
        if (rows.empty()) return not_found("the login was ended");
        return ok();
    });
}

Status PgAgentStore::revoke_family(const Id& family) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("lock_agent_of_family", Params().id(family));
        tx.run("revoke_family", Params().id(family));
        return ok();
    });
}

Status PgAgentStore::revoke_agent(const Id& agent_id) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("lock_agent", Params().id(agent_id));
        tx.run("revoke_agent", Params().id(agent_id));
        return ok();
    });
}

Result<std::optional<WallTime>> PgAgentStore::access_not_before(const Id& agent_id) {
    return pool_.read([&](Transaction& tx) -> Result<std::optional<WallTime>> {
        const auto rows = tx.run("access_not_before", Params().id(agent_id));
        if (rows.empty()) return std::optional<WallTime>();
        return read_one(rows, [](Row& row) { return row.time_or_null(); });
    });
}

Status PgAgentStore::set_access_not_before(const Id& agent_id, WallTime at) {
    return pool_.transact([&](Transaction& tx) -> Status {
        if (tx.run("set_access_not_before", Params().id(agent_id).time(at)).empty())
            return no_such_agent(agent_id);
        return ok();
    });
}

Status PgAgentStore::add_session(const Session& session) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("add_session", Params()
                                  .text(session.hash)
                                  .id(session.agent_id)
                                  .time(session.created_at)
                                  .time(session.expires_at)
                                  .time(session.ends_at));
        return ok();
    });
}

Result<Session> PgAgentStore::get_session(std::string_view hash) {
    return pool_.read([&](Transaction& tx) -> Result<Session> {
        const auto rows = tx.run("get_session", Params().text(hash));
        if (rows.empty()) return not_found("no such session");
        return read_one(rows, [](Row& row) {
            Session session;
            session.hash = row.text();
            session.agent_id = row.text();
            session.created_at = row.time();
            session.expires_at = row.time();
            session.ends_at = row.time();
            return session;
        });
    });
}

Status PgAgentStore::extend_session(std::string_view hash, WallTime expires_at) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("extend_session", Params().text(hash).time(expires_at));
        return ok();
    });
}

Status PgAgentStore::end_session(std::string_view hash) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("end_session", Params().text(hash));
        return ok();
    });
}

Status PgAgentStore::add_login_link(std::string_view hash, const Id& agent_id,
                                    WallTime expires_at) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("add_login_link", Params().text(hash).id(agent_id).time(expires_at));
        return ok();
    });
}

Result<Id> PgAgentStore::use_login_link(std::string_view hash) {
    return pool_.transact([&](Transaction& tx) -> Result<Id> {
        const auto rows = tx.run("use_login_link", Params().text(hash));
        if (rows.empty()) return not_found("the login link is unknown, used or expired");
        return read_one(rows, [](Row& row) { return row.text(); });
    });
}

}  // namespace ordinaut::store::postgres
