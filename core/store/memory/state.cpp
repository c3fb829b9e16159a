#include "store/memory/state.h"

#include "base/check.h"

namespace ordinaut::store::memory {

Change::~Change() {
    if (state_.told != told_before_) channels_.insert(Channel::kRuns);
    lock_.unlock();
    if (channels_.empty()) return;
    std::lock_guard lock(state_.listeners_mutex);
    for (const auto& [id, entry] : state_.listeners)
        if (channels_.count(entry.first)) entry.second();
}

std::string actor_label(const Actor& actor) {
    return actor.agent_id.empty() ? actor.name : actor.agent_id;
}

void State::audit(std::string_view action, std::string_view subject, std::string_view details,
                  const Actor& actor) {
    JsonWriter row;
    row.begin_array()
        .number(static_cast<int64_t>(audits.size()))
        .string(format_time(now()))
        .string(action)
        .string(subject);
    row.string(actor.agent_id)
        .string(actor.name)
        .string(actor.request_id)
        .string(details)
        .end_array();
    audits.push_back({row.take(), ""});
    if (!is_told(action)) return;
    ChangeNote note;
    note.type = action;
    note.subject = subject;
    if (action.starts_with("task.")) note.owner = owner_of(subject);
    note.actor = actor_label(actor);
    note.details_json = details.starts_with('{') ? details : "{}";
    tell(std::move(note));
}

void State::announce_end(const Run& run, std::string_view reason) {
    JsonWriter payload;
    payload.begin_object().field("run_id", run.id).field("task_id", run.task_id);
    payload.field("owner", run.owner).field("state", name_of(run.state));
    payload.field("source", name_of(run.source)).field("attempt", run.attempt);
    payload.field("reason", reason);
    announce({"run." + std::string(name_of(run.state)), payload.end_object().take(), run.trace_id,
              depth_after(run.trigger_json)});
}

void State::announce(const HostEvent& event) {
    if (event.causation_depth <= kCausationDepthMax) outbox.push_back({new_id(), {event}});
}

Result<Task*> State::find_task(const Id& id, const OwnerFilter& owner) {
    const auto found = tasks.find(id);
    if (found == tasks.end() || !sees(owner, found->second.owner))
        return not_found("no task " + id);
    return &found->second;
}

Task State::with_last_run(const Task& task) const {
    Task copy = task;
    const Run* newest = nullptr;
    const auto consider = [&](const Run& run) {
        if (run.task_id != task.id) return;
        if (!newest || std::tie(newest->created_at, newest->id) < std::tie(run.created_at, run.id))
            newest = &run;
    };
    for (const auto& [id, row] : live) consider(row.run);
    for (const auto& [id, row] : finished) consider(row.run);
    if (const auto row = conditions.find(task.id); row != conditions.end()) {
        copy.condition_state = row->second.state;
        if (task.status == TaskStatus::kActive)
            copy.condition_state->next_evaluation_at = row->second.evaluate_at;
    }
    if (newest) {
        const auto run = find_run(newest->id, std::nullopt);
        copy.last_run = LastRun{run->id, std::string(name_of(run->state)), run->finished_at};
    }
    return copy;
}

RunState State::shown_state(const LiveRun& row) const {
    if (row.locked_until) return RunState::kRunning;
    if (row.buffered) return RunState::kScheduled;
    if (row.run.run_at <= now()) return RunState::kReady;
    return row.run.state == RunState::kRetryWait ? RunState::kRetryWait : RunState::kScheduled;
}

Run State::shown(const LiveRun& row) const {
    Run run = row.run;
    run.state = shown_state(row);
    return run;
}

std::optional<Run> State::find_run(const Id& id, const OwnerFilter& owner) const {
    if (const auto row = live.find(id); row != live.end() && sees(owner, row->second.run.owner))
        return shown(row->second);
    if (const auto row = finished.find(id);
        row != finished.end() && sees(owner, row->second.run.owner))
        return row->second.run;
    return std::nullopt;
}

std::vector<Id> State::live_ids_of(const Id& task_id) const {
    std::vector<Id> ids;
    for (const auto& [id, row] : live)
        if (row.run.task_id == task_id) ids.push_back(id);
    return ids;
}

int State::live_runs_of(const Id& task_id) const {
    return static_cast<int>(live_ids_of(task_id).size());
}

void State::note(const Run& run, std::string_view from, std::string_view to, std::string_view actor,
                 std::string_view reason, WallTime at) {
    RunEvent event;
    event.sequence = ++sequence;
    event.run_id = run.id;
    event.at = at;
    event.from = from;
    event.to = to;
    event.actor = actor;
    event.reason = reason;
    event.trace_id = run.trace_id;
    ChangeNote told;
    told.type = "run." + event.to;
    told.owner = run.owner;
    told.subject = run.task_id;
    told.run_id = run.id;
    told.from = event.from;
    told.to = event.to;
    told.reason = event.reason;
    told.trace_id = event.trace_id;
    told.actor = event.actor;
    events[run.id].push_back(std::move(event));
    tell(std::move(told));
}

bool State::queue_run(const NewRun& request, const std::string& actor) {
    const Task& task = *request.task;
    if (live.count(request.run_id) || finished.count(request.run_id)) return false;
    LiveRun row;
    Run& run = row.run;
    run.id = request.run_id;
    run.task_id = task.id;
    run.owner = task.owner;
    run.source = request.source;
    run.generation = task.generation;
    run.nominal_at = request.nominal_at;
    run.priority = request.priority.value_or(task.priority);
    run.created_at = now();
    run.run_at = request.run_at.value_or(now());
    run.state = request.buffered || run.run_at > now() ? RunState::kScheduled : RunState::kReady;
    run.event_json = request.event_json;
    run.trigger_json = request.trigger_json;
    run.parent_id = request.parent_id;
    run.trace_id = request.trace_id;
    row.first_run_at = run.run_at;
    row.queue_key = run.run_at - run.priority * std::chrono::seconds(60);
    row.order = ++sequence;
    row.concurrency_key = task.concurrency_key;
    row.concurrency_limit = task.concurrency_limit;
    row.buffered = request.buffered;
    if (has_start_deadline(task, run.source))
        row.start_by = run.run_at + std::chrono::seconds(task.start_deadline_seconds);
    note(run, "", name_of(run.state), actor,
         std::string(name_of(run.source)) + (row.buffered ? "; waits for an earlier run" : ""),
         now());
    live.emplace(run.id, std::move(row));
    return true;
}

void State::end_run(Id run_id, RunState state, std::string_view output, std::string_view error,
                    std::string_view reason, const std::string& actor) {
    settle(move_to_finished(std::move(run_id), state, output, error, reason, actor), state, actor);
}

Id State::move_to_finished(Id run_id, RunState state, std::string_view output,
                           std::string_view error, std::string_view reason,
                           const std::string& actor) {
    const auto row = live.find(run_id);
    CHECK(row != live.end());
    const RunState from = shown_state(row->second);
    const std::string asked_for = row->second.cancel_reason;
    if (state == RunState::kCanceled && !asked_for.empty()) reason = asked_for;
    FinishedRun done{std::move(row->second.run), row->second.first_run_at};
    live.erase(row);
    done.run.state = state;
    done.run.finished_at = now();
    done.run.output_json = output;
    if (state == RunState::kSucceeded)
        done.run.error_json.clear();
    else if (!error.empty())
        done.run.error_json = error;
    note(done.run, name_of(from), name_of(state), actor, reason, now());
    announce_end(done.run, reason);
    Id task_id = done.run.task_id;
    finished.insert_or_assign(std::move(run_id), std::move(done));
    return task_id;
}

void State::settle(const Id& task_id, RunState ended, const std::string& actor) {
    release_buffered(task_id, actor);
    count_failure(task_id, ended);
    complete_if_exhausted(task_id);
}

void State::expire(const Id& run_id, const std::string& actor) {
    end_run(run_id, RunState::kExpired, "", kExpiredError, "not started in time", actor);
}

// The oldest buffered run of the task goes on when nothing else of it is live.
void State::release_buffered(const Id& task_id, const std::string& actor) {
    LiveRun* oldest = nullptr;
    for (const Id& id : live_ids_of(task_id)) {
        LiveRun& row = live.at(id);
        if (!row.buffered) return;
        if (!oldest ||
            std::tie(row.queue_key, row.order) < std::tie(oldest->queue_key, oldest->order))
            oldest = &row;
    }
    if (!oldest) return;
    oldest->buffered = false;
    if (oldest->run.run_at > now()) return;
    oldest->run.state = RunState::kReady;
    note(oldest->run, "scheduled", "ready", actor, "no earlier run is left", now());
}

void State::count_failure(const Id& task_id, RunState ended) {
    const auto task = tasks.find(task_id);
    if (task == tasks.end() || task->second.pause_after_failures == 0) return;
    int& failures = failures_in_a_row[task_id];
    if (ended == RunState::kSucceeded) failures = 0;
    if (ended != RunState::kFailed && ended != RunState::kTimedOut) return;
    ++failures;
    const bool has_next = task->second.next_run_at ||
                          task->second.schedule_kind == ScheduleKind::kEvent ||
                          task->second.schedule_kind == ScheduleKind::kCondition;
    if (failures >= task->second.pause_after_failures && has_next &&
        task->second.status == TaskStatus::kActive)
        pause_task(task->second, std::to_string(failures) + " runs in a row failed");
}

void State::pause_task(Task& task, std::string_view reason) {
    task.status = TaskStatus::kPaused;
    task.paused_cursor = task.next_run_at;
    task.next_run_at.reset();
    task.updated_at = now();
    ++task.version;
    const Actor scheduler{"", "scheduler", "", ""};
    audit("task.paused", task.id, reason, scheduler);
    announce(task_event("task.paused", task.id, task.owner, reason, scheduler));
}

void State::record_skips(const Task& task, const std::vector<Skip>& more) {
    for (const Skip& skip : more) {
        skips.push_back({task.id, task.owner, skip});
        skips.back().skip.generation = task.generation;
    }
}

DueTask State::due_view(const Task& task) const {
    DueTask view;
    view.task = task;
    for (const Id& id : live_ids_of(task.id)) {
        ++view.live_runs;
        view.running_runs += live.at(id).locked_until.has_value();
        view.buffered_runs += live.at(id).buffered;
    }
    for (const std::string& name : task.calendars)
        if (const auto found = calendars.find({task.owner, name}); found != calendars.end())
            view.calendars.push_back(std::make_shared<const Calendar>(found->second));
    return view;
}

State::Fired State::fire(const Task& task, const FirePlan& plan, RunSource source,
                         const std::string& event_json, const std::string& actor) {
    Fired fired;
    const auto others = live_ids_of(task.id);
    for (const Fire& fire : plan.fires) {
        NewRun run;
        run.run_id = occurrence_run_id(task.id, task.generation, fire.nominal_at);
        run.task = &task;
        run.source = source;
        run.nominal_at = fire.nominal_at;
        run.run_at = fire.run_at;
        run.event_json = event_json;
        run.buffered = fire.buffered;
        fired.any |= queue_run(run, actor);
    }
    fired.asked = plan.cancel_others && cancel_runs(others, kOverlapReason, actor).asked > 0;
    record_skips(task, plan.skips);
    return fired;
}

void State::restart_condition(const Task& task, const ConditionState& state) {
    if (task.condition)
        conditions.insert_or_assign(task.id, ConditionRow{state, now(), std::nullopt, ""});
    else
        conditions.erase(task.id);
}

void State::complete_if_exhausted(const Id& task_id) {
    const auto found = tasks.find(task_id);
    if (found == tasks.end()) return;
    Task& task = found->second;
    const bool has_schedule = task.schedule_kind == ScheduleKind::kCron ||
                              task.schedule_kind == ScheduleKind::kRrule ||
                              task.schedule_kind == ScheduleKind::kOnce;
    if (task.status != TaskStatus::kActive || task.next_run_at || !has_schedule ||
        live_runs_of(task_id) > 0)
        return;
    task.status = TaskStatus::kCompleted;
    task.updated_at = now();
    ++task.version;
    audit("task.completed", task_id, "{}", Actor{});
    announce(task_event("task.completed", task_id, task.owner, "", Actor{}));
}

CanceledRuns State::cancel_runs(const std::vector<Id>& run_ids, std::string_view reason,
                                const std::string& actor) {
    CanceledRuns canceled;
    std::set<Id> task_ids;
    for (const Id& id : run_ids) {
        LiveRun& row = live.at(id);
        if (row.locked_until) {
            row.cancel_requested = true;
            row.cancel_reason = reason;
            ++canceled.asked;
        } else {
            task_ids.insert(move_to_finished(id, RunState::kCanceled, "", "", reason, actor));
            ++canceled.dropped;
        }
    }
    for (const Id& id : task_ids) settle(id, RunState::kCanceled, actor);
    return canceled;
}

}  // namespace ordinaut::store::memory
