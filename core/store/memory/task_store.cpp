#include "store/memory/seams.h"

namespace ordinaut::store::memory {
namespace {

bool contains_ignoring_case(const std::string& text, const std::string& part) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

bool matches(const TaskQuery& query, const Task& task) {
    return sees(query.owner, task.owner) && sees(query.created_by, task.owner) &&
           (!query.status || *query.status == task.status) &&
           (!query.schedule_kind || *query.schedule_kind == task.schedule_kind) &&
           (query.text.empty() || contains_ignoring_case(task.id, query.text) ||
            contains_ignoring_case(task.title, query.text) ||
            contains_ignoring_case(task.description, query.text));
}

std::string name_of_owner(const State& state, const Task& task) {
    const auto found = state.agents.find(task.owner);
    return found == state.agents.end() ? std::string() : found->second.agent.name;
}

// −1, 0, 1 by the sort column, ascending.
int compare(const State& state, const std::string& column, const Task& a, const Task& b) {
    const auto order = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
    if (column == "updated_at") return order(a.updated_at, b.updated_at);
    if (column == "next_run_at") return order(a.next_run_at, b.next_run_at);
    if (column == "title") return order(a.title, b.title);
    if (column == "status") return order(name_of(a.status), name_of(b.status));
    if (column == "schedule_expr") return order(a.schedule_expr, b.schedule_expr);
    if (column == "created_by") return order(name_of_owner(state, a), name_of_owner(state, b));
    if (column == "priority") return order(a.priority, b.priority);
    if (column == "last_run_state") return order(a.last_run->state, b.last_run->state);
    return order(a.created_at, b.created_at);
}

bool is_null(const std::string& column, const Task& task) {
    if (column == "next_run_at") return !task.next_run_at.has_value();
    return column == "last_run_state" && !task.last_run.has_value();
}

bool comes_first(const State& state, const TaskQuery& query, const Task& a, const Task& b) {
    const bool a_is_null = is_null(query.sort, a), b_is_null = is_null(query.sort, b);
    if (a_is_null != b_is_null) return b_is_null;
    int order = a_is_null ? 0 : compare(state, query.sort, a, b);
    if (order == 0) order = a.id.compare(b.id);
    return query.descending ? order > 0 : order < 0;
}

bool storable(const Task& task) {
    for (const auto* text : {&task.title, &task.description, &task.schedule_expr,
                             &task.payload_json, &task.dedupe_key, &task.concurrency_key})
        if (text->find('\0') != std::string::npos) return false;
    return true;
}

}  // namespace

Result<Created> MemoryTaskStore::create(const Task& task, std::string_view fingerprint,
                                        const Actor& actor) {
    Change change(state_);
    if (!storable(task)) return invalid("", "text must not contain U+0000");
    if (!task.dedupe_key.empty()) {
        const std::pair key(task.owner, task.dedupe_key);
        const auto found = state_.dedupe.find(key);
        const bool is_live =
            found != state_.dedupe.end() && state_.tasks.count(found->second.task_id) &&
            (!found->second.expires_at || *found->second.expires_at > state_.now());
        if (is_live && found->second.fingerprint != fingerprint)
            return conflict("dedupe_key '" + task.dedupe_key +
                            "' was accepted with another body, as task " + found->second.task_id);
        if (is_live)
            return Created{state_.with_last_run(state_.tasks.at(found->second.task_id)), true};
        DedupeKey accepted{task.id, std::string(fingerprint), std::nullopt};
        if (task.dedupe_window_seconds > 0)
            accepted.expires_at = state_.now() + std::chrono::seconds(task.dedupe_window_seconds);
        state_.dedupe.insert_or_assign(key, std::move(accepted));
    }
    if (state_.tasks.count(task.id))
        return conflict("a task with id " + task.id + " exists already");
    Task stored = task;
    stored.generation = stored.version = 1;
    stored.created_at = stored.updated_at = stored.schedule_since = state_.now();
    stored.last_run.reset();
    stored.condition_state.reset();
    state_.tasks.emplace(task.id, stored);
    state_.restart_condition(stored, {});
    state_.audit("task.created", task.id, "", actor);
    state_.announce(task_event("task.created", task.id, task.owner, "", actor));
    if (task.next_run_at) change.notify(Channel::kDue);
    return Created{state_.with_last_run(stored), false};
}

Result<Task> MemoryTaskStore::get(const Id& id, const OwnerFilter& owner) {
    Change change(state_);
    return state_.with_last_run(*TRY(state_.find_task(id, owner)));
}

Result<Listing<Task>> MemoryTaskStore::list(const TaskQuery& query) {
    Change change(state_);
    std::vector<Task> tasks;
    for (const auto& [id, task] : state_.tasks)
        if (matches(query, task)) tasks.push_back(state_.with_last_run(task));
    std::sort(tasks.begin(), tasks.end(),
              [&](const Task& a, const Task& b) { return comes_first(state_, query, a, b); });
    return page_of(std::move(tasks), query.page);
}

Result<Task> MemoryTaskStore::update(const TaskUpdate& update, const OwnerFilter& owner,
                                     const Actor& actor) {
    Change change(state_);
    Task& task = *TRY(state_.find_task(update.task.id, owner));
    if (!storable(update.task)) return invalid("", "text must not contain U+0000");
    if (task.status == TaskStatus::kCanceled)
        return conflict("the task is canceled and cannot be changed");
    if (update.expected_version && *update.expected_version != task.version)
        return conflict("the task is at version " + std::to_string(task.version) + ", not " +
                        std::to_string(*update.expected_version) + ": read it again");
    Task changed = update.task;
    changed.owner = task.owner;
    changed.created_at = task.created_at;
    changed.updated_at = state_.now();
    changed.version = task.version + 1;
    changed.generation = task.generation + (update.schedule_changed ? 1 : 0);
    changed.schedule_since = update.schedule_changed ? state_.now() : task.schedule_since;
    changed.last_run.reset();
    changed.condition_state.reset();
    if (!update.schedule_changed) {
        changed.status = task.status;
        changed.next_run_at = task.next_run_at;
        changed.paused_cursor = task.paused_cursor;
    }
    task = changed;
    if (update.schedule_changed) {
        state_.restart_condition(task, {});
        for (const Id& run_id : state_.live_ids_of(task.id)) {
            if (state_.live.at(run_id).locked_until) continue;
            state_.end_run(run_id, RunState::kCanceled, "", "", "schedule changed",
                           actor_label(actor));
            change.notify(Channel::kRuns);
        }
    }
    state_.audit("task.updated", task.id, "", actor);
    state_.announce(task_event("task.updated", task.id, task.owner, "", actor));
    change.notify(Channel::kDue);
    return state_.with_last_run(task);
}

Status MemoryTaskStore::remove(const Id& id, bool force, const OwnerFilter& owner,
                               const Actor& actor) {
    Change change(state_);
    const Id task_owner = TRY(state_.find_task(id, owner))->owner;
    const auto live = state_.live_ids_of(id);
    if (!live.empty() && !force)
        return conflict("the task has " + std::to_string(live.size()) +
                        " unfinished run(s); cancel them first or use force=true");
    for (const Id& run_id : live)
        state_.end_run(run_id, RunState::kCanceled, "", "", "task deleted", actor_label(actor));
    state_.audit("task.deleted", id, "", actor);
    state_.tasks.erase(id);
    state_.conditions.erase(id);
    state_.announce(task_event("task.deleted", id, task_owner, "", actor));
    if (!live.empty()) {
        change.notify(Channel::kControl);
        change.notify(Channel::kRuns);
    }
    return ok();
}

Task MemoryTaskStore::set_status(Task& task, TaskStatus status, std::optional<WallTime> next_run_at,
                                 std::string_view action, const Actor& actor) {
    state_.snoozed.erase(task.id);
    if (task.status == TaskStatus::kPaused) state_.failures_in_a_row.erase(task.id);
    task.paused_cursor = status == TaskStatus::kPaused ? task.next_run_at : std::nullopt;
    task.status = status;
    task.next_run_at = next_run_at;
    task.updated_at = state_.now();
    ++task.version;
    state_.audit(action, task.id, "", actor);
    if (status != TaskStatus::kCanceled && action != "task.snoozed")
        state_.announce(task_event(action, task.id, task.owner, "", actor));
    return state_.with_last_run(task);
}

Result<Task> MemoryTaskStore::pause(const Id& id, const OwnerFilter& owner, const Actor& actor) {
    Change change(state_);
    Task& task = *TRY(state_.find_task(id, owner));
    if (task.status == TaskStatus::kPaused) return state_.with_last_run(task);
    if (task.status != TaskStatus::kActive)
        return conflict("the task is " + std::string(name_of(task.status)) +
                        " and cannot be paused");
    return set_status(task, TaskStatus::kPaused, std::nullopt, "task.paused", actor);
}

Result<Task> MemoryTaskStore::resume(const Id& id, const Resumption& resumption,
                                     const OwnerFilter& owner, const Actor& actor) {
    Change change(state_);
    Task& task = *TRY(state_.find_task(id, owner));
    if (task.status == TaskStatus::kActive) return state_.with_last_run(task);
    if (task.status != TaskStatus::kPaused)
        return conflict("the task is " + std::string(name_of(task.status)) +
                        " and cannot be resumed");
    if (task.version != resumption.expected_version)
        return conflict("the task was changed by another request; try again");
    set_status(task, TaskStatus::kActive, resumption.next_run_at, "task.resumed", actor);
    if (const auto row = state_.conditions.find(id); row != state_.conditions.end()) {
        ConditionState known = row->second.state;
        if (resumption.forget_answers) known.forget_answers();
        state_.restart_condition(task, known);
    }
    state_.record_skips(task, resumption.skips);
    state_.complete_if_exhausted(id);
    change.notify(Channel::kDue);
    return state_.with_last_run(task);
}

Result<Task> MemoryTaskStore::snooze(const Id& id, WallTime from, std::chrono::seconds delay,
                                     std::string_view, const std::vector<Skip>& skips,
                                     const OwnerFilter& owner, const Actor& actor) {
    Change change(state_);
    Task& task = *TRY(state_.find_task(id, owner));
    if (task.status != TaskStatus::kActive)
        return conflict("the task is " + std::string(name_of(task.status)) +
                        "; only an active task can be snoozed");
    if (!task.next_run_at) return conflict("the task has no next run to snooze");
    if (*task.next_run_at != from)
        return conflict("the task's next run came or was moved meanwhile; try again");
    change.notify(Channel::kDue);
    state_.record_skips(task, skips);
    Task snoozed = set_status(task, TaskStatus::kActive, from + delay, "task.snoozed", actor);
    state_.snoozed.insert(id);
    return snoozed;
}

Result<Task> MemoryTaskStore::cancel(const Id& id, std::string_view reason,
                                     const OwnerFilter& owner, const Actor& actor) {
    Change change(state_);
    Task& task = *TRY(state_.find_task(id, owner));
    if (task.status == TaskStatus::kCanceled) return state_.with_last_run(task);
    if (task.status == TaskStatus::kCompleted)
        return conflict("the task is completed and cannot be canceled");
    set_status(task, TaskStatus::kCanceled, std::nullopt, "task.canceled", actor);
    state_.announce(task_event("task.canceled", id, task.owner, reason, actor));
    const auto runs = state_.cancel_runs(
        state_.live_ids_of(id), reason.empty() ? "task canceled" : reason, actor_label(actor));
    if (runs.asked > 0) change.notify(Channel::kControl);
    if (runs.dropped > 0) change.notify(Channel::kRuns);
    return state_.with_last_run(task);
}

}  // namespace ordinaut::store::memory
