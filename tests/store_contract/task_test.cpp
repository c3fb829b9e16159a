// Tasks: created, listed, changed, paused, canceled, deleted; by whom.
#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TaskContract : public Contract {
protected:
    std::vector<std::string> titles(const TaskQuery& query) {
        const auto listing = stores_.tasks.list(query);
        EXPECT_OK(listing);
        std::vector<std::string> titles;
        for (const Task& task : listing->items) titles.push_back(task.title);
        return titles;
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, TaskContract, all_backends(), backend_name);

TEST_P(TaskContract, EveryFieldComesBack) {
    Task task = some_task("ünïcödé 'quoted' \"text\" \\ {}");
    task.description = "'; DROP TABLE task; --";
    task.schedule_kind = ScheduleKind::kRrule;
    task.schedule_expr = "FREQ=DAILY";
    task.timezone = "Europe/Chisinau";
    task.schedule_anchor = *parse_time("1969-07-20T20:17:40.000001Z");
    task.dst_gap = "skip";
    task.dst_fold = "both";
    task.payload_json = R"({"params":{"x":1e2},"pipeline":[{"id":"a","uses":"std.echo"}]})";
    task.priority = 9;
    task.max_retries = 10;
    task.backoff = Backoff::kFixed;
    task.concurrency_key = "key";
    task.concurrency_limit = 7;
    task.overlap = Overlap::kAllow;
    task.misfire = Misfire::kFireAll;
    task.catchup_max = 3;
    task.catchup_window_seconds = 60;
    task.jitter_seconds = 5;
    task.next_run_at = *parse_time("9999-12-31T23:59:59.999999Z");
    add_task(task);
    const auto read = stores_.tasks.get(task.id, owner_);
    ASSERT_OK(read);
    EXPECT_GT(read->created_at, WallTime{});
    task.created_at = read->created_at;
    task.updated_at = read->created_at;
    JsonWriter before, after;
    write_json(before, task);
    write_json(after, *read);
    EXPECT_EQ(after.take(), before.take());
    EXPECT_EQ(read->schedule_anchor, task.schedule_anchor);
}

TEST_P(TaskContract, AForeignTaskDoesNotExist) {
    const Task task = add_task();
    TaskUpdate update{task, false, {}};
    EXPECT_EQ(code_of(stores_.tasks.get(task.id, stranger_)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.tasks.get("'; --", owner_)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.tasks.update(update, stranger_, actor_)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.tasks.remove(task.id, true, stranger_, actor_)),
              ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.tasks.pause(task.id, stranger_, actor_)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.tasks.cancel(task.id, "", stranger_, actor_)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(stores_.runs.latest(task.id, stranger_)), ErrorCode::kNotFound);
    EXPECT_THAT(titles({.owner = stranger_}), IsEmpty());
    EXPECT_OK(stores_.tasks.get(task.id, std::nullopt));
}

