#include "store/postgres/run_moves.h"

#include "store/event_store.h"

namespace ordinaut::store::postgres {

int queue_runs(Transaction& tx, const std::vector<NewRun>& runs, const std::string& actor) {
    if (runs.empty()) return 0;
    Array ids, tasks, owners, sources, generations, nominals, run_ats, priorities, events, parents,
        traces, keys, limits, starts_within, buffered, triggers;
    for (const NewRun& run : runs) {
        ids.id(run.run_id);
        tasks.id(run.task->id);
        owners.id(run.task->owner);
        sources.text(name_of(run.source));
        generations.number(run.task->generation);
        nominals.time(run.nominal_at);
        run_ats.time(run.run_at);
        priorities.number(run.priority.value_or(run.task->priority));
        events.text_or_null(run.event_json);
        triggers.text_or_null(run.trigger_json);
        parents.id(run.parent_id);
        traces.text(run.trace_id);
        keys.text_or_null(run.task->concurrency_key);
        limits.number(run.task->concurrency_limit);
        if (has_start_deadline(*run.task, run.source))
            starts_within.number(run.task->start_deadline_seconds);
        else
            starts_within.null();
        buffered.text(run.buffered ? "t" : "f");
    }
    const auto fresh = tx.run("queue_runs", Params()
                                                .array(ids)
                                                .array(tasks)
                                                .array(owners)
                                                .array(sources)
                                                .array(generations)
                                                .array(nominals)
                                                .array(run_ats)
                                                .array(priorities)
                                                .array(events)
                                                .array(parents)
                                                .array(traces)
                                                .array(keys)
                                                .array(limits)
                                                .text(actor)
                                                .array(starts_within)
                                                .array(buffered)
                                                .array(triggers));
    if (!fresh.empty()) {
        tx.notify(Channel::kDue);
        tx.notify(Channel::kRuns);
    }
    return static_cast<int>(fresh.size());
}

Ending expiry_of(const Id& run_id) {
    Ending ending;
    ending.run_id = run_id;
    ending.state = RunState::kExpired;
    ending.reason = "not started in time";
    ending.error_json = kExpiredError;
    return ending;
}

Moved read_moved(Row& row) {
    Moved moved;
    moved.run_id = row.text();
    moved.task_id = row.text();
    moved.concurrency_key = row.text();
    moved.was_leased = row.boolean();
    moved.was_blocked = row.boolean();
    moved.depth = row.integer();
    return moved;
}

namespace {

// Lets buffered runs of these tasks go on where nothing is left to wait for.
void release_buffered(Transaction& tx, const std::vector<Id>& task_ids, const std::string& actor) {
    if (tx.run("lock_buffered", Params().ids(task_ids)).empty()) return;
    if (!tx.run("release_buffered", Params().ids(task_ids).text(actor)).empty())
        tx.notify(Channel::kDue);
}

// Counts failures in a row and pauses the tasks that have had enough.
void pause_failing(Transaction& tx, const std::vector<Ending>& endings,
                   const std::vector<Moved>& moved) {
    struct Streak {
        bool fresh = false;
        int failed = 0;
    };
    std::map<Id, Id> task_of;
    std::map<Id, int> depths;
    for (const Moved& run : moved) {
        task_of[run.run_id] = run.task_id;
        depths[run.task_id] = std::max(depths[run.task_id], run.depth);
    }
    std::map<Id, Streak> streaks;
    for (const Ending& ending : endings) {
        const auto task = task_of.find(ending.run_id);
        if (task == task_of.end()) continue;
        if (ending.state == RunState::kSucceeded)
            streaks[task->second] = {true, 0};
        else if (ending.state == RunState::kFailed || ending.state == RunState::kTimedOut)
            ++streaks[task->second].failed;
    }
    if (streaks.empty()) return;
    Array ids, fresh, failed;
    for (const auto& [id, streak] : streaks) {
        ids.id(id);
        fresh.text(streak.fresh ? "t" : "f");
        failed.number(streak.failed);
    }
    for (const auto& line :
         tx.run("count_failures", Params().array(ids).array(fresh).array(failed))) {
        Row row(line);
        const Id id = row.text();
        pause_task(tx, id, std::to_string(row.number()) + " runs in a row failed",
                   Actor{"", "scheduler", "", "", depths[id]});
    }
}

}  // namespace

void end_runs(Transaction& tx, const std::vector<Ending>& endings, const std::string& actor) {
    if (endings.empty()) return;
    Array ids, states, outputs, errors, reasons, failed, lost;
    for (const Ending& ending : endings) {
        ids.id(ending.run_id);
        states.text(name_of(ending.state));
        outputs.text_or_null(ending.output_json);
        errors.text_or_null(ending.error_json);
        reasons.text(ending.reason);
        failed.number(ending.failed);
        lost.number(ending.lost);
    }
    const auto moved = read_all(tx.run("end_runs", Params()
                                                       .array(ids)
                                                       .array(states)
                                                       .array(outputs)
                                                       .array(errors)
                                                       .array(reasons)
                                                       .array(failed)
                                                       .array(lost)
                                                       .text(actor)
                                                       .number(kCausationDepthMax)),
                                read_moved);
    tx.notify(Channel::kRuns);
    std::vector<Id> task_ids;
    for (const Moved& run : moved) task_ids.push_back(run.task_id);
    release_buffered(tx, task_ids, actor);  // Before slots are locked, as fire_due has it.
    free_slots(tx, moved);
    pause_failing(tx, endings, moved);
    complete_exhausted(tx, std::move(task_ids), actor);
}

void free_slots(Transaction& tx, const std::vector<Moved>& moved) {
    struct Freed {
        int slots = 0, wakes = 0;
    };
    std::map<std::string, Freed> freed;
    for (const Moved& run : moved) {
        if (run.concurrency_key.empty() || run.was_blocked) continue;
        Freed& key = freed[run.concurrency_key];
        key.slots += run.was_leased;
        // A row that was woken and leaves before it was claimed passes the wake on.
        ++key.wakes;
    }
    if (freed.empty()) return;
    std::vector<std::string> keys;
    for (const auto& [key, counts] : freed) keys.push_back(key);
    Array changed, used;
    for (const auto& line : tx.run("lock_slots", Params().texts(keys))) {
        Row row(line);
        const std::string key = row.text();
        changed.text(key);
        used.number(row.integer() - freed[key].slots);
    }
    tx.run("set_slots", Params().array(changed).array(used));
    for (const auto& [key, counts] : freed)
        if (tx.run("wake_blocked", Params().text(key).number(counts.wakes)).affected_rows() > 0)
            tx.notify(Channel::kDue);
}

CanceledRuns cancel_locked(Transaction& tx, const std::vector<LockedRun>& runs,
                           std::string_view reason, const std::string& actor) {
    CanceledRuns canceled;
    std::vector<Ending> endings;
    std::vector<Id> asked;
    for (const LockedRun& run : runs) {
        if (run.is_leased) {
            asked.push_back(run.run_id);
            continue;
        }
        Ending ending;
        ending.run_id = run.run_id;
        ending.reason = reason;
        endings.push_back(std::move(ending));
    }
    end_runs(tx, endings, actor);
    if (!asked.empty()) {
        tx.run("request_cancel", Params().ids(asked).text(reason));
        tx.notify(Channel::kControl);
    }
    canceled.dropped = static_cast<int>(endings.size());
    canceled.asked = static_cast<int>(asked.size());
    return canceled;
}

std::vector<LockedRun> lock_task_runs(Transaction& tx, const Id& task_id, const OwnerFilter& owner,
                                      std::optional<int64_t> below_generation) {
    Params params;
    params.id(task_id).owner(owner);
    if (below_generation)
        params.number(*below_generation);
    else
        params.null();
    return read_all(tx.run("lock_task_runs", params), [](Row& row) {
        LockedRun run;
        run.run_id = row.text();
        run.is_leased = row.boolean();
        return run;
    });
}

void record_skips(Transaction& tx,
                  const std::vector<std::pair<Id, std::vector<Skip>>>& skips_by_task) {
    Array tasks, firsts, lasts, counts, reasons;
    bool any = false;
    for (const auto& [task_id, skips] : skips_by_task)
        for (const Skip& skip : skips) {
            any = true;
            tasks.id(task_id);
            firsts.time(skip.first);
            lasts.time(skip.last);
            counts.number(skip.count);
            reasons.text(skip.reason);
        }
    if (any)
        tx.run("record_skips",
               Params().array(tasks).array(firsts).array(lasts).array(counts).array(reasons));
}

void pause_task(Transaction& tx, const Id& task_id, std::string_view reason, const Actor& actor) {
    const auto rows =
        tx.run("set_task_status",
               Params().id(task_id).text(name_of(TaskStatus::kPaused)).null().boolean(false));
    for (const auto& line : rows)
        tx.tell(task_event("task.paused", task_id, Row(line).text(), reason, actor));
    append_audit(tx, "task.paused", task_id,
                 JsonWriter().begin_object().field("reason", reason).end_object().take(), actor);
}

void complete_exhausted(Transaction& tx, std::vector<Id> task_ids, const std::string& actor) {
    std::sort(task_ids.begin(), task_ids.end());
    task_ids.erase(std::unique(task_ids.begin(), task_ids.end()), task_ids.end());
    if (task_ids.empty()) return;
    const auto exhausted = read_all(tx.run("lock_exhausted_tasks", Params().ids(task_ids)),
                                    [](Row& row) { return row.text(); });
    if (exhausted.empty()) return;
    for (const auto& line : tx.run("complete_tasks", Params().ids(exhausted).text(actor))) {
        Row row(line);
        const Id id = row.text();
        tx.tell(task_event("task.completed", id, row.text(), "", Actor{"", actor, "", ""}));
    }
    tx.notify(Channel::kRuns);
}

}  // namespace ordinaut::store::postgres
