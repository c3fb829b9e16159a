#include "auth/first_admin.h"

#include "auth/password.h"

namespace ordinaut::auth {
namespace {

constexpr std::string_view kAdminName = "admin";
constexpr size_t kSecretBytes = 32;

const store::Actor& host() {
    static const store::Actor actor{
        .agent_id = {}, .name = "first start", .request_id = {}, .trace_id = {}};
    return actor;
}

Result<Credentials> create_admin(store::AgentStore& agents) {
    Credentials made{new_id(), random_token(kSecretBytes)};
    Agent agent;
    agent.id = made.agent_id;
    agent.name = kAdminName;
    agent.scopes = {"admin"};
    agent.secret_hash = TRY(hash_secret(made.agent_secret));
    TRY(agents.create(agent, host()));
    return made;
}

}  // namespace

Result<std::optional<Credentials>> make_first_admin(store::AgentStore& agents) {
    if (TRY(agents.count()) > 0) return std::optional<Credentials>{};
    auto made = create_admin(agents);
    if (!made.ok() && made.error().code == ErrorCode::kConflict)
        return std::optional<Credentials>{};  // Another process did.
    if (!made.ok()) return made.error();
    return std::optional<Credentials>(std::move(*made));
}

Result<Credentials> renew_admin(store::AgentStore& agents) {
    const auto existing = agents.find_by_name(kAdminName);
    if (!existing.ok() && existing.error().code == ErrorCode::kNotFound)
        return create_admin(agents);
    if (!existing.ok()) return existing.error();
    Credentials made{existing->id, random_token(kSecretBytes)};
    TRY(agents.set_secret_hash(made.agent_id, TRY(hash_secret(made.agent_secret)), host()));
    return made;
}

}  // namespace ordinaut::auth
