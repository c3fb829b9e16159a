// Goal: whoever reads changes from a position gets all of them, once, in one order, and is told
// when that cannot be.
#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ChangeTest : public Contract {
protected:
    void SetUp() override { start_ = stores_.changes.bounds()->newest; }

    std::vector<ChangeNote> all(int limit = 1000) {
        std::vector<ChangeNote> notes;
        ChangePosition at = start_;
        for (;;) {
            const auto page = stores_.changes.read(at, limit);
            EXPECT_OK(page);
            EXPECT_LE(page->changes.size(), static_cast<size_t>(limit));
            EXPECT_GE(page->end, at);
            notes.insert(notes.end(), page->changes.begin(), page->changes.end());
            at = page->end;
            if (!page->more) return notes;
        }
    }
    std::vector<std::string> types() {
        std::vector<std::string> names;
        for (const ChangeNote& note : all()) names.push_back(note.type);
        return names;
    }

    ChangePosition start_;
};

TEST_P(ChangeTest, ARunIsFollowedThroughItsStates) {
    const Task task = add_task();
    const Run run = add_run(task);
    finish(claim_one());
    const auto notes = all();
    ASSERT_EQ(notes.size(), 5U);
    // Without a next run the task has come to its end as well.
    EXPECT_THAT(types(), ElementsAre("task.created", "run.ready", "run.running", "run.succeeded",
                                     "task.completed"));
    EXPECT_EQ(notes[0].subject, task.id);
    EXPECT_EQ(notes[0].owner, owner_);
    EXPECT_EQ(notes[0].actor, owner_);
    EXPECT_EQ(notes[0].run_id, "");
    EXPECT_EQ(notes[3].subject, task.id);
    EXPECT_EQ(notes[3].owner, owner_);
    EXPECT_EQ(notes[3].run_id, run.id);
    EXPECT_EQ(notes[3].from, "running");
    EXPECT_EQ(notes[3].to, "succeeded");
    EXPECT_EQ(notes[3].actor, "worker-a");
    for (size_t i = 1; i < notes.size(); ++i) EXPECT_LT(notes[i - 1].position, notes[i].position);
}

TEST_P(ChangeTest, WhatHappensToATaskIsToldAlsoWhenItIsGone) {
    const Task task = add_task();
    EXPECT_OK(stores_.tasks.pause(task.id, std::nullopt, actor_));
    Resumption resumption;
    resumption.expected_version = task.version + 1;
    EXPECT_OK(stores_.tasks.resume(task.id, resumption, std::nullopt, actor_));
    EXPECT_OK(stores_.tasks.remove(task.id, false, std::nullopt, actor_));
    const auto notes = all();
    for (const ChangeNote& note : notes) {
        EXPECT_EQ(note.subject, task.id) << note.type;
        EXPECT_EQ(note.owner, owner_) << note.type;
    }
    // Without a next run the resumed task has come to its end.
    EXPECT_THAT(types(), ElementsAre("task.created", "task.paused", "task.resumed",
                                     "task.completed", "task.deleted"));
}

TEST_P(ChangeTest, TheQueueAndExtensionsBelongToNobody) {
    EXPECT_OK(stores_.queue.set_paused(true, actor_));
    EXPECT_OK(stores_.queue.set_paused(false, actor_));
    EXPECT_OK(stores_.system.audit("extension.state", "std", R"({"state":"running"})", actor_));
    EXPECT_OK(stores_.system.audit("agent.logged_in", owner_, "{}", actor_));
    const auto notes = all();
    EXPECT_THAT(types(), ElementsAre("queue.paused", "queue.resumed", "extension.state"));
    EXPECT_EQ(notes[2].subject, "std");
    EXPECT_EQ(notes[2].owner, "");
    EXPECT_EQ(notes[2].details_json, R"({"state":"running"})");
}

TEST_P(ChangeTest, PagesJoinWithoutAGap) {
    const Task task = add_task();
    for (int i = 0; i < 7; ++i) add_run(task);
    const auto whole = all();
    for (const int limit : {1, 2, 3, 8}) {
        const auto paged = all(limit);
        ASSERT_EQ(paged.size(), whole.size());
        for (size_t i = 0; i < whole.size(); ++i)
            EXPECT_EQ(paged[i].position, whole[i].position) << limit;
    }
}

TEST_P(ChangeTest, AReaderAtTheEndSeesOnlyWhatComes) {
    add_task();
    const auto page = stores_.changes.read(start_, 10);
    ASSERT_OK(page);
    EXPECT_FALSE(page->more);
    start_ = page->end;
    EXPECT_THAT(types(), IsEmpty());
    EXPECT_GE(stores_.changes.bounds()->newest, page->end);
    add_task();
    EXPECT_THAT(types(), ElementsAre("task.created"));
}

TEST_P(ChangeTest, AChangeWakesWhoWaitsForRuns) {
    std::atomic<int> woken{0};
    std::mutex mutex;
    std::condition_variable changed;
    const auto token = stores_.wakeup.listen(Channel::kRuns, [&] {
        const std::lock_guard lock(mutex);
        ++woken;
        changed.notify_all();
    });
    const auto more_than = [&](int before) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 20s, [&] { return woken > before; });
    };
    int before = woken;
    const Task task = add_task();
    EXPECT_TRUE(more_than(before));
    before = woken;
    EXPECT_OK(stores_.queue.set_paused(true, actor_));
    EXPECT_TRUE(more_than(before));
}

INSTANTIATE_TEST_SUITE_P(Stores, ChangeTest, all_backends_and_pooled(), backend_name);

}  // namespace
}  // namespace ordinaut::store
