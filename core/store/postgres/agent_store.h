#pragma once
#include "store/agent_store.h"
#include "store/postgres/connection_pool.h"

namespace ordinaut::store::postgres {

class PgAgentStore final : public AgentStore {
public:
    explicit PgAgentStore(ConnectionPool& pool) : pool_(pool) {}

    Result<Agent> create(const Agent& agent, const Actor& actor) override;
    Result<Agent> get(const Id& id) override;
    Result<Agent> find_by_name(std::string_view name) override;
    Result<Listing<Agent>> list(Page page) override;
    Result<Agent> update(const Agent& agent, const Actor& actor) override;
    Status remove(const Id& id, const Actor& actor) override;
    Status set_secret_hash(const Id& id, std::string_view hash, const Actor& actor) override;
    Result<int64_t> count() override;
    Status add_refresh_token(const RefreshToken& token) override;
    Result<RefreshToken> use_refresh_token(std::string_view hash) override;
    Status add_successor(const RefreshToken& token) override;
    Status revoke_family(const Id& family) override;
    Status revoke_agent(const Id& agent_id) override;
    Result<std::optional<WallTime>> access_not_before(const Id& agent_id) override;
    Status set_access_not_before(const Id& agent_id, WallTime at) override;
    Status add_session(const Session& session) override;
    Result<Session> get_session(std::string_view hash) override;
    Status extend_session(std::string_view hash, WallTime expires_at) override;
    Status end_session(std::string_view hash) override;
    Status add_login_link(std::string_view hash, const Id& agent_id, WallTime expires_at) override;
    Result<Id> use_login_link(std::string_view hash) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