TEST_P(TaskContract, ListsFilterSearchSortAndPage) {
    Task beta = some_task("beta 50%");
    beta.priority = 9;
    beta.next_run_at = now() + 1h;
    Task alpha = some_task("alpha");
    alpha.description = "about WEATHER";
    alpha.schedule_kind = ScheduleKind::kRrule;
    add_task(beta);
    add_task(alpha);
    const Task gamma = add_task(some_task("gamma"));
    ASSERT_OK(stores_.tasks.pause(gamma.id, owner_, actor_));

    EXPECT_THAT(titles({.owner = owner_}), ElementsAre("gamma", "alpha", "beta 50%"));
    EXPECT_THAT(titles({.sort = "title", .descending = false}),
                ElementsAre("alpha", "beta 50%", "gamma"));
    EXPECT_EQ(titles({.sort = "status"}).front(), "gamma");  // paused, after active.
    EXPECT_EQ(titles({.sort = "schedule_expr"}).size(), 3u);
    EXPECT_EQ(titles({.sort = "created_by"}).size(), 3u);
    EXPECT_EQ(titles({.sort = "priority"}).front(), "beta 50%");
    EXPECT_EQ(titles({.sort = "next_run_at"}).front(), "beta 50%");  // Nulls last.
    EXPECT_EQ(titles({.sort = "next_run_at", .descending = false}).front(), "beta 50%");
    EXPECT_THAT(titles({.status = TaskStatus::kPaused}), ElementsAre("gamma"));
    EXPECT_THAT(titles({.schedule_kind = ScheduleKind::kRrule}), ElementsAre("alpha"));
    EXPECT_THAT(titles({.created_by = stranger_}), IsEmpty());
    EXPECT_THAT(titles({.text = "weather"}), ElementsAre("alpha"));
    EXPECT_THAT(titles({.text = "0%"}), ElementsAre("beta 50%"));
    EXPECT_THAT(titles({.text = "a%a"}), IsEmpty());  // Not a wildcard.
    EXPECT_THAT(titles({.text = gamma.id}), ElementsAre("gamma"));
    EXPECT_THAT(titles({.text = gamma.id.substr(20)}), ElementsAre("gamma"));
    const auto page = stores_.tasks.list({.sort = "title", .descending = false, .page = {1, 1}});
    ASSERT_OK(page);
    EXPECT_EQ(page->total, 3);
    ASSERT_EQ(page->items.size(), 1u);
    EXPECT_EQ(page->items[0].title, "beta 50%");
}

TEST_P(TaskContract, ListsSortByTheStateOfTheLastRun) {
    const Task failed = add_task(some_task("failed"));
    add_run(failed);
    finish(claim_one());
    add_run(failed);
    finish(claim_one(), RunState::kFailed);
    add_task(some_task("none"));
    const Task succeeded = add_task(some_task("succeeded"));
    add_run(succeeded);
    finish(claim_one());
    const Task ready = add_task(some_task("ready"));
    add_run(ready);

    EXPECT_THAT(titles({.sort = "last_run_state", .descending = false}),
                ElementsAre("failed", "ready", "succeeded", "none"));
    EXPECT_THAT(titles({.sort = "last_run_state"}),
                ElementsAre("succeeded", "ready", "failed", "none"));
    EXPECT_THAT(titles({.sort = "last_run_state", .page = {1, 1}}), ElementsAre("ready"));
}

TEST_P(TaskContract, LastRunIsTheNewestOne) {
    const Task task = add_task();
    EXPECT_FALSE(stores_.tasks.get(task.id, owner_)->last_run.has_value());
    const Run first = add_run(task);
    finish(claim_one(), RunState::kFailed);
    EXPECT_EQ(stores_.tasks.get(task.id, owner_)->last_run->state, "failed");
    EXPECT_EQ(stores_.tasks.get(task.id, owner_)->last_run->id, first.id);
    const Run second = add_run(task);
    const auto listing = stores_.tasks.list({});
    EXPECT_EQ(listing->items.at(0).last_run->id, second.id);
    EXPECT_EQ(listing->items.at(0).last_run->state, "ready");
    EXPECT_EQ(listing->items.at(0).last_run->finished_at, std::nullopt);
}

TEST_P(TaskContract, AnUpdateChecksTheVersion) {
    Task task = add_task();
    task.title = "renamed";
    const auto updated = stores_.tasks.update({task, false, 1}, owner_, actor_);
    ASSERT_OK(updated);
    EXPECT_EQ(updated->title, "renamed");
    EXPECT_EQ(updated->version, 2);
    EXPECT_EQ(updated->generation, 1);
    EXPECT_EQ(updated->next_run_at, task.next_run_at);
    const auto stale = stores_.tasks.update({task, false, 1}, owner_, actor_);
    ASSERT_EQ(code_of(stale), ErrorCode::kConflict);
    EXPECT_THAT(stale.error().message, HasSubstr("version 2"));
    ASSERT_OK(stores_.tasks.cancel(task.id, "", owner_, actor_));
    EXPECT_EQ(code_of(stores_.tasks.update({task, false, {}}, owner_, actor_)),
              ErrorCode::kConflict);
}

