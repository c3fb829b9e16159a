// Goal: what an operator decides in one process holds in every process and after a restart, and is
// told. Method: two hosts on the same stores.
#include "ext/steward.h"

#include "store/memory/memory_stores.h"
#include "tests/ext/versioned.h"

namespace ordinaut {
namespace {

using operations::GrantChange;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One process: a host that follows its steward.
class HostProcess {
public:
    HostProcess(store::memory::MemoryStores& stores, const Clock& clock,
                std::vector<std::filesystem::path> folders)
        : steward(stores.stores(), clock, "process"), running(seams()) {
        auto standings = steward.standings();
        if (!standings.ok()) throw std::runtime_error(standings.error().message);
        ext::HostOptions options;
        options.paths.drop_in = std::move(folders);
        options.policy.drop_in = ext::DropInPolicy::kManifest;
        options.standings = std::move(*standings);
        running.host.start(std::move(options));
        steward.follow(running.host);
    }
    ~HostProcess() { steward.stop(); }
    std::string version() {
        const auto result = running.call("versioned.run", "{}");
        const auto json = parse_json(result.output_json);
        return json.ok() && find(*json, "version") != nullptr ? to_json(*find(*json, "version"))
                                                              : result.message;
    }
    ext::ExtensionInfo info() const { return running.info("versioned"); }

