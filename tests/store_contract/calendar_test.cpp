// Exclusion calendars, and what the account of occurrences reads and writes.
#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CalendarContract : public Contract {
protected:
    Calendar some_calendar(const std::string& name) const {
        Calendar calendar;
        calendar.owner = owner_;
        calendar.name = name;
        calendar.content = "2026-12-25\n";
        return calendar;
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, CalendarContract, all_backends(), backend_name);

TEST_P(CalendarContract, IsKeptReplacedListedAndDeleted) {
    const auto first = stores_.calendars.put(some_calendar("b"), actor_);
    ASSERT_OK(first);
    EXPECT_EQ(first->version, 1);
    Calendar changed = some_calendar("b");
    changed.kind = CalendarKind::kIcal;
    changed.timezone = "Europe/Chisinau";
    const auto second = stores_.calendars.put(changed, actor_);
    EXPECT_EQ(second->version, 2);
    EXPECT_EQ(second->created_at, first->created_at);
    ASSERT_OK(stores_.calendars.put(some_calendar("a"), actor_));
    const auto got = stores_.calendars.get(owner_, "b");
    EXPECT_EQ(got->kind, CalendarKind::kIcal);
    EXPECT_EQ(got->timezone, "Europe/Chisinau");
    EXPECT_EQ(got->content, "2026-12-25\n");
    const auto listed = stores_.calendars.list(owner_);
    ASSERT_EQ(listed->size(), 2u);
    EXPECT_EQ(listed->at(0).name, "a");
    EXPECT_EQ(listed->at(0).content, "");
    EXPECT_EQ(stores_.calendars.find(owner_, {"b", "c"})->size(), 1u);
    EXPECT_EQ(code_of(stores_.calendars.get(stranger_, "b")), ErrorCode::kNotFound);
    EXPECT_THAT(*stores_.calendars.list(stranger_), IsEmpty());
    EXPECT_EQ(code_of(stores_.calendars.remove(stranger_, "b", actor_)), ErrorCode::kNotFound);
    ASSERT_OK(stores_.calendars.remove(owner_, "b", actor_));
    EXPECT_EQ(code_of(stores_.calendars.remove(owner_, "b", actor_)), ErrorCode::kNotFound);
}

TEST_P(CalendarContract, IsNotDeletedWhileATaskRefersToIt) {
    ASSERT_OK(stores_.calendars.put(some_calendar("holidays"), actor_));
    Task task = some_task();
    task.calendars = {"holidays"};
    EXPECT_THAT(add_task(task).calendars, ElementsAre("holidays"));
    EXPECT_EQ(code_of(stores_.calendars.remove(owner_, "holidays", actor_)), ErrorCode::kConflict);
    ASSERT_OK(stores_.tasks.cancel(task.id, "", owner_, actor_));
    ASSERT_OK(stores_.calendars.remove(owner_, "holidays", actor_));
}

TEST_P(CalendarContract, ThePlannerGetsTheCalendarsOfTheTask) {
    ASSERT_OK(stores_.calendars.put(some_calendar("b"), actor_));
    ASSERT_OK(stores_.calendars.put(some_calendar("a"), actor_));
    Task task = some_task();
    task.calendars = {"b", "gone", "a"};
    task.next_run_at = now();
    add_task(task);
    std::vector<std::string> seen;
    ASSERT_OK(stores_.schedules.fire_due(10, [&](const DueTask& due, WallTime) -> Result<FirePlan> {
        for (const auto& calendar : due.calendars) seen.push_back(calendar->name);
        return FirePlan{};
    }));
    EXPECT_THAT(seen, ElementsAre("b", "a"));
}

TEST_P(CalendarContract, RecordsOfAPeriodAreItsRunsAndTheRangesThatReachIntoIt) {
    Task task = some_task();
    const WallTime start = now() - 1h;
    task.next_run_at = start;
    add_task(task);
    ASSERT_OK(stores_.schedules.fire_due(10, [&](const DueTask&, WallTime) -> Result<FirePlan> {
        FirePlan plan;
        plan.fires = {{start, start}, {start + 10min, start + 10min}, {start + 50min, start}};
        plan.skips = {{start + 20min, start + 30min, 3, "overlap"},
                      {start + 40min, start + 40min, 1, "excluded(x)"}};
        plan.next_run_at = start + 3h;
        return plan;
    }));
    finish(claim().front());
    const auto records = stores_.schedules.records(task, start, start + 25min, 10, owner_);
    ASSERT_OK(records);
    ASSERT_EQ(records->runs.size(), 2u);
    EXPECT_EQ(records->runs[0].nominal_at, start);
    EXPECT_EQ(records->runs[1].nominal_at, start + 10min);
    ASSERT_EQ(records->skips.size(), 1u);
    EXPECT_EQ(records->skips[0].count, 3);
    EXPECT_EQ(records->skips[0].generation, 1);
    const auto rest = stores_.schedules.records(task, start + 25min, start + 2h, 1, owner_);
    EXPECT_EQ(rest->runs.size(), 1u);
    EXPECT_EQ(rest->skips.size(), 1u);  // The range that began before; one at most was asked for.
    EXPECT_EQ(rest->skips[0].reason, "overlap");
    EXPECT_THAT(stores_.schedules.records(task, start, start + 2h, 10, stranger_)->runs, IsEmpty());
    const Id id = occurrence_run_id(task.id, 1, start + 10min);
    EXPECT_EQ(stores_.schedules.runs_by_id({id, new_id()}, start, owner_)->size(), 1u);
}

TEST_P(CalendarContract, RescheduleMovesWhatLiesAheadAndIsNotSnoozed) {
    const auto add_with_next = [&](const std::string& title, std::chrono::minutes in) {
        Task task = some_task(title);
        task.next_run_at = now() + in;
        return add_task(task);
    };
    const Task ahead = add_with_next("ahead", 60min);
    const Task due = add_with_next("due", -60min);
    const Task snoozed = add_with_next("snoozed", 60min);
    ASSERT_OK(stores_.tasks.snooze(snoozed.id, *snoozed.next_run_at, 60s, "", {}, owner_, actor_));
    std::optional<Id> last;
    int pages = 0;
    do {
        const auto page = stores_.schedules.reschedule(
            last, 1, [](const Task&, WallTime after) { return std::optional(after + 5min); });
        ASSERT_OK(page);
        last = *page;
        ++pages;
    } while (last);
    EXPECT_EQ(pages, 2);
    const auto next_of = [&](const Task& task) {
        return *stores_.tasks.get(task.id, owner_)->next_run_at;
    };
    EXPECT_LT(next_of(ahead), *ahead.next_run_at - 50min);
    EXPECT_EQ(next_of(due), *due.next_run_at);
    EXPECT_EQ(next_of(snoozed), *snoozed.next_run_at + 60s);
    EXPECT_EQ(stores_.tasks.get(ahead.id, owner_)->version, 1);
}

TEST_P(CalendarContract, ASettingCanBeChanged) {
    EXPECT_EQ(*stores_.system.setting_or_init("x", "1"), "1");
    ASSERT_OK(stores_.system.set_setting("x", "2"));
    ASSERT_OK(stores_.system.set_setting("y", "3"));
    EXPECT_EQ(*stores_.system.setting_or_init("x", "1"), "2");
    EXPECT_EQ(*stores_.system.setting_or_init("y", "1"), "3");
}

}  // namespace
}  // namespace ordinaut::store
