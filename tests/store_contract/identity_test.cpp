// Agents, their tokens and links, and secrets.
#include <thread>

#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class IdentityContract : public Contract {
protected:
    Agent some_agent(const std::string& name) const {
        Agent agent;
        agent.id = new_id();
        agent.name = name;
        agent.scopes = {"a:b", "with \"quotes\", commas {and} NULL", ""};
        agent.secret_hash = "$argon2id$…";
        return agent;
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, IdentityContract, all_backends(), backend_name);

TEST_P(IdentityContract, AgentsAreStoredAndNamesAreTaken) {
    const Agent agent = some_agent("robot");
    ASSERT_OK(stores_.agents.create(agent, actor_));
    const auto read = stores_.agents.get(agent.id);
    ASSERT_OK(read);
    EXPECT_EQ(read->scopes, agent.scopes);
    EXPECT_EQ(read->secret_hash, agent.secret_hash);
    EXPECT_EQ(stores_.agents.find_by_name("robot")->id, agent.id);
    EXPECT_EQ(code_of(stores_.agents.find_by_name("nobody")), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.agents.create(some_agent("robot"), actor_)), ErrorCode::kConflict);
    EXPECT_EQ(*stores_.agents.count(), 2);
    EXPECT_EQ(stores_.agents.list({1, 0})->items.size(), 1u);
    EXPECT_EQ(stores_.agents.list({1, 0})->total, 2);

    Agent changed = *read;
    changed.name = "tester";  // The fixture's.
    EXPECT_EQ(code_of(stores_.agents.update(changed, actor_)), ErrorCode::kConflict);
    changed.name = "robot 2";
    changed.enabled = false;
    changed.scopes.clear();
    ASSERT_OK(stores_.agents.update(changed, actor_));
    EXPECT_EQ(stores_.agents.get(agent.id)->enabled, false);
    EXPECT_THAT(stores_.agents.get(agent.id)->scopes, IsEmpty());
    EXPECT_EQ(stores_.agents.get(agent.id)->secret_hash, agent.secret_hash);
    changed.id = new_id();
    changed.name = "robot 3";
    EXPECT_EQ(code_of(stores_.agents.update(changed, actor_)), ErrorCode::kNotFound);
}

TEST_P(IdentityContract, AnAgentWithOpenTasksStays) {
    const Task task = add_task();
    EXPECT_EQ(code_of(stores_.agents.remove(owner_, actor_)), ErrorCode::kConflict);
    ASSERT_OK(stores_.tasks.cancel(task.id, "", owner_, actor_));
    ASSERT_OK(stores_.agents.remove(owner_, actor_));
    EXPECT_EQ(code_of(stores_.agents.get(owner_)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.agents.remove(owner_, actor_)), ErrorCode::kNotFound);
}

TEST_P(IdentityContract, ADisabledOwnersLeaseHasNoScopes) {
    Agent owner = *stores_.agents.get(owner_);
    owner.enabled = false;
    ASSERT_OK(stores_.agents.update(owner, actor_));
    add_run(add_task());
    EXPECT_THAT(claim_one().owner_scopes, IsEmpty());
}

TEST_P(IdentityContract, ARefreshTokenIsUsedOnce) {
    RefreshToken token{"hash-1", owner_, new_id(), now() + 1h, false};
    ASSERT_OK(stores_.agents.add_refresh_token(token));
    const auto first = stores_.agents.use_refresh_token("hash-1");
    ASSERT_OK(first);
    EXPECT_FALSE(first->used);
    EXPECT_EQ(first->agent_id, owner_);
    EXPECT_EQ(first->family, token.family);
    EXPECT_EQ(first->expires_at, token.expires_at);
    EXPECT_TRUE(stores_.agents.use_refresh_token("hash-1")->used);
    ASSERT_OK(stores_.agents.revoke_family(token.family));
    EXPECT_EQ(code_of(stores_.agents.use_refresh_token("hash-1")), ErrorCode::kNotFound);
}

TEST_P(IdentityContract, ATokenFollowsOnlyWhileItsLoginLasts) {
    const Id family = new_id();
    const RefreshToken next{"next", owner_, family, now() + 1h, false};
    ASSERT_OK(stores_.agents.add_refresh_token({"first", owner_, family, now() + 1h, false}));
    ASSERT_OK(stores_.agents.add_successor(next));
    EXPECT_FALSE(stores_.agents.use_refresh_token("next")->used);
    ASSERT_OK(stores_.agents.revoke_family(family));
    EXPECT_EQ(code_of(stores_.agents.add_successor(next)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.agents.use_refresh_token("next")), ErrorCode::kNotFound);
}

// Goal: whichever of the two comes first, an ended login has no token left. Method: both at once,
// many times.
TEST_P(IdentityContract, ALoginThatEndsWhileItGoesOnHasEnded) {
    for (int round = 0; round < 40; ++round) {
        const Id family = new_id();
        const std::string first = "first-" + family, next = "next-" + family;
        ASSERT_OK(stores_.agents.add_refresh_token({first, owner_, family, now() + 1h, false}));
        std::thread goes_on([&] {
            const Status added =
                stores_.agents.add_successor({next, owner_, family, now() + 1h, false});
            EXPECT_TRUE(added.ok() || added.error().code == ErrorCode::kNotFound);
        });
        const Status ended = round % 2 == 0 ? stores_.agents.revoke_family(family)
                                            : stores_.agents.revoke_agent(owner_);
        goes_on.join();
        ASSERT_OK(ended);
        EXPECT_EQ(code_of(stores_.agents.use_refresh_token(next)), ErrorCode::kNotFound) << round;
    }
}

