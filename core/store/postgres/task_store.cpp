#include "store/postgres/task_store.h"

#include "store/postgres/run_moves.h"

namespace ordinaut::store::postgres {
namespace {

Error no_such_task(const Id& id) { return not_found("no task " + id); }

Result<Task> read_task(Transaction& tx, const Id& id, const OwnerFilter& owner) {
    const auto rows = tx.run("get_task", Params().id(id).owner(owner));
    if (rows.empty()) return no_such_task(id);
    return read_one(rows, [](Row& row) {
        Task task = row.task();
        task.last_run = row.last_run();
        task.condition_state = row.condition_state();
        return task;
    });
}

Result<Task> lock_task(Transaction& tx, const Id& id, const OwnerFilter& owner) {
    const auto rows = tx.run("lock_task", Params().id(id).owner(owner));
    if (rows.empty()) return no_such_task(id);
    return read_one(rows, [](Row& row) { return row.task(); });
}

struct TaskAndRuns {
    Task task;
    std::vector<LockedRun> runs;
};

// With its live runs; these first, as whoever ends the last of them locks. Those that came
// meanwhile are locked after the task.
Result<TaskAndRuns> lock_task_and_runs(Transaction& tx, const Id& id, const OwnerFilter& owner) {
    lock_task_runs(tx, id, owner);
    TaskAndRuns locked;
    locked.task = TRY(lock_task(tx, id, owner));
    locked.runs = lock_task_runs(tx, id, owner);
    return locked;
}

template <class Value>
std::string stored_form(const Value& value) {
    JsonWriter writer;
    write_json(writer, value);
    return writer.take();
}

void add_definition(Params& params, const Task& task) {
    params.text(name_of(task.schedule_kind))
        .text(task.schedule_expr)
        .text(task.timezone)
        .time(task.schedule_anchor);
    params.text(task.dst_gap).text(task.dst_fold).text(task.payload_json).number(task.priority);
    params.text(task.dedupe_key)
        .number(task.dedupe_window_seconds)
        .number(task.max_retries)
        .text(name_of(task.backoff));
    params.text(task.concurrency_key)
        .number(task.concurrency_limit)
        .text(name_of(task.overlap))
        .text(name_of(task.misfire));
    params.number(task.catchup_max).number(task.catchup_window_seconds).number(task.jitter_seconds);
    params.number(task.start_deadline_seconds)
        .number(task.pause_after_failures)
        .texts(task.calendars);
    params.text(name_of(task.status)).time(task.next_run_at).time(task.paused_cursor);
    params.text_or_null(task.condition ? stored_form(*task.condition) : "");
}

// Before the task's own lock, always: settling an evaluation locks in this order.
std::optional<ConditionState> lock_condition(Transaction& tx, const Id& task_id) {
    const auto rows = tx.run("lock_condition", Params().id(task_id));
    if (rows.empty()) return std::nullopt;
    return read_one(rows, [](Row& row) { return condition_state_from_stored(row.text()); });
}

// Whatever is being evaluated is lost; the next evaluation is due at once.
void restart_condition(Transaction& tx, const Task& task, const ConditionState& state) {
    if (task.condition)
        tx.run("put_condition", Params().id(task.id).text(stored_form(state)));
    else
        tx.run("delete_condition", Params().id(task.id));
}

void set_status(Transaction& tx, const Id& id, TaskStatus status,
                std::optional<WallTime> next_run_at, bool snoozed = false) {
    tx.run("set_task_status",
           Params().id(id).text(name_of(status)).time(next_run_at).boolean(snoozed));
}

// A LIKE pattern that finds `text` anywhere, its own wildcards taken literally.
std::string pattern_of(std::string_view text) {
    std::string pattern = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

std::string order_by(const TaskQuery& query) {
    static constexpr std::array<std::string_view, 7> kColumns{
        "created_at", "updated_at", "next_run_at", "title", "priority", "status", "schedule_expr"};
    const auto known = std::find(kColumns.begin(), kColumns.end(), query.sort);
    std::string key = "t." + std::string(known == kColumns.end() ? kColumns[0] : *known);
    if (query.sort == "created_by") key = "(SELECT a.name FROM agent a WHERE a.id = t.owner)";
    if (query.sort == "last_run_state") key = "last.state";
    const std::string direction = query.descending ? " DESC" : "";
    const std::string nulls = key == "t.next_run_at" || key == "last.state" ? " NULLS LAST" : "";
    return key + direction + nulls + ", t.id" + direction;
}

pqxx::result read_page(Transaction& tx, const TaskQuery& query, const Params& page) {
    const bool by_run = query.sort == "last_run_state";
    return tx.run_planned(by_run ? "list_tasks_by_last_run" : "list_tasks", page,
                          {{"order_by", order_by(query)}});
}

Params filter_params(const TaskQuery& query) {
    Params params;
    params.owner(query.owner);
    params.text_or_null(query.status ? name_of(*query.status) : "");
    params.text_or_null(query.schedule_kind ? name_of(*query.schedule_kind) : "");
    params.owner(query.created_by);
    return params.text_or_null(query.text.empty() ? "" : pattern_of(query.text));
}

// The task that holds the dedupe key already, or nothing when this request is the first acceptance.
Result<std::optional<Id>> accept_dedupe_key(Transaction& tx, const Task& task,
                                            std::string_view fingerprint) {
    const auto accepted = tx.run("accept_dedupe_key", Params()
                                                          .id(task.owner)
                                                          .text(task.dedupe_key)
                                                          .id(task.id)
                                                          .text(fingerprint)
                                                          .number(task.dedupe_window_seconds));
    if (!accepted.empty()) return std::optional<Id>();
    const auto found = tx.run("find_dedupe_key", Params().id(task.owner).text(task.dedupe_key));
    if (found.empty())
        return conflict("dedupe_key '" + task.dedupe_key +
                        "' is being changed by another request; try again");
    return read_one(found, [&](Row& row) -> Result<std::optional<Id>> {
        Id existing = row.text();
        if (row.text() != fingerprint)
            return conflict("dedupe_key '" + task.dedupe_key +
                            "' was accepted with another body, as task " + existing);
        return std::optional<Id>(std::move(existing));
    });
}

}  // namespace

Result<Created> PgTaskStore::create(const Task& task, std::string_view fingerprint,
                                    const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Created> {
        if (!task.dedupe_key.empty()) {
            const auto existing = TRY(accept_dedupe_key(tx, task, fingerprint));
            if (existing) return Created{TRY(read_task(tx, *existing, task.owner)), true};
        }
        Params params;
        params.id(task.id).text(task.title).text(task.description).id(task.owner);
        add_definition(params, task);
        if (tx.run("insert_task", params).empty())
            return conflict("a task with id " + task.id + " exists already");
        if (task.condition) restart_condition(tx, task, {});
        append_audit(tx, "task.created", task.id, "", actor);
        tx.tell(task_event("task.created", task.id, task.owner, "", actor));
        if (task.next_run_at) tx.notify(Channel::kDue);
        return Created{TRY(read_task(tx, task.id, task.owner)), false};
    });
}

Result<Task> PgTaskStore::get(const Id& id, const OwnerFilter& owner) {
    return pool_.read([&](Transaction& tx) { return read_task(tx, id, owner); });
}

Result<Listing<Task>> PgTaskStore::list(const TaskQuery& query) {
    return pool_.read([&](Transaction& tx) -> Result<Listing<Task>> {
        const Params filter = filter_params(query);
        Params page = filter;
        page.number(query.page.limit).number(query.page.offset);
        Listing<Task> listing;
        listing.items = read_all(read_page(tx, query, page), [](Row& row) {
            Task task = row.task();
            task.last_run = row.last_run();
            task.condition_state = row.condition_state();
            return task;
        });
        listing.total =
            read_one(tx.run_planned("count_tasks", filter), [](Row& row) { return row.number(); });
        return listing;
    });
}

Result<Task> PgTaskStore::update(const TaskUpdate& update, const OwnerFilter& owner,
                                 const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Task> {
        const Task& task = update.task;
        const auto condition = lock_condition(tx, task.id);
        if (update.schedule_changed) lock_task_runs(tx, task.id, owner);  // Before the task.
        const Task before = TRY(lock_task(tx, task.id, owner));
        if (before.status == TaskStatus::kCanceled)
            return conflict("the task is canceled and cannot be changed");
        if (update.expected_version && *update.expected_version != before.version)
            return conflict("the task is at version " + std::to_string(before.version) + ", not " +
                            std::to_string(*update.expected_version) + ": read it again");
        Params params;
        params.id(task.id).text(task.title).text(task.description);
        add_definition(params, task);
        tx.run("update_task", params.boolean(update.schedule_changed));
        if (update.schedule_changed) {
            if (condition || task.condition) restart_condition(tx, task, {});
            std::vector<LockedRun> queued;
            for (const LockedRun& run : lock_task_runs(tx, task.id, owner, before.generation + 1))
                if (!run.is_leased) queued.push_back(run);
            cancel_locked(tx, queued, "schedule changed", actor_label(actor));
        }
        append_audit(tx, "task.updated", task.id,
                     update.schedule_changed ? R"({"schedule_changed":true})" : "", actor);
        tx.tell(task_event("task.updated", task.id, before.owner, "", actor));
        tx.notify(Channel::kDue);
        return read_task(tx, task.id, owner);
    });
}

