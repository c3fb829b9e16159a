#include "store/postgres/schedule_store.h"

#include "store/postgres/run_moves.h"

namespace ordinaut::store::postgres {
namespace {
const Actor kScheduler{"", "scheduler", "", ""};

struct DueBatch {
    WallTime now{};
    std::vector<DueTask> tasks;
};

DueBatch lock_due(Transaction& tx, int limit) {
    DueBatch batch;
    batch.tasks = read_all(tx.run("lock_due_tasks", Params().number(limit)), [&](Row& row) {
        batch.now = row.time();
        return DueTask{row.task(), 0};
    });
    if (batch.tasks.empty()) return batch;
    std::vector<Id> ids;
    for (const DueTask& due : batch.tasks) ids.push_back(due.task.id);
    std::map<Id, int> live;
    for (const auto& line : tx.run("count_live_runs", Params().ids(ids))) {
        Row row(line);
        const Id id = row.text();
        live[id] = row.integer();
    }
    for (DueTask& due : batch.tasks)
        if (const auto found = live.find(due.task.id); found != live.end())
            due.live_runs = found->second;
    return batch;
}

// What a batch of plans writes, collected so that each table gets one statement.
struct Writes {
    std::vector<NewRun> runs;
    int skip_count = 0;
    Array skip_tasks, firsts, lasts, counts, reasons;
    Array advanced, next_run_ats;
    std::vector<Id> exhausted;
};

void add_plan(Writes& writes, const Task& task, const FirePlan& plan) {
    for (const Fire& fire : plan.fires) {
        NewRun run;
        run.run_id = occurrence_run_id(task.id, task.generation, fire.nominal_at);
        run.task = &task;
        run.nominal_at = fire.nominal_at;
        run.run_at = fire.run_at;
        writes.runs.push_back(std::move(run));
    }
    for (const Skip& skip : plan.skips) {
        ++writes.skip_count;
        writes.skip_tasks.id(task.id);
        writes.firsts.time(skip.first);
        writes.lasts.time(skip.last);
        writes.counts.number(skip.count);
        writes.reasons.text(skip.reason);
    }
    writes.advanced.id(task.id);
    writes.next_run_ats.time(plan.next_run_at);
    if (!plan.next_run_at) writes.exhausted.push_back(task.id);
}

void pause_broken(Transaction& tx, const Task& task, const Error& error) {
    tx.run("set_task_status", Params().id(task.id).text(name_of(TaskStatus::kPaused)).null());
    append_audit(tx, "task.paused", task.id,
                 JsonWriter().begin_object().field("reason", error.message).end_object().take(),
                 kScheduler);
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
                add_plan(writes, due.task, *planned);
            else
                pause_broken(tx, due.task, planned.error());
        }
        tx.run("advance_tasks", Params().array(writes.advanced).array(writes.next_run_ats));
        queue_runs(tx, writes.runs, kScheduler.name);
        if (writes.skip_count > 0)
            tx.run("record_skips", Params()
                                       .array(writes.skip_tasks)
                                       .array(writes.firsts)
                                       .array(writes.lasts)
                                       .array(writes.counts)
                                       .array(writes.reasons));
        complete_exhausted(tx, std::move(writes.exhausted), kScheduler.name);
        return static_cast<int>(batch.tasks.size());
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

Result<std::vector<Skip>> PgScheduleStore::skipped(const Id& task_id, const OwnerFilter& owner,
                                                   Page page) {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<Skip>> {
        return read_all(
            tx.run("list_skips",
                   Params().id(task_id).owner(owner).number(page.limit).number(page.offset)),
            [](Row& row) {
                Skip skip;
                skip.first = row.time();
                skip.last = row.time();
                skip.count = row.number();
                skip.reason = row.text();
                return skip;
            });
    });
}

}  // namespace ordinaut::store::postgres
