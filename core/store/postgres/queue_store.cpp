#include "store/postgres/queue_store.h"

#include "store/postgres/claim.h"
#include "store/postgres/run_moves.h"

namespace ordinaut::store::postgres {
namespace {

Error no_such_run(const Id& id) { return not_found("no run " + id); }

Result<Run> read_run(Transaction& tx, const Id& id, const OwnerFilter& owner) {
    const auto rows = tx.run("get_run", Params().id(id).owner(owner));
    if (rows.empty()) return no_such_run(id);
    return read_one(rows, [](Row& row) { return row.run(); });
}

// The task, locked, when runs of it may be queued.
Result<Task> lock_open_task(Transaction& tx, const Id& id, const OwnerFilter& owner) {
    const auto rows = tx.run("lock_task", Params().id(id).owner(owner));
    if (rows.empty()) return not_found("no task " + id);
    const Task task = read_one(rows, [](Row& row) { return row.task(); });
    if (task.status == TaskStatus::kCanceled) return conflict("task " + id + " is canceled");
    return task;
}

// A finished run's task as lock_open_task gives it; gone is a conflict here, for the run itself
// exists.
Result<Task> lock_task_of(Transaction& tx, const Run& run) {
    auto task = lock_open_task(tx, run.task_id, std::nullopt);
    if (!task && task.error().code == ErrorCode::kNotFound)
        return conflict("the run's task is deleted");
    return task;
}

struct HeldRow {
    Id token;
    bool cancel_requested = false;
};

std::map<Id, HeldRow> lock_rows(Transaction& tx, const std::vector<Id>& run_ids) {
    std::map<Id, HeldRow> rows;
    for (const auto& line : tx.run("lock_rows", Params().ids(run_ids))) {
        Row row(line);
        const Id run_id = row.text();
        rows[run_id].token = row.text();
        rows[run_id].cancel_requested = row.boolean();
    }
    return rows;
}

// Steps of runs that are locked and held.
void write_steps(Transaction& tx, const std::vector<std::pair<Id, const Step*>>& steps) {
    // One record per step and statement; a batch may hold several, of which the last counts.
    std::map<std::pair<Id, std::string>, const Step*> latest;
    for (const auto& [run_id, step] : steps) latest[{run_id, step->id}] = step;
    if (latest.empty()) return;
    Array runs, ids, indexes, tools, names, states, attempts, inputs, outputs, errors, started,
        finished;
    for (const auto& [key, step] : latest) {
        runs.id(key.first);
        ids.text(step->id);
        indexes.number(step->index);
        tools.text(step->tool);
        names.text(step->save_as);
        states.text(name_of(step->state));
        attempts.number(step->attempt);
        inputs.text_or_null(step->input_json);
        outputs.text_or_null(step->output_json);
        errors.text_or_null(step->error_json);
        started.time(step->started_at);
        finished.time(step->finished_at);
    }
    Params params;
    params.array(runs).array(ids).array(indexes).array(tools).array(names).array(states);
    params.array(attempts).array(inputs).array(outputs).array(errors);
    tx.run("record_steps", params.array(started).array(finished));
}

Ending ending_of(const Completion& completion) {
    Ending ending;
    ending.run_id = completion.lease.run_id;
    ending.state = completion.next;
    ending.output_json = completion.output_json;
    ending.error_json = completion.error_json;
    ending.reason = completion.reason;
    ending.failed = completion.count_failure;
    return ending;
}

// Attempts that go back to the queue, collected for one statement.
class Requeue {
public:
    void add(const Completion& completion) {
        ++count_;
        ids_.id(completion.lease.run_id);
        states_.text(name_of(completion.next));
        waits_.number(completion.retry_in.count());
        failed_.number(completion.count_failure);
        errors_.text_or_null(completion.error_json);
        reasons_.text(completion.reason);
    }
    void write(Transaction& tx, const std::string& worker) {
        if (count_ == 0) return;
        const auto back = tx.run("requeue_runs", Params()
                                                     .array(ids_)
                                                     .array(states_)
                                                     .array(waits_)
                                                     .array(failed_)
                                                     .array(errors_)
                                                     .array(reasons_)
                                                     .text(worker));
        free_slots(tx, read_all(back, read_moved));
        tx.notify(Channel::kDue);
        tx.notify(Channel::kRuns);
    }

private:
    int count_ = 0;
    Array ids_, states_, waits_, failed_, errors_, reasons_;
};

}  // namespace

Result<Run> PgQueueStore::enqueue(const EnqueueRun& request, const OwnerFilter& owner,
                                  const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Run> {
        const Task task = TRY(lock_open_task(tx, request.task_id, owner));
        NewRun run;
        run.run_id = new_id();
        run.task = &task;
        run.source = request.source;
        run.run_at = request.run_at;
        run.priority = request.priority;
        run.event_json = request.event_json;
        run.trigger_json = trigger_of(actor);
        run.parent_id = request.parent_id;
        run.trace_id = request.trace_id.empty() ? actor.trace_id : request.trace_id;
        queue_runs(tx, {run}, actor_label(actor));
        append_audit(tx, "run.queued", run.run_id,
                     JsonWriter().begin_object().field("task_id", task.id).end_object().take(),
                     actor);
        return read_run(tx, run.run_id, owner);
    });
}

