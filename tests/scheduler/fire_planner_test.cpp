#include "scheduler/fire_planner.h"

#include <gtest/gtest.h>

namespace ordinaut::scheduler {
namespace {

using namespace std::chrono_literals;

const WallTime kNow = *parse_time("2026-03-02T12:00:00Z");

NextAfter every(std::chrono::seconds step) {
    return [step](WallTime t) { return std::optional<WallTime>(t + step); };
}

store::DueTask due_since(std::chrono::seconds late) {
    store::DueTask due;
    due.task.id = "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10";
    due.task.overlap = Overlap::kAllow;
    due.task.next_run_at = kNow - late;
    return due;
}

TEST(FirePlanner, FiresWhatIsOnTimeAndAdvances) {
    const auto plan = plan_fires(due_since(2s), kNow, every(1h));
    ASSERT_EQ(plan.fires.size(), 1u);
    EXPECT_EQ(plan.fires[0].nominal_at, kNow - 2s);
    EXPECT_EQ(plan.fires[0].run_at, kNow - 2s);
    EXPECT_TRUE(plan.skips.empty());
    EXPECT_EQ(plan.next_run_at, kNow - 2s + 1h);
}

TEST(FirePlanner, FireLastRunsOnceForAllThatWasMissed) {
    const auto plan = plan_fires(due_since(5h), kNow - 2min, every(1h));
    ASSERT_EQ(plan.fires.size(), 1u);
    EXPECT_EQ(plan.fires[0].nominal_at, kNow - 1h);
    ASSERT_EQ(plan.skips.size(), 1u);
    EXPECT_EQ(plan.skips[0].reason, "missed(coalesced)");
    EXPECT_EQ(plan.skips[0].count, 4);
    EXPECT_EQ(plan.skips[0].first, kNow - 5h);
    EXPECT_EQ(plan.skips[0].last, kNow - 2h);
}

TEST(FirePlanner, AnOccurrenceOnTimeStandsForTheMissedOnes) {
    const auto plan = plan_fires(due_since(3h), kNow, every(1h));
    ASSERT_EQ(plan.fires.size(), 1u);
    EXPECT_EQ(plan.fires[0].nominal_at, kNow);
    EXPECT_EQ(plan.skips[0].count, 3);
}

TEST(FirePlanner, FireAllKeepsTheNewestWithinWindowAndCap) {
    auto due = due_since(48h);
    due.task.misfire = Misfire::kFireAll;
    due.task.catchup_max = 10;
    const auto plan = plan_fires(due, kNow - 2min, every(1h));
    ASSERT_EQ(plan.fires.size(), 10u);
    EXPECT_EQ(plan.fires.front().nominal_at, kNow - 10h);
    EXPECT_EQ(plan.fires.back().nominal_at, kNow - 1h);
    ASSERT_EQ(plan.skips.size(), 2u);
    EXPECT_EQ(plan.skips[0].reason, "missed(window)");
    EXPECT_EQ(plan.skips[0].count + plan.skips[1].count, 38);
}

TEST(FirePlanner, SkipRunsNothingThatIsLate) {
    auto due = due_since(61s);
    due.task.misfire = Misfire::kSkip;
    const auto plan = plan_fires(due, kNow, every(1h));
    EXPECT_TRUE(plan.fires.empty());
    EXPECT_EQ(plan.skips.at(0).reason, "missed(skipped)");
}

TEST(FirePlanner, OverlapSkipCountsRunsOfThisPlanToo) {
    auto due = due_since(2s);
    due.task.overlap = Overlap::kSkip;
    auto plan = plan_fires(due, kNow, every(1s));
    EXPECT_EQ(plan.fires.size(), 1u);
    EXPECT_EQ(plan.skips.at(0).reason, "overlap");
    EXPECT_EQ(plan.skips.at(0).count, 2);
    due.live_runs = 1;
    plan = plan_fires(due, kNow, every(1s));
    EXPECT_TRUE(plan.fires.empty());
}

TEST(FirePlanner, BufferOneKeepsOneWaiting) {
    auto due = due_since(3s);
    due.task.overlap = Overlap::kBufferOne;
    const auto plan = plan_fires(due, kNow, every(1s));
    ASSERT_EQ(plan.fires.size(), 2u);
    EXPECT_FALSE(plan.fires[0].buffered);
    EXPECT_TRUE(plan.fires[1].buffered);
    EXPECT_EQ(plan.skips.at(0).reason, "overlap");
    EXPECT_EQ(plan.skips.at(0).count, 2);
    due.live_runs = 2;
    due.buffered_runs = 1;
    EXPECT_TRUE(plan_fires(due, kNow, every(1s)).fires.empty());
    due.buffered_runs = 0;  // Two live, none waits.
    EXPECT_EQ(plan_fires(due, kNow, every(1h)).fires.size(), 1u);
}

TEST(FirePlanner, BufferAllIsBounded) {
    auto due = due_since(50s);
    due.task.overlap = Overlap::kBufferAll;
    due.live_runs = 61;
    due.buffered_runs = 60;
    const auto plan = plan_fires(due, kNow, every(1s));
    EXPECT_EQ(plan.fires.size(), 40u);
    EXPECT_TRUE(plan.fires.front().buffered);
    EXPECT_EQ(plan.skips.at(0).reason, "overlap(full)");
    EXPECT_EQ(plan.skips.at(0).count, 11);
}

TEST(FirePlanner, CancelOtherFiresTheNewest) {
    auto due = due_since(2s);
    due.task.overlap = Overlap::kCancelOther;
    auto plan = plan_fires(due, kNow, every(1s));
    ASSERT_EQ(plan.fires.size(), 1u);
    EXPECT_EQ(plan.fires[0].nominal_at, kNow);
    EXPECT_FALSE(plan.fires[0].buffered);
    EXPECT_FALSE(plan.cancel_others);
    EXPECT_EQ(plan.skips.at(0).count, 2);
    due.live_runs = due.running_runs = 1;
    plan = plan_fires(due, kNow, every(1h));
    EXPECT_TRUE(plan.cancel_others);
    EXPECT_TRUE(plan.fires.at(0).buffered);
    due.running_runs = 0;  // Only queued ones, which go at once.
    EXPECT_FALSE(plan_fires(due, kNow, every(1h)).fires.at(0).buffered);
}

TEST(FirePlanner, ExcludedOnesAreRecordedBetweenTheOthers) {
    const auto due = due_since(4s);
    const auto even = [](WallTime at) {
        return (kNow - at).count() % 2'000'000 == 0 ? "excluded(even)" : "";
    };
    const auto plan = plan_fires(due, kNow, every(1s), even);
    EXPECT_EQ(plan.fires.size(), 2u);
    ASSERT_EQ(plan.skips.size(), 3u);  // No range over something that runs.
    EXPECT_EQ(plan.skips[0].first, kNow - 4s);
    EXPECT_EQ(plan.skips[2].first, kNow);
    EXPECT_EQ(plan_fires(due, kNow, every(1s), [](WallTime) { return "excluded(all)"; })
                  .skips.at(0)
                  .count,
              5);
    // The last missed one is excluded: the one before it is made up for.
    const auto late = plan_fires(due_since(3h), kNow - 2min, every(1h),
                                 [](WallTime at) { return at == kNow - 1h ? "excluded(x)" : ""; });
    ASSERT_EQ(late.fires.size(), 1u);
    EXPECT_EQ(late.fires[0].nominal_at, kNow - 2h);
}

TEST(FirePlanner, ADayOfASecondlyRuleIsOneRow) {
    const auto plan = plan_fires(due_since(24h), kNow, every(1s));
    ASSERT_EQ(plan.skips.size(), 1u);
    EXPECT_EQ(plan.skips[0].count, 86400 - 60);
    EXPECT_EQ(plan.fires.size(), 61u);
}

TEST(FirePlanner, MoreThanOnePlanCanHoldIsLeftForTheNextTick) {
    const auto plan = plan_fires(due_since(48h), kNow, every(1s));
    EXPECT_TRUE(plan.fires.empty());
    EXPECT_EQ(plan.next_run_at, kNow - 48h + std::chrono::seconds(kOccurrencesPerPlanMax));
}

TEST(FirePlanner, AnExhaustedScheduleHasNoNext) {
    const auto plan = plan_fires(due_since(0s), kNow, [](WallTime) { return std::nullopt; });
    EXPECT_EQ(plan.fires.size(), 1u);
    EXPECT_FALSE(plan.next_run_at);
}

TEST(Jitter, IsStableBoundedAndSpread) {
    Task task = due_since(0s).task;
    task.jitter_seconds = 60;
    std::set<int64_t> seen;
    for (int i = 0; i < 100; ++i) {
        const auto delay = jitter_of(task, kNow + std::chrono::hours(i));
        EXPECT_EQ(delay, jitter_of(task, kNow + std::chrono::hours(i)));
        EXPECT_LT(delay, 60s);
        seen.insert(delay.count());
    }
    EXPECT_GT(seen.size(), 90u);
}

}  // namespace
}  // namespace ordinaut::scheduler