Status PgTaskStore::remove(const Id& id, bool force, const OwnerFilter& owner, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        const auto condition = lock_condition(tx, id);
        const auto [task, live] = TRY(lock_task_and_runs(tx, id, owner));
        if (!live.empty() && !force)
            return conflict("the task has " + std::to_string(live.size()) +
                            " unfinished run(s); cancel them first or use force=true");
        std::vector<Ending> endings;
        for (const LockedRun& run : live) {
            Ending ending;
            ending.run_id = run.run_id;
            ending.reason = "task deleted";
            endings.push_back(std::move(ending));
        }
        end_runs(tx, endings, actor_label(actor));
        if (!live.empty())
            tx.notify(Channel::kControl);  // Workers that hold one learn that the lease is gone.
        // First: it looks up whose task this is.
        append_audit(tx, "task.deleted", id, force ? R"({"force":true})" : "", actor);
        tx.run("delete_task", Params().id(id));
        if (!task.dedupe_key.empty())
            tx.run("forget_dedupe_key", Params().id(task.owner).text(task.dedupe_key).id(id));
        if (condition) tx.run("delete_condition", Params().id(id));
        tx.tell(task_event("task.deleted", id, task.owner, "", actor));
        return ok();
    });
}

Result<Task> PgTaskStore::pause(const Id& id, const OwnerFilter& owner, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Task> {
        const Task task = TRY(lock_task(tx, id, owner));
        if (task.status == TaskStatus::kPaused) return read_task(tx, id, owner);
        if (task.status != TaskStatus::kActive)
            return conflict("the task is " + std::string(name_of(task.status)) +
                            " and cannot be paused");
        set_status(tx, id, TaskStatus::kPaused, std::nullopt);
        append_audit(tx, "task.paused", id, "", actor);
        tx.tell(task_event("task.paused", id, task.owner, "", actor));
        return read_task(tx, id, owner);
    });
}