// Between reading a task and changing its title it fired.
TEST_P(TaskContract, AnUpdateOfOtherFieldsLeavesTheScheduleWhereItIs) {
    Task task = some_task();
    task.next_run_at = now() - 1s;
    Task read = add_task(task);
    const WallTime later = now() + 1h;
    ASSERT_OK(stores_.schedules.fire_due(10, [&](const DueTask&, WallTime) -> Result<FirePlan> {
        FirePlan plan;
        plan.next_run_at = later;
        return plan;
    }));
    read.title = "renamed";
    const auto updated = stores_.tasks.update({read, false, read.version}, owner_, actor_);
    ASSERT_OK(updated);
    EXPECT_EQ(updated->title, "renamed");
    EXPECT_EQ(updated->next_run_at, later);
    read.next_run_at = now() + 2h;
    EXPECT_EQ(stores_.tasks.update({read, true, {}}, owner_, actor_)->next_run_at,
              read.next_run_at);
}

TEST_P(TaskContract, ANewScheduleDropsQueuedRunsOfTheOldOne) {
    const Task task = add_task();
    const Run running = add_run(task);
    const Lease lease = claim_one();
    const Run queued = add_run(task);
    const auto updated = stores_.tasks.update({task, true, {}}, owner_, actor_);
    ASSERT_OK(updated);
    EXPECT_EQ(updated->generation, 2);
    EXPECT_EQ(run_of(queued.id).state, RunState::kCanceled);
    EXPECT_EQ(stores_.runs.events(queued.id, owner_)->back().reason, "schedule changed");
    EXPECT_EQ(run_of(running.id).state, RunState::kRunning);
    EXPECT_EQ(finish(lease), CompleteOutcome::kRecorded);
    EXPECT_EQ(add_run(task).generation, 2);
}

TEST_P(TaskContract, PauseResumeAndSnooze) {
    Task task = some_task();
    task.next_run_at = now() + 1h;
    add_task(task);
    const auto snoozed = stores_.tasks.snooze(
        task.id, *task.next_run_at, 600s, "the office is closed",
        {{*task.next_run_at, *task.next_run_at, 1, "skipped(snoozed)"}}, owner_, actor_);
    ASSERT_OK(snoozed);
    EXPECT_EQ(snoozed->next_run_at, *task.next_run_at + 600s);
    EXPECT_EQ(stores_.schedules.skipped(task.id, owner_, {})->at(0).reason, "skipped(snoozed)");
    EXPECT_EQ(code_of(stores_.tasks.snooze(task.id, *task.next_run_at, 1s, "", {}, owner_, actor_)),
              ErrorCode::kConflict);  // Meanwhile it was moved.
    const auto paused = stores_.tasks.pause(task.id, owner_, actor_);
    ASSERT_OK(paused);
    EXPECT_EQ(paused->status, TaskStatus::kPaused);
    EXPECT_EQ(paused->next_run_at, std::nullopt);
    EXPECT_EQ(paused->paused_cursor, snoozed->next_run_at);
    EXPECT_EQ(stores_.tasks.pause(task.id, owner_, actor_)->version, paused->version);
    EXPECT_EQ(code_of(stores_.tasks.snooze(task.id, now(), 1s, "", {}, owner_, actor_)),
              ErrorCode::kConflict);
    const auto next = now() + 2h;
    EXPECT_EQ(code_of(stores_.tasks.resume(task.id, {next, {}, snoozed->version}, owner_, actor_)),
              ErrorCode::kConflict);  // Computed from an older version.
    const Skip passed{*snoozed->next_run_at, *snoozed->next_run_at + 1h, 2, "skipped(paused)"};
    const auto resumed =
        stores_.tasks.resume(task.id, {next, {passed}, paused->version}, owner_, actor_);
    ASSERT_OK(resumed);
    EXPECT_EQ(resumed->status, TaskStatus::kActive);
    EXPECT_EQ(resumed->next_run_at, next);
    EXPECT_EQ(resumed->paused_cursor, std::nullopt);
    EXPECT_EQ(stores_.schedules.skipped(task.id, owner_, {})->at(0).count, 2);
}