Result<std::vector<Lease>> PgQueueStore::claim(const std::string& worker, int limit,
                                               std::chrono::milliseconds ttl) {
    return pool_.transact([&](Transaction& tx) -> Result<std::vector<Lease>> {
        return claim_work(tx, worker, limit, ttl);
    });
}

Result<std::vector<RenewOutcome>> PgQueueStore::renew(const std::vector<LeaseRef>& leases,
                                                      std::chrono::milliseconds ttl) {
    return pool_.transact([&](Transaction& tx) -> Result<std::vector<RenewOutcome>> {
        std::vector<LeaseRef> sorted = leases;  // In id order, as lock_rows locks.
        std::sort(sorted.begin(), sorted.end(),
                  [](const auto& a, const auto& b) { return a.run_id < b.run_id; });
        Array ids, tokens;
        for (const LeaseRef& lease : sorted) {
            ids.id(lease.run_id);
            tokens.id(lease.lease_token);
        }
        std::map<Id, bool> renewed;  // By token: one run may be asked for by two leases.
        for (const auto& line :
             tx.run("renew_leases", Params().array(ids).array(tokens).number(ttl.count()))) {
            Row row(line);
            const Id token = row.text();
            renewed[token] = row.boolean();
        }
        std::vector<RenewOutcome> outcomes;
        for (const LeaseRef& lease : leases) {
            const auto found = renewed.find(lease.lease_token);
            if (found == renewed.end())
                outcomes.push_back(RenewOutcome::kLost);
            else
                outcomes.push_back(found->second ? RenewOutcome::kCancelRequested
                                                 : RenewOutcome::kRenewed);
        }
        return outcomes;
    });
}

Result<std::vector<CompleteOutcome>> PgQueueStore::complete(
    const std::vector<Completion>& completions, const std::string& worker) {
    return pool_.transact([&](Transaction& tx) -> Result<std::vector<CompleteOutcome>> {
        std::vector<Id> run_ids;
        for (const Completion& completion : completions) run_ids.push_back(completion.lease.run_id);
        const auto held = lock_rows(tx, run_ids);

        std::vector<CompleteOutcome> outcomes;
        std::vector<std::pair<Id, const Step*>> steps;
        std::vector<Ending> endings;
        Requeue requeue;
        for (const Completion& completion : completions) {
            const auto row = held.find(completion.lease.run_id);
            if (row == held.end() || row->second.token != completion.lease.lease_token) {
                outcomes.push_back(CompleteOutcome::kLost);
                continue;
            }
            outcomes.push_back(CompleteOutcome::kRecorded);
            for (const Step& step : completion.steps)
                steps.emplace_back(completion.lease.run_id, &step);
            if (is_terminal(completion.next)) {
                endings.push_back(ending_of(completion));
            } else if (row->second.cancel_requested) {  // It would only be claimed again to stop.
                endings.push_back(ending_of(completion));
                endings.back().state = RunState::kCanceled;
                endings.back().reason = "cancel requested";
            } else {
                requeue.add(completion);
            }
        }
        write_steps(tx, steps);
        end_runs(tx, endings, worker);
        requeue.write(tx, worker);
        return outcomes;
    });
}

Result<std::vector<bool>> PgQueueStore::record_steps(
    const std::vector<std::pair<LeaseRef, Step>>& steps) {
    if (steps.empty()) return std::vector<bool>();
    return pool_.transact([&](Transaction& tx) -> Result<std::vector<bool>> {
        std::vector<Id> run_ids;
        for (const auto& [lease, step] : steps) run_ids.push_back(lease.run_id);
        const auto locked = lock_rows(tx, run_ids);
        std::vector<std::pair<Id, const Step*>> held;
        std::vector<bool> stored;
        for (const auto& [lease, step] : steps) {
            const auto row = locked.find(lease.run_id);
            stored.push_back(row != locked.end() && row->second.token == lease.lease_token);
            if (stored.back()) held.emplace_back(lease.run_id, &step);
        }
        write_steps(tx, held);
        return stored;
    });
}

Status PgQueueStore::append_logs(const std::vector<RunLogLine>& lines) {
    if (lines.empty()) return ok();
    return pool_.transact([&](Transaction& tx) -> Status {
        Array runs, times, levels, steps, messages, fields;
        for (const RunLogLine& line : lines) {
            runs.id(line.run_id);
            times.time(line.at);
            levels.text(line.level);
            steps.text(line.step_id);
            messages.text(line.message);
            fields.text_or_null(line.fields_json);
        }
        tx.run("append_logs",
               Params().array(runs).array(times).array(levels).array(steps).array(messages).array(
                   fields));
        return ok();
    });
}