TEST_P(IdentityContract, ASessionLastsUntilItIsUnusedOverOrEnded) {
    const auto kept = [&](const char* hash) { return stores_.agents.get_session(hash).ok(); };
    const Session session{"kept", owner_, now(), now() + 1h, now() + 2h};
    ASSERT_OK(stores_.agents.add_session(session));
    ASSERT_OK(stores_.agents.add_session({"unused", owner_, now(), now() - 1s, now() + 2h}));
    ASSERT_OK(stores_.agents.add_session({"over", owner_, now(), now() + 1h, now() - 1s}));
    const auto found = stores_.agents.get_session("kept");
    ASSERT_OK(found);
    EXPECT_EQ(found->agent_id, owner_);
    EXPECT_EQ(found->created_at, session.created_at);
    EXPECT_EQ(found->expires_at, session.expires_at);
    EXPECT_EQ(found->ends_at, session.ends_at);
    EXPECT_EQ(code_of(stores_.agents.get_session("unused")), ErrorCode::kNotFound);
    EXPECT_FALSE(kept("over"));
    ASSERT_OK(stores_.agents.extend_session("unused", now() + 1h));
    EXPECT_TRUE(kept("unused"));
    ASSERT_OK(stores_.agents.end_session("kept"));
    ASSERT_OK(stores_.agents.end_session("kept"));
    EXPECT_FALSE(kept("kept"));
    ASSERT_OK(stores_.agents.revoke_agent(owner_));
    EXPECT_FALSE(kept("unused")) << "a session ends with its agent's logins";
}

TEST_P(IdentityContract, ANewSecretRevokesRefreshTokens) {
    ASSERT_OK(stores_.agents.add_refresh_token({"h", owner_, new_id(), now() + 1h, false}));
    ASSERT_OK(stores_.agents.set_secret_hash(owner_, "new", actor_));
    EXPECT_EQ(stores_.agents.get(owner_)->secret_hash, "new");
    EXPECT_EQ(code_of(stores_.agents.use_refresh_token("h")), ErrorCode::kNotFound);
    ASSERT_OK(stores_.agents.add_refresh_token({"h2", owner_, new_id(), now() + 1h, false}));
    ASSERT_OK(stores_.agents.add_login_link("l3", owner_, now() + 60s));
    ASSERT_OK(stores_.agents.revoke_agent(owner_));
    EXPECT_EQ(code_of(stores_.agents.use_refresh_token("h2")), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.agents.use_login_link("l3")), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.agents.set_secret_hash(new_id(), "x", actor_)), ErrorCode::kNotFound);
}

TEST_P(IdentityContract, AccessIsRevokedFromAMoment) {
    EXPECT_EQ(*stores_.agents.access_not_before(owner_), std::nullopt);
    const auto at = now();
    ASSERT_OK(stores_.agents.set_access_not_before(owner_, at));
    EXPECT_EQ(*stores_.agents.access_not_before(owner_), at);
}

TEST_P(IdentityContract, ALoginLinkWorksOnceAndInTime) {
    ASSERT_OK(stores_.agents.add_login_link("l1", owner_, now() + 60s));
    ASSERT_OK(stores_.agents.add_login_link("l2", owner_, now() + 60s));
    const auto used = stores_.agents.use_login_link("l1");
    ASSERT_OK(used);
    EXPECT_EQ(*used, owner_);
    EXPECT_EQ(code_of(stores_.agents.use_login_link("l1")), ErrorCode::kNotFound);
    backend_->advance(61s);
    EXPECT_EQ(code_of(stores_.agents.use_login_link("l2")), ErrorCode::kNotFound);
}

TEST_P(IdentityContract, SecretsAreTheOwnersOrShared) {
    const std::string bytes("\0\xff\x80 sealed", 10);
    ASSERT_OK(stores_.secrets.put({"TOKEN", "", "shared"}, actor_));
    ASSERT_OK(stores_.secrets.put({"TOKEN", owner_, "old"}, actor_));
    ASSERT_OK(stores_.secrets.put({"TOKEN", owner_, bytes}, actor_));
    ASSERT_OK(stores_.secrets.put({"OTHER", "", "shared too"}, actor_));
    ASSERT_OK(stores_.secrets.put({"HIDDEN", stranger_, "x"}, actor_));
    const auto mine = stores_.secrets.find(owner_, {"TOKEN", "OTHER", "HIDDEN", "UNKNOWN"});
    ASSERT_OK(mine);
    ASSERT_EQ(mine->size(), 2u);
    EXPECT_EQ((*mine)[0].sealed, "shared too");
    EXPECT_EQ((*mine)[1].sealed, bytes);
    EXPECT_EQ(stores_.secrets.find(stranger_, {"TOKEN"})->at(0).sealed, "shared");
    EXPECT_EQ(stores_.secrets.list(owner_)->size(), 3u);
    EXPECT_EQ(stores_.secrets.list(std::nullopt)->size(), 4u);
    EXPECT_EQ(code_of(stores_.secrets.remove("HIDDEN", owner_, actor_)), ErrorCode::kNotFound);
    ASSERT_OK(stores_.secrets.remove("TOKEN", owner_, actor_));
    EXPECT_EQ(stores_.secrets.find(owner_, {"TOKEN"})->at(0).sealed, "shared");
}

}  // namespace
}  // namespace ordinaut::store
