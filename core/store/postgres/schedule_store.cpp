#include "store/postgres/schedule_store.h"

#include "store/event_store.h"
#include "store/postgres/firing.h"

namespace ordinaut::store::postgres {
namespace {
const Actor kScheduler{"", "scheduler", "", ""};

// What a batch of plans writes beside the runs.
struct Advances {
    Array ids, next_run_ats;
    std::vector<Id> exhausted;
};

void add_advance(Advances& advances, const Task& task, const FirePlan& plan) {
    advances.ids.id(task.id);
    advances.next_run_ats.time(plan.next_run_at);
    if (!plan.next_run_at) advances.exhausted.push_back(task.id);
}

// A task that had one time to run, and did not.
void tell_if_missed(Transaction& tx, const Task& task, const FirePlan& plan) {
    if (task.schedule_kind != ScheduleKind::kOnce || !plan.fires.empty() || plan.skips.empty())
        return;
    tx.tell(task_event("task.missed", task.id, task.owner, plan.skips.front().reason, kScheduler));
}

}  // namespace

Result<int> PgScheduleStore::fire_due(int limit, const Planner& plan) {
    return pool_.transact([&](Transaction& tx) -> Result<int> {
        WallTime now{};
        auto due_tasks = read_all(tx.run("lock_due_tasks", Params().number(limit)), [&](Row& row) {
            now = row.time();
            return row.task();
        });
        if (due_tasks.empty()) return 0;
        const DueBatch batch = look_at_runs(tx, now, std::move(due_tasks));
        Firing firing;
        Advances advances;
        for (const DueTask& due : batch.tasks) {
            const auto planned = plan(due, batch.now);
            if (planned) {
                add_plan(firing, due.task, *planned, batch.live.at(due.task.id));
                add_advance(advances, due.task, *planned);
                tell_if_missed(tx, due.task, *planned);
            } else {
                pause_task(tx, due.task.id, planned.error().message, kScheduler);
            }
        }
        tx.run("advance_tasks", Params().array(advances.ids).array(advances.next_run_ats));
        write(tx, firing, kScheduler.name);
        complete_exhausted(tx, std::move(advances.exhausted), kScheduler.name);
        return static_cast<int>(batch.tasks.size());
    });
}

Result<int> PgScheduleStore::expire_unstarted(int limit) {
    return pool_.transact([&](Transaction& tx) -> Result<int> {
        const auto late = read_all(tx.run("lock_unstarted", Params().number(limit)),
                                   [](Row& row) { return expiry_of(row.text()); });
        end_runs(tx, late, kScheduler.name);
        return static_cast<int>(late.size());
    });
}

Result<std::optional<std::chrono::microseconds>> PgScheduleStore::until_next() {
    return pool_.read([&](Transaction& tx) -> Result<std::optional<std::chrono::microseconds>> {
        return read_one(tx.run("until_next_task"),
                        [](Row& row) -> std::optional<std::chrono::microseconds> {
                            if (row.next_is_null()) return std::nullopt;
                            return std::chrono::microseconds(row.number());
                        });
    });
}

namespace {
Skip read_skip(Row& row) {
    Skip skip;
    skip.first = row.time();
    skip.last = row.time();
    skip.count = row.number();
    skip.reason = row.text();
    skip.generation = row.number();
    return skip;
}
}  // namespace

Result<OccurrenceRecords> PgScheduleStore::records(const Task& task, WallTime from, WallTime to,
                                                   int limit, const OwnerFilter& owner) {
    // Runs that are made up for are created later than their time.
    const int64_t late_max = std::max(task.catchup_window_seconds, 86400) + int64_t{86400};
    return pool_.read([&](Transaction& tx) -> Result<OccurrenceRecords> {
        OccurrenceRecords records;
        records.runs = read_all(
            tx.run_planned(
                "occurrence_runs",
                Params().id(task.id).owner(owner).time(from).time(to).number(late_max).number(
                    limit)),
            [](Row& row) { return row.run(); });
        records.skips =
            read_all(tx.run("skips_between",
                            Params().id(task.id).owner(owner).time(from).time(to).number(limit)),
                     read_skip);
        return records;
    });
}

Result<std::vector<Run>> PgScheduleStore::runs_by_id(const std::vector<Id>& ids, WallTime since,
                                                     const OwnerFilter& owner) {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<Run>> {
        return read_all(tx.run("runs_by_id", Params().ids(ids).owner(owner).time(since)),
                        [](Row& row) { return row.run(); });
    });
}

Result<std::optional<Id>> PgScheduleStore::reschedule(const std::optional<Id>& after_id, int limit,
                                                      const Next& next) {
    return pool_.transact([&](Transaction& tx) -> Result<std::optional<Id>> {
        WallTime now{};
        const auto tasks = read_all(
            tx.run("lock_reschedulable", Params().owner(after_id).number(limit)), [&](Row& row) {
                now = row.time();
                return row.task();
            });
        Array ids, times;
        bool any = false;
        for (const Task& task : tasks) {
            const auto moved = next(task, now);
            if (!moved || !*moved || **moved == *task.next_run_at) continue;
            any = true;
            ids.id(task.id);
            times.time(*moved);
        }
        if (any) {
            tx.run("advance_tasks", Params().array(ids).array(times));
            tx.notify(Channel::kDue);
        }
        return tasks.empty() ? std::optional<Id>() : tasks.back().id;
    });
}

Result<std::vector<Skip>> PgScheduleStore::skipped(const Id& task_id, const OwnerFilter& owner,
                                                   Page page) {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<Skip>> {
        return read_all(
            tx.run("list_skips",
                   Params().id(task_id).owner(owner).number(page.limit).number(page.offset)),
            read_skip);
    });
}

}  // namespace ordinaut::store::postgres