Result<std::optional<std::chrono::microseconds>> PgQueueStore::until_next() {
    return pool_.read([&](Transaction& tx) -> Result<std::optional<std::chrono::microseconds>> {
        return read_one(tx.run("until_next"),
                        [](Row& row) -> std::optional<std::chrono::microseconds> {
                            if (row.next_is_null()) return std::nullopt;
                            return std::chrono::microseconds(row.number());
                        });
    });
}

Result<Run> PgQueueStore::cancel(const Id& run_id, std::string_view reason,
                                 const OwnerFilter& owner, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Run> {
        const auto locked =
            read_all(tx.run("lock_run", Params().id(run_id).owner(owner)), [](Row& row) {
                LockedRun run;
                run.run_id = row.text();
                run.is_leased = row.boolean();
                return run;
            });
        if (locked.empty()) {
            const Run run = TRY(read_run(tx, run_id, owner));
            return conflict("the run is " + std::string(name_of(run.state)) + " already");
        }
        cancel_locked(tx, locked, reason.empty() ? "canceled" : reason, actor_label(actor));
        append_audit(tx, "run.canceled", run_id,
                     JsonWriter().begin_object().field("reason", reason).end_object().take(),
                     actor);
        return read_run(tx, run_id, owner);
    });
}

Result<Run> PgQueueStore::retry(const Id& run_id, const OwnerFilter& owner, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Run> {
        const Run run = TRY(read_run(tx, run_id, owner));
        if (!is_terminal(run.state))
            return conflict("the run is " + std::string(name_of(run.state)) + ", not finished");
        if (run.state == RunState::kSucceeded)
            return conflict("the run succeeded; replay it instead");
        TRY(lock_task_of(tx, run));
        const auto revived =
            tx.run("revive_run", Params().id(run_id).time(run.created_at).text(actor_label(actor)));
        if (revived.empty())
            return conflict("the run was changed by another request; read it again");
        append_audit(tx, "run.retried", run_id, "", actor);
        tx.notify(Channel::kDue);
        tx.notify(Channel::kRuns);
        return read_run(tx, run_id, owner);
    });
}

Result<Run> PgQueueStore::replay(const Id& run_id, const OwnerFilter& owner, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Run> {
        const Run run = TRY(read_run(tx, run_id, owner));
        if (!is_terminal(run.state))
            return conflict("the run is " + std::string(name_of(run.state)) + ", not finished");
        const Task task = TRY(lock_task_of(tx, run));
        NewRun copy;
        copy.run_id = new_id();
        copy.task = &task;
        copy.source = RunSource::kReplay;
        copy.event_json = run.event_json;
        copy.trigger_json = run.trigger_json.empty() ? trigger_of(actor) : run.trigger_json;
        copy.parent_id = run.id;
        copy.trace_id = actor.trace_id;
        queue_runs(tx, {copy}, actor_label(actor));
        append_audit(tx, "run.replayed", copy.run_id,
                     JsonWriter().begin_object().field("replay_of", run.id).end_object().take(),
                     actor);
        return read_run(tx, copy.run_id, owner);
    });
}

Status PgQueueStore::set_paused(bool paused, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        if (paused)
            tx.run("pause_queue", Params().text(actor_label(actor)));
        else
            tx.run("resume_queue");
        append_audit(tx, paused ? "queue.paused" : "queue.resumed", "queue", "", actor);
        tx.notify(Channel::kDue);
        tx.notify(Channel::kControl);
        return ok();
    });
}

Result<QueueStats> PgQueueStore::stats(const OwnerFilter& owner) {
    return pool_.read([&](Transaction& tx) -> Result<QueueStats> {
        return read_one(tx.run("queue_stats", Params().owner(owner)), [](Row& row) {
            QueueStats stats;
            stats.ready = row.number();
            stats.running = row.number();
            stats.scheduled = row.number();
            stats.retry_wait = row.number();
            stats.oldest_ready_at = row.time_or_null();
            stats.lateness_seconds = row.real();
            stats.paused = !row.next_is_null();
            stats.paused_by = row.text();
            return stats;
        });
    });
}

Status PgQueueStore::heartbeat(const WorkerInfo& worker) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("heartbeat", Params()
                                .text(worker.name)
                                .text(worker.host)
                                .number(worker.pid)
                                .texts(worker.roles)
                                .text(worker.version)
                                .time(worker.started_at)
                                .number(worker.running)
                                .number(worker.completed));
        return ok();
    });
}

Status PgQueueStore::forget_worker(const std::string& name) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("forget_worker", Params().text(name));
        return ok();
    });
}

Result<std::vector<WorkerInfo>> PgQueueStore::workers() {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<WorkerInfo>> {
        return read_all(tx.run("list_workers"), [](Row& row) {
            WorkerInfo worker;
            worker.name = row.text();
            worker.host = row.text();
            worker.pid = row.integer();
            worker.roles = row.texts();
            worker.version = row.text();
            worker.started_at = row.time();
            worker.seen_at = row.time();
            worker.running = row.integer();
            worker.completed = row.number();
            return worker;
        });
    });
}

}  // namespace ordinaut::store::postgres