    ext::Steward steward;
    RunningHost running;

private:
    ext::Seams seams() {
        ext::Seams seams;
        seams.changed = [this](ext::StateChange change) { steward.changed(std::move(change)); };
        seams.own_identity = [this](std::string_view id) { return steward.own_identity(id); };
        return seams;
    }
};

class StewardTest : public VersionedTest {
protected:
    std::unique_ptr<HostProcess> process() { return process({folder_}); }
    std::unique_ptr<HostProcess> process(std::vector<std::filesystem::path> folders) {
        return std::make_unique<HostProcess>(stores_, clock_, std::move(folders));
    }
    static bool eventually(const std::function<bool()>& done) {
        for (int n = 0; n < 10'000 && !done(); ++n)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return done();
    }

    SystemClock clock_;
    store::memory::MemoryStores stores_{clock_};
    const store::Actor actor_{new_id(), "tester", "req-1", ""};
};

TEST_F(StewardTest, AReloadReachesEveryProcess) {
    const auto first = process(), second = process();
    EXPECT_EQ(first->version(), "1");
    EXPECT_EQ(second->version(), "1");
    put(2);
    ASSERT_OK(first->steward.reload("versioned", actor_));
    EXPECT_EQ(first->version(), "2");
    EXPECT_TRUE(eventually([&] { return second->info().generation == 2; }));
    EXPECT_EQ(second->version(), "2");
    EXPECT_EQ(first->info().generation, 2);
}

TEST_F(StewardTest, CodeThatDoesNotStartIsNotSentToOtherProcesses) {
    const auto first = process();
    EXPECT_EQ(first->version(), "1");
    put(4);
    EXPECT_FALSE(first->steward.reload("versioned", actor_).ok());
    EXPECT_EQ(first->version(), "1");
    EXPECT_THAT(*stores_.stores().extensions.list(), IsEmpty());
}

TEST_F(StewardTest, SwitchingReachesEveryProcessAndLasts) {
    const auto first = process(), second = process();
    EXPECT_EQ(second->version(), "1");
    ASSERT_OK(first->steward.set_enabled("versioned", false, actor_));
    EXPECT_EQ(first->info().state, ext::State::kDisabled);
    EXPECT_TRUE(eventually([&] { return second->info().state == ext::State::kDisabled; }));
    EXPECT_EQ(process()->info().state, ext::State::kDisabled);
    ASSERT_OK(first->steward.set_enabled("versioned", true, actor_));
    EXPECT_TRUE(
        eventually([&] { return second->running.catalogue.find("versioned.run") != nullptr; }));
    EXPECT_EQ(second->version(), "1");
}

TEST_F(StewardTest, GrantsReachEveryProcessAndLast) {
    const auto first = process(), second = process();
    EXPECT_EQ(second->version(), "1");
    EXPECT_EQ(first->info().granted_by, "policy manifest");
    ASSERT_OK(first->steward.change_grants("versioned", GrantChange::kRemove, {"TOOLS"}, actor_));
    EXPECT_TRUE(
        eventually([&] { return second->running.catalogue.find("versioned.run") == nullptr; }));
    EXPECT_TRUE(second->info().granted.empty());
    EXPECT_EQ(process()->info().granted_by, "operator");
    EXPECT_TRUE(process()->info().granted.empty());
    ASSERT_OK(first->steward.change_grants("versioned", GrantChange::kAdd, {"TOOLS"}, actor_));
    EXPECT_THAT(first->info().granted.names(), ElementsAre("TOOLS"));
    EXPECT_TRUE(eventually([&] { return second->info().granted.has(ext::Grant::kTools); }));
    EXPECT_TRUE(eventually([&] { return second->version() == "1"; }));
    EXPECT_EQ(first->steward.change_grants("nobody", GrantChange::kSet, {}, actor_).error().code,
              ErrorCode::kNotFound);
}

TEST_F(StewardTest, WhatTheManifestDoesNotAskForIsNotGranted) {
    const auto first = process();
    for (const auto change : {GrantChange::kAdd, GrantChange::kSet}) {
        const auto refused = first->steward.change_grants(
            "versioned", change, {"TOOLS", "STATIC", "EVENTS_PUB"}, actor_);
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
        EXPECT_EQ(refused.error().details.front().pointer, "/capabilities");
        EXPECT_EQ(
            refused.error().details.front().message,
            "extension 'versioned' does not ask for EVENTS_PUB, STATIC, so that it would have "
            "no effect; its manifest asks for TOOLS");
    }
    EXPECT_THAT(*stores_.stores().extensions.list(), IsEmpty());
    // What was granted before the manifest changed may be taken back, and is seen until then.
    ASSERT_OK(
        stores_.stores().extensions.set_capabilities("versioned", {"TOOLS", "STATIC"}, actor_));
    const auto second = process();
    EXPECT_THAT(second->info().granted.names(), ElementsAre("TOOLS"));
    EXPECT_THAT(second->info().warnings,
                Contains("STATIC is granted, but the manifest does not ask for it; it has no "
                         "effect"));
    ASSERT_OK(second->steward.change_grants("versioned", GrantChange::kRemove, {"STATIC"}, actor_));
    EXPECT_THAT(second->info().warnings, IsEmpty());
}

TEST_F(StewardTest, OfTwoFoldersWithOneIdHealthFollowsTheOneThatWorks) {
    const VersionFolder other;
    const auto both = process({folder_, other.path()});
    EXPECT_EQ(both->version(), "1");
    EXPECT_THAT(both->steward.complaints(), IsEmpty());
    const auto listed = both->running.host.list();
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_EQ(listed[0].state, ext::State::kRunning);
    EXPECT_EQ(listed[1].state, ext::State::kError);
    EXPECT_THAT(listed[1].reason, HasSubstr("/id 'versioned' is taken by"));
    put(4);
    const auto broken = process({folder_, other.path()});
    EXPECT_FALSE(broken->steward.load("versioned", actor_).ok());
    EXPECT_EQ(broken->steward.complaints().size(), 1u);
}

TEST_F(StewardTest, ADisabledOneWhoseFolderIsGoneIsDisabled) {
    const auto own = folder_ / "versioned";
    const auto first = process({own});
    EXPECT_EQ(first->version(), "1");
    ASSERT_OK(first->steward.set_enabled("versioned", false, actor_));
    std::filesystem::remove_all(own);
    // Asked to load it again, this process looks.
    EXPECT_EQ(first->steward.load("versioned", actor_).error().code, ErrorCode::kConflict);
    EXPECT_EQ(first->info().state, ext::State::kDisabled);
    EXPECT_EQ(first->info().reason, "versioned: its folder is gone");
    EXPECT_THAT(first->steward.complaints(), IsEmpty());
    // One that starts later, too.
    const auto second = process({own});
    EXPECT_EQ(second->info().state, ext::State::kDisabled);
    EXPECT_THAT(second->info().reason, HasSubstr("there is no such folder"));
    EXPECT_THAT(second->steward.complaints(), IsEmpty());
    // Enabled, it is missed.
    ASSERT_OK(second->steward.set_enabled("versioned", true, actor_));
    EXPECT_EQ(second->info().state, ext::State::kError);
    EXPECT_EQ(second->info().reason, "versioned: its folder is gone");
    EXPECT_EQ(second->steward.complaints().size(), 1u);
    ASSERT_OK(second->steward.set_enabled("versioned", false, actor_));
    EXPECT_EQ(second->info().state, ext::State::kDisabled);
    // Back again, it runs when it is enabled.
    std::filesystem::create_directory(own);
    put(2);
    ASSERT_OK(second->steward.set_enabled("versioned", true, actor_));
    EXPECT_EQ(second->version(), "2");
}

TEST_F(StewardTest, ConfigurationReachesEveryProcessAndARefusedOneIsForgotten) {
    const auto first = process(), second = process();
    EXPECT_EQ(second->version(), "1");
    ASSERT_OK(first->steward.configure("versioned", R"({"greeting":"hi"})", actor_));
    EXPECT_TRUE(eventually([&] {
        return second->running.call("versioned.run", "{}").output_json.find(R"("greeting":"hi")") !=
               std::string::npos;
    }));
    EXPECT_EQ(first->steward.configure("versioned", R"({"greeting":1})", actor_).error().code,
              ErrorCode::kInvalid);
    EXPECT_THAT(first->running.call("versioned.run", "{}").output_json, HasSubstr("hi"));
    EXPECT_EQ(stores_.stores().extensions.list()->front().config_json, R"({"greeting":"hi"})");
}

TEST_F(StewardTest, EveryChangeIsAnEvent) {
    const auto first = process();
    EXPECT_EQ(first->version(), "1");
    ASSERT_OK(first->steward.set_enabled("versioned", false, actor_));
    std::string told;
    const auto states = [&] {
        const auto relayed = stores_.stores().events.relay(100, [&](const auto& batches) -> Status {
            for (const auto& batch : batches)
                for (const auto& event : batch.events) {
                    EXPECT_EQ(event.topic, "extension.state");
                    const auto json = parse_json(event.payload_json);
                    EXPECT_EQ(string_or(*json, "extension_id", ""), "versioned");
                    told += std::string(string_or(*json, "state", "")) + " ";
                }
            return ok();
        });
        EXPECT_OK(relayed);
        return told;
    };
    EXPECT_TRUE(eventually([&] { return states() == "loading running draining disabled "; }))
        << states();
}

TEST_F(StewardTest, TheIdentityIsAnAgentOfItsOwn) {
    const auto first = process();
    EXPECT_EQ(first->steward.own_identity("versioned"), std::nullopt);
    Agent agent;
    agent.id = new_id();
    agent.name = operations::own_agent_name("versioned");
    agent.scopes = {"tasks:read"};
    agent.secret_hash = "none";
    ASSERT_OK(stores_.stores().agents.create(agent, actor_));
    EXPECT_TRUE(eventually([&] { return first->steward.own_identity("versioned").has_value(); }));
    EXPECT_EQ(first->steward.own_identity("versioned")->principal, agent.id);
    EXPECT_THAT(first->steward.own_identity("versioned")->scopes, ElementsAre("tasks:read"));
    const auto info = first->steward.info_json("versioned");
    ASSERT_OK(info);
    EXPECT_THAT(*info, HasSubstr(R"("identity":{"agent_id":")" + agent.id +
                                 R"(","scopes":["tasks:read"]})"));
}

TEST_F(StewardTest, LogsTellWhatHappened) {
    const auto first = process();
    EXPECT_EQ(first->version(), "1");
    put(4);
    EXPECT_FALSE(first->steward.reload("versioned", actor_).ok());
    const auto logs = first->steward.logs_json("versioned", 100);
    ASSERT_OK(logs);
    EXPECT_THAT(*logs, HasSubstr(R"("level":"info","message":"is running")"));
    EXPECT_THAT(*logs, HasSubstr(R"("level":"error","message":"no database")"));
    EXPECT_THAT(*logs, HasSubstr("not reloaded, version 1.0.0 goes on"));
    EXPECT_FALSE(first->steward.logs_json("nobody", 1).ok());
}

}  // namespace
}  // namespace ordinaut
