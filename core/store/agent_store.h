// Agents, their refresh tokens, browser sessions and one-time login links. Tokens are stored as
// SHA-256 hashes only.
// Thread-safe.
#pragma once
#include "model/agent.h"
#include "store/actor.h"

namespace ordinaut::store {

struct RefreshToken {
    std::string hash;  // Hex SHA-256 of the token.
    Id agent_id;
    Id family;  // All rotations of one login share it.
    WallTime expires_at{};
    bool used = false;  // A used token that comes again means theft: revoke the family.
};

struct Session {
    std::string hash;  // Hex SHA-256 of the session's token.
    Id agent_id;
    WallTime created_at{};
    WallTime expires_at{};  // Unused until then, it ends.
    WallTime ends_at{};     // It ends then, however much it is used.
};

class AgentStore {
public:
    virtual ~AgentStore() = default;

    // kConflict: the name is taken.
    virtual Result<Agent> create(const Agent& agent, const Actor& actor) = 0;
    virtual Result<Agent> get(const Id& id) = 0;                    // kNotFound.
    virtual Result<Agent> find_by_name(std::string_view name) = 0;  // kNotFound.
    virtual Result<Listing<Agent>> list(Page page) = 0;
    // name, scopes, enabled. kNotFound, kConflict.
    virtual Result<Agent> update(const Agent& agent, const Actor& actor) = 0;
    // kConflict while the agent owns tasks that are not canceled or completed. Revokes its logins.
    virtual Status remove(const Id& id, const Actor& actor) = 0;
    // Also does what revoke_agent() does.
    virtual Status set_secret_hash(const Id& id, std::string_view hash, const Actor& actor) = 0;
    virtual Result<int64_t> count() = 0;

    virtual Status add_refresh_token(const RefreshToken& token) = 0;
    // Marks it used and returns it as it was before. kNotFound.
    virtual Result<RefreshToken> use_refresh_token(std::string_view hash) = 0;
    // The token that follows a used one. kNotFound: its family was revoked meanwhile, however
    // little before.
    virtual Status add_successor(const RefreshToken& token) = 0;
    virtual Status revoke_family(const Id& family) = 0;
    // All families, sessions and login links.
    virtual Status revoke_agent(const Id& agent_id) = 0;
    // Access tokens issued before this moment are no longer accepted (revocation); none = never
    // revoked.
    virtual Result<std::optional<WallTime>> access_not_before(const Id& agent_id) = 0;
    virtual Status set_access_not_before(const Id& agent_id, WallTime at) = 0;

    virtual Status add_session(const Session& session) = 0;
    virtual Result<Session> get_session(std::string_view hash) = 0;  // kNotFound: none, or over.
    // None: nothing happens.
    virtual Status extend_session(std::string_view hash, WallTime expires_at) = 0;
    virtual Status end_session(std::string_view hash) = 0;

    virtual Status add_login_link(std::string_view hash, const Id& agent_id,
                                  WallTime expires_at) = 0;
    // Once. kNotFound: unknown, used or expired.
    virtual Result<Id> use_login_link(std::string_view hash) = 0;
};

}  // namespace ordinaut::store
