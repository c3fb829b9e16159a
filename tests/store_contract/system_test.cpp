// What processes share: settings, idempotent replies, extension switches, the audit chain, wakeups.
#include <condition_variable>
#include <thread>

#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SystemContract : public Contract {
protected:
    Result<IdempotencyBegin> begin(std::string_view fingerprint,
                                   std::string_view operation = "tasks.create") {
        return stores_.system.begin_idempotent(owner_, "key", operation, fingerprint);
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, SystemContract, all_backends_and_pooled(), backend_name);

TEST_P(SystemContract, TheFirstProcessDecidesASetting) {
    EXPECT_EQ(*stores_.system.setting_or_init("jwt", "first"), "first");
    EXPECT_EQ(*backend_->other_process().system.setting_or_init("jwt", "second"), "first");
    EXPECT_OK(stores_.system.ping());
}

TEST_P(SystemContract, AnIdempotencyKeyGivesTheFirstAnswerAgain) {
    const auto first = begin("body");
    ASSERT_OK(first);
    EXPECT_TRUE(first->first);
    EXPECT_EQ(code_of(begin("body")), ErrorCode::kConflict);  // In progress.
    ASSERT_OK(stores_.system.finish_idempotent(owner_, "key", {201, R"({"id":1})"}));
    const auto again = begin("body");
    ASSERT_OK(again);
    EXPECT_FALSE(again->first);
    EXPECT_EQ(again->reply->status, 201);
    EXPECT_EQ(again->reply->body_json, R"({"id":1})");
    EXPECT_EQ(code_of(begin("another body")), ErrorCode::kConflict);
    EXPECT_EQ(code_of(begin("body", "tasks.delete")), ErrorCode::kConflict);
    EXPECT_TRUE(
        stores_.system.begin_idempotent(stranger_, "key", "tasks.create", "another body")->first);
    backend_->advance(24h + 1s);
    EXPECT_TRUE(begin("another body")->first);
}

TEST_P(SystemContract, AnAbandonedOrSilentRequestFreesItsKey) {
    ASSERT_OK(begin("body"));
    ASSERT_OK(stores_.system.abandon_idempotent(owner_, "key"));
    EXPECT_TRUE(begin("body")->first);
    backend_->advance(61s);
    EXPECT_EQ(code_of(begin("another body")), ErrorCode::kConflict);
    EXPECT_TRUE(begin("body")->first);  // Its process died.
    EXPECT_EQ(code_of(begin("body")), ErrorCode::kConflict);
}

TEST_P(SystemContract, WhatIsDecidedAboutExtensionsReachesEveryProcess) {
    EXPECT_THAT(*stores_.extensions.list(), IsEmpty());
    ASSERT_OK(stores_.extensions.set_enabled("std", false, actor_));
    ASSERT_OK(stores_.extensions.set_capabilities("http", {"TOOLS", "ROUTES"}, actor_));
    ASSERT_OK(stores_.extensions.set_capabilities("none", {}, actor_));
    ASSERT_OK(stores_.extensions.set_config("http", R"({"a": 1})", actor_));
    EXPECT_EQ(*stores_.extensions.count_reload("http", actor_), 1);
    EXPECT_EQ(*stores_.extensions.count_reload("http", actor_), 2);
    const auto decided = backend_->other_process().extensions.list();
    ASSERT_OK(decided);
    ASSERT_EQ(decided->size(), 3u);
    const auto& [http, none, std] = std::tie((*decided)[0], (*decided)[1], (*decided)[2]);
    EXPECT_EQ(http.id, "http");
    EXPECT_EQ(http.enabled, std::nullopt);
    EXPECT_THAT(*http.capabilities, ElementsAre("TOOLS", "ROUTES"));
    EXPECT_EQ(http.config_json, R"({"a": 1})");
    EXPECT_EQ(http.reloads, 2);
    EXPECT_THAT(*none.capabilities, IsEmpty());
    EXPECT_EQ(std.enabled, false);
    EXPECT_EQ(std.capabilities, std::nullopt);
    ASSERT_OK(stores_.extensions.set_enabled("std", true, actor_));
    EXPECT_EQ(stores_.extensions.list()->back().enabled, true);
}

TEST_P(SystemContract, SealingCoversEachChangeOnce) {
    // A row is sealed when no older transaction runs any more, the database's own included.
    const auto seal_in_twos = [&] {
        int sealed = 0;
        for (int idle = 0; idle < 20; ++idle) {
            const int now = *stores_.system.seal_audit(2);
            EXPECT_LE(now, 2);
            sealed += now;
            if (now > 0) idle = 0;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return sealed;
    };
    seal_in_twos();
    const Task task = add_task();                             // 1
    ASSERT_OK(stores_.tasks.pause(task.id, owner_, actor_));  // 2
    ASSERT_OK(stores_.tasks.pause(task.id, owner_, actor_));  // Unchanged: no row.
    ASSERT_OK(stores_.system.audit("login", owner_, R"({"ok":true})", actor_));  // 3
    EXPECT_EQ(seal_in_twos(), 3);
    EXPECT_EQ(*stores_.system.seal_audit(2), 0);
}

TEST_P(SystemContract, UpkeepLeavesWhatIsNeeded) {
    const Task task = add_task();
    const Run finished = add_run(task);
    finish(claim_one());
    const Run live = add_run(task);
    ASSERT_OK(stores_.system.upkeep({}));
    ASSERT_OK(backend_->other_process().system.upkeep({}));
    EXPECT_EQ(run_of(finished.id).state, RunState::kSucceeded);
    EXPECT_EQ(run_of(live.id).state, RunState::kReady);
}

// Counts calls and waits for one.
class Bell {
public:
    Wakeup::Listener ringer() {
        return [this] {
            std::lock_guard lock(mutex_);
            ++rung_;
            changed_.notify_all();
        };
    }
    bool wait_for(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 10s, [&] { return rung_ >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int rung_ = 0;
};

TEST_P(SystemContract, AChangeWakesListenersOfEveryProcess) {
    Bell due, runs, control;
    Stores other = backend_->other_process();
    const auto first = other.wakeup.listen(Channel::kDue, due.ringer());
    const auto second = other.wakeup.listen(Channel::kRuns, runs.ringer());
    const auto third = stores_.wakeup.listen(Channel::kControl, control.ringer());
    const Run run = add_run(add_task());
    EXPECT_TRUE(due.wait_for(1));
    EXPECT_TRUE(runs.wait_for(1));
    const Lease lease = claim_one();
    EXPECT_TRUE(runs.wait_for(2));
    ASSERT_OK(stores_.queue.cancel(run.id, "", owner_, actor_));
    EXPECT_TRUE(control.wait_for(1));
    EXPECT_EQ(finish(lease), CompleteOutcome::kRecorded);
    EXPECT_TRUE(runs.wait_for(3));
}

TEST_P(SystemContract, ADroppedListenerIsSilent) {
    std::atomic<bool> called = false;
    auto token = stores_.wakeup.listen(Channel::kControl, [&] { called = true; });
    Bell bell;
    token.reset();
    called = false;
    const auto kept = stores_.wakeup.listen(Channel::kControl, bell.ringer());
    ASSERT_OK(stores_.queue.set_paused(true, actor_));
    EXPECT_TRUE(bell.wait_for(1));
    EXPECT_FALSE(called);
}

}  // namespace
}  // namespace ordinaut::store