TEST_P(TaskContract, CancelDropsQueuedRunsAndAsksRunningOnes) {
    Task task = some_task();
    task.next_run_at = now() + 1h;
    add_task(task);
    add_run(task);
    const Lease lease = claim_one();
    const Run queued = add_run(task);
    const auto canceled = stores_.tasks.cancel(task.id, "no longer needed", owner_, actor_);
    ASSERT_OK(canceled);
    EXPECT_EQ(canceled->status, TaskStatus::kCanceled);
    EXPECT_EQ(canceled->next_run_at, std::nullopt);
    EXPECT_EQ(run_of(queued.id).state, RunState::kCanceled);
    const auto renewed = stores_.queue.renew({{lease.run_id, lease.lease_token}}, 30s);
    EXPECT_EQ(renewed->at(0), RenewOutcome::kCancelRequested);
    EXPECT_EQ(stores_.tasks.cancel(task.id, "", owner_, actor_)->version, canceled->version);
    const auto refused = stores_.tasks.pause(task.id, owner_, actor_);
    ASSERT_EQ(code_of(refused), ErrorCode::kConflict);
    EXPECT_THAT(refused.error().message, HasSubstr("canceled"));
}

TEST_P(TaskContract, RemovingATaskWithLiveRunsNeedsForce) {
    const Task task = add_task();
    add_run(task);
    const Lease lease = claim_one();
    EXPECT_EQ(code_of(stores_.tasks.remove(task.id, false, owner_, actor_)), ErrorCode::kConflict);
    ASSERT_OK(stores_.tasks.remove(task.id, true, owner_, actor_));
    EXPECT_EQ(code_of(stores_.tasks.get(task.id, owner_)), ErrorCode::kNotFound);
    EXPECT_EQ(run_of(lease.run_id).state, RunState::kCanceled);
    EXPECT_EQ(finish(lease), CompleteOutcome::kLost);
}

TEST_P(TaskContract, ADedupeKeyIsAcceptedOnceInItsWindow) {
    Task task = some_task("first");
    task.dedupe_key = "invoice-7";
    task.dedupe_window_seconds = 60;
    add_task(task);
    Task same = task;
    same.id = new_id();
    const auto repeated = stores_.tasks.create(same, "fingerprint", actor_);
    ASSERT_OK(repeated);
    EXPECT_TRUE(repeated->deduplicated);
    EXPECT_EQ(repeated->task.id, task.id);
    const auto other = stores_.tasks.create(same, "another body", actor_);
    ASSERT_EQ(code_of(other), ErrorCode::kConflict);
    EXPECT_THAT(other.error().message, HasSubstr("invoice-7"));
    Task theirs = same;
    theirs.owner = stranger_;
    EXPECT_FALSE(stores_.tasks.create(theirs, "another body", actor_)->deduplicated);
    backend_->advance(61s);
    Task later = same;
    later.id = new_id();
    EXPECT_FALSE(stores_.tasks.create(later, "another body", actor_)->deduplicated);
}

TEST_P(TaskContract, ADedupeKeyIsFreeAgainWhenItsTaskIsDeleted) {
    Task task = some_task();
    task.dedupe_key = "k";
    add_task(task);
    ASSERT_OK(stores_.tasks.remove(task.id, false, owner_, actor_));
    Task again = task;
    again.id = new_id();
    EXPECT_FALSE(stores_.tasks.create(again, "another body", actor_)->deduplicated);
}

TEST_P(TaskContract, TextThatCannotBeStoredIsRefused) {
    Task task = some_task(std::string("a\0b", 3));
    EXPECT_EQ(code_of(stores_.tasks.create(task, "f", actor_)), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace ordinaut::store