Result<Task> PgTaskStore::resume(const Id& id, const Resumption& resumption,
                                 const OwnerFilter& owner, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Task> {
        auto condition = lock_condition(tx, id);
        const Task task = TRY(lock_task(tx, id, owner));
        if (task.status == TaskStatus::kActive) return read_task(tx, id, owner);
        if (task.status != TaskStatus::kPaused)
            return conflict("the task is " + std::string(name_of(task.status)) +
                            " and cannot be resumed");
        if (task.version != resumption.expected_version)
            return conflict("the task was changed by another request; try again");
        set_status(tx, id, TaskStatus::kActive, resumption.next_run_at);
        if (condition) {
            if (resumption.forget_answers) condition->forget_answers();
            restart_condition(tx, task, *condition);
        }
        record_skips(tx, {{id, resumption.skips}});
        append_audit(tx, "task.resumed", id, "", actor);
        tx.tell(task_event("task.resumed", id, task.owner, "", actor));
        complete_exhausted(tx, {id}, actor_label(actor));
        tx.notify(Channel::kDue);
        return read_task(tx, id, owner);
    });
}

Result<Task> PgTaskStore::snooze(const Id& id, WallTime from, std::chrono::seconds delay,
                                 std::string_view reason, const std::vector<Skip>& skips,
                                 const OwnerFilter& owner, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Task> {
        const Task task = TRY(lock_task(tx, id, owner));
        if (task.status != TaskStatus::kActive)
            return conflict("the task is " + std::string(name_of(task.status)) +
                            "; only an active task can be snoozed");
        if (!task.next_run_at) return conflict("the task has no next run to snooze");
        if (*task.next_run_at != from)
            return conflict("the task's next run came or was moved meanwhile; try again");
        set_status(tx, id, TaskStatus::kActive, from + delay, true);
        record_skips(tx, {{id, skips}});
        JsonWriter detail;
        detail.begin_object().field("seconds", delay.count());
        if (!reason.empty()) detail.field("reason", reason);
        append_audit(tx, "task.snoozed", id, detail.end_object().take(), actor);
        tx.notify(Channel::kDue);
        return read_task(tx, id, owner);
    });
}

Result<Task> PgTaskStore::cancel(const Id& id, std::string_view reason, const OwnerFilter& owner,
                                 const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Task> {
        const auto [task, live] = TRY(lock_task_and_runs(tx, id, owner));
        if (task.status == TaskStatus::kCanceled) return read_task(tx, id, owner);
        if (task.status == TaskStatus::kCompleted)
            return conflict("the task is completed and cannot be canceled");
        set_status(tx, id, TaskStatus::kCanceled, std::nullopt);
        const auto runs =
            cancel_locked(tx, live, reason.empty() ? "task canceled" : reason, actor_label(actor));
        tx.tell(task_event("task.canceled", id, task.owner, reason, actor));
        append_audit(tx, "task.canceled", id,
                     JsonWriter()
                         .begin_object()
                         .field("reason", reason)
                         .field("dropped", runs.dropped)
                         .field("asked", runs.asked)
                         .end_object()
                         .take(),
                     actor);
        return read_task(tx, id, owner);
    });
}

}  // namespace ordinaut::store::postgres
