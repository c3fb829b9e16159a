#include "store/postgres/schedule_store.h"

#include "store/postgres/run_moves.h"

namespace ordinaut::store::postgres {
namespace {
const Actor kScheduler{"", "scheduler", "", ""};

// The live runs of one task whose overlap policy acts on them, locked.
struct LiveRuns {
    std::vector<LockedRun> locked;
    int running = 0, buffered = 0;
};

struct DueBatch {
    WallTime now{};
    std::vector<DueTask> tasks;
    std::map<Id, LiveRuns> live;
};

bool acts_on_runs(const Task& task) {
    return task.overlap == Overlap::kBufferOne || task.overlap == Overlap::kBufferAll ||
           task.overlap == Overlap::kCancelOther;
}

std::map<Id, LiveRuns> lock_live_runs(Transaction& tx, const std::vector<DueTask>& tasks) {
    std::vector<Id> ids;
    for (const DueTask& due : tasks)
        if (acts_on_runs(due.task)) ids.push_back(due.task.id);
    std::map<Id, LiveRuns> live;
    if (ids.empty()) return live;
    for (const auto& line : tx.run("lock_live_runs", Params().ids(ids))) {
        Row row(line);
        LiveRuns& runs = live[row.text()];
        LockedRun run;
        run.run_id = row.text();
        run.is_leased = row.boolean();
        runs.running += run.is_leased;
        runs.buffered += row.boolean();
        runs.locked.push_back(std::move(run));
    }
    return live;
}

void load_calendars(Transaction& tx, std::vector<DueTask>& tasks) {
    Array owners, names;
    bool any = false;
    for (const DueTask& due : tasks)
        for (const std::string& name : due.task.calendars) {
            any = true;
            owners.id(due.task.owner);
            names.text(name);
        }
    if (!any) return;
    std::map<std::pair<Id, std::string>, std::shared_ptr<const Calendar>> calendars;
    for (const auto& line : tx.run("calendars_of", Params().array(owners).array(names))) {
        Row row(line);
        const auto calendar = std::make_shared<const Calendar>(row.calendar());
        calendars[{calendar->owner, calendar->name}] = calendar;
    }
    for (DueTask& due : tasks)
        for (const std::string& name : due.task.calendars)
            if (const auto found = calendars.find({due.task.owner, name}); found != calendars.end())
                due.calendars.push_back(found->second);
}

// Locks due tasks and looks at their live runs. What is being changed elsewhere is left out.
DueBatch lock_due(Transaction& tx, int limit) {
    DueBatch batch;
    batch.tasks = read_all(tx.run("lock_due_tasks", Params().number(limit)), [&](Row& row) {
        batch.now = row.time();
        DueTask due;
        due.task = row.task();
        return due;
    });
    if (batch.tasks.empty()) return batch;
    load_calendars(tx, batch.tasks);
    batch.live = lock_live_runs(tx, batch.tasks);
    std::vector<Id> ids;
    for (const DueTask& due : batch.tasks) ids.push_back(due.task.id);
    std::map<Id, int> counts;
    for (const auto& line : tx.run("count_live_runs", Params().ids(ids))) {
        Row row(line);
        const Id id = row.text();
        counts[id] = row.integer();
    }
    for (DueTask& due : batch.tasks) {
        due.live_runs = counts[due.task.id];
        const LiveRuns& live = batch.live[due.task.id];
        due.running_runs = live.running;
        due.buffered_runs = live.buffered;
    }
    std::erase_if(batch.tasks, [&](const DueTask& due) {
        return acts_on_runs(due.task) &&
               static_cast<int>(batch.live[due.task.id].locked.size()) < due.live_runs;
    });
    return batch;
}

// What a batch of plans writes, collected so that each table gets one statement.
struct Writes {
    std::vector<NewRun> runs;
    std::vector<std::pair<Id, std::vector<Skip>>> skips;
    std::vector<LockedRun> canceled;
    Array advanced, next_run_ats;
    std::vector<Id> exhausted;
};

void add_plan(Writes& writes, const Task& task, const FirePlan& plan, const LiveRuns& live) {
    for (const Fire& fire : plan.fires) {
        NewRun run;
        run.run_id = occurrence_run_id(task.id, task.generation, fire.nominal_at);
        run.task = &task;
        run.nominal_at = fire.nominal_at;
        run.run_at = fire.run_at;
        run.buffered = fire.buffered;
        writes.runs.push_back(std::move(run));
    }
    if (!plan.skips.empty()) writes.skips.emplace_back(task.id, plan.skips);
    if (plan.cancel_others)
        writes.canceled.insert(writes.canceled.end(), live.locked.begin(), live.locked.end());
    writes.advanced.id(task.id);
    writes.next_run_ats.time(plan.next_run_at);
    if (!plan.next_run_at) writes.exhausted.push_back(task.id);
}

}  // namespace

Result<int> PgScheduleStore::fire_due(int limit, const Planner& plan) {
    return pool_.transact([&](Transaction& tx) -> Result<int> {
        const DueBatch batch = lock_due(tx, limit);
        if (batch.tasks.empty()) return 0;
        Writes writes;
        for (const DueTask& due : batch.tasks) {
            const auto planned = plan(due, batch.now);
            if (planned)
                add_plan(writes, due.task, *planned, batch.live.at(due.task.id));
            else
                pause_task(tx, due.task.id, planned.error().message, kScheduler);
        }
        tx.run("advance_tasks", Params().array(writes.advanced).array(writes.next_run_ats));
        queue_runs(tx, writes.runs, kScheduler.name);
        // After the new runs exist, so that a task whose last occurrence this is stays active.
        cancel_locked(tx, writes.canceled, kOverlapReason, kScheduler.name);
        record_skips(tx, writes.skips);
        complete_exhausted(tx, std::move(writes.exhausted), kScheduler.name);
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
