#include "store/memory/seams.h"

namespace ordinaut::store::memory {
namespace {
constexpr int kLeaseLossesMax = 3;

bool more_urgent(const LiveRun* a, const LiveRun* b) {
    return std::tie(a->queue_key, a->order) < std::tie(b->queue_key, b->order);
}
}  // namespace

Result<Run> MemoryQueueStore::enqueue(const EnqueueRun& request, const OwnerFilter& owner,
                                      const Actor& actor) {
    Change change(state_);
    const Task& task = *TRY(state_.find_task(request.task_id, owner));
    if (task.status == TaskStatus::kCanceled) return conflict("task " + task.id + " is canceled");
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
    state_.queue_run(run, actor_label(actor));
    state_.audit("run.queued", run.run_id, "", actor);
    change.notify(Channel::kDue);
    change.notify(Channel::kRuns);
    return *state_.find_run(run.run_id, std::nullopt);
}

// Keyed runs that hold a lease hold a slot.
bool MemoryQueueStore::has_slot(const LiveRun& row) const {
    if (row.concurrency_key.empty() || row.locked_until) return true;
    const auto used = std::count_if(state_.live.begin(), state_.live.end(), [&](const auto& entry) {
        return entry.second.locked_until && entry.second.concurrency_key == row.concurrency_key;
    });
    return used < row.concurrency_limit;
}

Lease MemoryQueueStore::lease(LiveRun& row, const std::string& worker,
                              std::chrono::milliseconds ttl) {
    Run& run = row.run;
    if (row.locked_until) {
        ++run.lease_losses;
        state_.note(run, "running", "ready", worker, "lease lost", state_.now());
    } else if (run.state != RunState::kReady) {
        state_.note(run, name_of(run.state), "ready", worker, "due", run.run_at);
    }
    run.state = RunState::kReady;
    row.locked_until = state_.now() + ttl;
    row.lease_token = new_id();
    row.start_by.reset();
    ++run.attempt;
    run.worker = worker;
    if (!run.started_at) run.started_at = state_.now();
    state_.note(run, "ready", "running", worker, "attempt " + std::to_string(run.attempt),
                state_.now());

    Lease lease;
    lease.run_id = run.id;
    lease.lease_token = row.lease_token;
    lease.task = state_.tasks.at(run.task_id);
    lease.run = state_.shown(row);
    for (const auto& [id, step] : state_.steps[run.id]) lease.steps.push_back(step);
    std::stable_sort(lease.steps.begin(), lease.steps.end(),
                     [](const Step& a, const Step& b) { return a.index < b.index; });
    const auto owner = state_.agents.find(lease.task.owner);
    if (owner != state_.agents.end() && owner->second.agent.enabled)
        lease.owner_scopes = owner->second.agent.scopes;
    return lease;
}

Result<std::vector<Lease>> MemoryQueueStore::claim(const std::string& worker, int limit,
                                                   std::chrono::milliseconds ttl) {
    Change change(state_);
    if (state_.paused_by) return std::vector<Lease>();
    const WallTime now = state_.now();
    std::vector<Id> over;
    for (const auto& [id, row] : state_.live)
        if (row.locked_until && *row.locked_until < now &&
            (row.cancel_requested || row.run.lease_losses + 1 >= kLeaseLossesMax))
            over.push_back(id);
    for (const Id& id : over) {
        LiveRun& row = state_.live.at(id);
        ++row.run.lease_losses;
        if (row.cancel_requested)
            state_.end_run(id, RunState::kCanceled, "", "", "canceled; its worker was lost",
                           worker);
        else
            state_.end_run(
                id, RunState::kFailed, "",
                R"({"error":"poison","message":"the run lost its worker 3 times and is not tried again"})",
                "poison", worker);
        change.notify(Channel::kRuns);
    }

    over.clear();
    for (const auto& [id, row] : state_.live)
        if (!row.locked_until && row.start_by && *row.start_by < now) over.push_back(id);
    for (const Id& id : over) state_.expire(id, worker);

    std::vector<LiveRun*> suspects, ready;
    for (auto& [id, row] : state_.live) {
        if (row.buffered) continue;
        const bool is_expired = row.locked_until && *row.locked_until < now;
        const bool is_ready = !row.locked_until && row.run.run_at <= now;
        if (is_expired || (is_ready && row.run.lease_losses > 0))
            suspects.push_back(&row);
        else if (is_ready)
            ready.push_back(&row);
    }
    std::sort(suspects.begin(), suspects.end(), more_urgent);
    std::sort(ready.begin(), ready.end(), more_urgent);
    std::vector<Lease> leases;
    for (LiveRun* row : suspects)
        if (leases.empty() && has_slot(*row)) leases.push_back(lease(*row, worker, ttl));
    if (leases.empty())
        for (LiveRun* row : ready)
            if (leases.size() < static_cast<size_t>(limit) && has_slot(*row))
                leases.push_back(lease(*row, worker, ttl));
    if (!leases.empty()) change.notify(Channel::kRuns);
    return leases;
}

LiveRun* MemoryQueueStore::held(const LeaseRef& lease) {
    const auto row = state_.live.find(lease.run_id);
    if (row == state_.live.end() || !row->second.locked_until ||
        row->second.lease_token != lease.lease_token)
        return nullptr;
    return &row->second;
}

Result<std::vector<RenewOutcome>> MemoryQueueStore::renew(const std::vector<LeaseRef>& leases,
                                                          std::chrono::milliseconds ttl) {
    Change change(state_);
    std::vector<RenewOutcome> outcomes;
    for (const LeaseRef& lease : leases) {
        LiveRun* row = held(lease);
        if (row) row->locked_until = state_.now() + ttl;
        outcomes.push_back(!row                    ? RenewOutcome::kLost
                           : row->cancel_requested ? RenewOutcome::kCancelRequested
                                                   : RenewOutcome::kRenewed);
    }
    return outcomes;
}

void MemoryQueueStore::requeue(LiveRun& row, const Completion& completion,
                               const std::string& worker) {
    Run& run = row.run;
    row.locked_until.reset();
    row.lease_token.clear();
    run.worker.clear();
    run.state = completion.next;
    run.failures += completion.count_failure;
    if (!completion.error_json.empty()) run.error_json = completion.error_json;
    if (completion.next == RunState::kReady) {
        if (--run.attempt == 0 && state_.steps[run.id].empty()) run.started_at.reset();
    } else {
        run.run_at = state_.now() + completion.retry_in;
        row.queue_key = run.run_at - run.priority * std::chrono::seconds(60);
    }
    state_.note(run, "running", name_of(completion.next), worker, completion.reason, state_.now());
}

Result<std::vector<CompleteOutcome>> MemoryQueueStore::complete(
    const std::vector<Completion>& completions, const std::string& worker) {
    Change change(state_);
    std::vector<CompleteOutcome> outcomes;
    for (const Completion& completion : completions) {
        LiveRun* row = held(completion.lease);
        outcomes.push_back(row ? CompleteOutcome::kRecorded : CompleteOutcome::kLost);
        if (!row) continue;
        for (const Step& step : completion.steps) state_.steps[row->run.id][step.id] = step;
        const bool is_stopped = !is_terminal(completion.next) && row->cancel_requested;
        if (is_terminal(completion.next) || is_stopped) {
            row->run.failures += completion.count_failure;
            state_.end_run(row->run.id, is_stopped ? RunState::kCanceled : completion.next,
                           completion.output_json, completion.error_json,
                           is_stopped ? "cancel requested" : completion.reason, worker);
        } else {
            requeue(*row, completion, worker);
        }
        change.notify(Channel::kDue);
        change.notify(Channel::kRuns);
    }
    return outcomes;
}

Result<std::vector<bool>> MemoryQueueStore::record_steps(
    const std::vector<std::pair<LeaseRef, Step>>& steps) {
    Change change(state_);
    std::vector<bool> stored;
    for (const auto& [lease, step] : steps) {
        stored.push_back(held(lease) != nullptr);
        if (stored.back()) state_.steps[lease.run_id][step.id] = step;
    }
    return stored;
}

Status MemoryQueueStore::append_logs(const std::vector<RunLogLine>& lines) {
    Change change(state_);
    for (const RunLogLine& line : lines) state_.logs[line.run_id].push_back(line);
    return ok();
}

Result<std::optional<std::chrono::microseconds>> MemoryQueueStore::until_next() {
    Change change(state_);
    std::optional<std::chrono::microseconds> nearest;
    if (state_.paused_by) return nearest;
    for (const auto& [id, row] : state_.live) {
        if (!has_slot(row) || row.buffered) continue;
        const auto wait = row.locked_until.value_or(row.run.run_at) - state_.now();
        if (!nearest || wait < *nearest) nearest = wait;
    }
    return nearest;
}

Result<Run> MemoryQueueStore::cancel(const Id& run_id, std::string_view reason,
                                     const OwnerFilter& owner, const Actor& actor) {
    Change change(state_);
    const auto run = state_.find_run(run_id, owner);
    if (!run) return not_found("no run " + run_id);
    if (is_terminal(run->state))
        return conflict("the run is " + std::string(name_of(run->state)) + " already");
    state_.cancel_runs({run_id}, reason.empty() ? "canceled" : reason, actor_label(actor));
    state_.audit("run.canceled", run_id, reason, actor);
    change.notify(run->state == RunState::kRunning ? Channel::kControl : Channel::kRuns);
    return *state_.find_run(run_id, owner);
}

Result<Run> MemoryQueueStore::retry(const Id& run_id, const OwnerFilter& owner,
                                    const Actor& actor) {
    Change change(state_);
    const auto run = state_.find_run(run_id, owner);
    if (!run) return not_found("no run " + run_id);
    if (!is_terminal(run->state))
        return conflict("the run is " + std::string(name_of(run->state)) + ", not finished");
    if (run->state == RunState::kSucceeded) return conflict("the run succeeded; replay it instead");
    const auto task = state_.tasks.find(run->task_id);
    if (task == state_.tasks.end()) return conflict("the run's task is deleted");
    if (task->second.status == TaskStatus::kCanceled)
        return conflict("task " + task->first + " is canceled");
    LiveRun row;
    row.run = *run;
    row.run.state = RunState::kReady;
    row.run.failures = row.run.lease_losses = 0;
    row.run.finished_at.reset();
    row.run.output_json.clear();
    row.run.error_json.clear();
    row.run.worker.clear();
    row.run.run_at = state_.now();
    row.first_run_at = state_.finished.at(run_id).first_run_at;
    row.queue_key = row.run.run_at - row.run.priority * std::chrono::seconds(60);
    row.order = ++state_.sequence;
    row.concurrency_key = task->second.concurrency_key;
    row.concurrency_limit = task->second.concurrency_limit;
    state_.note(row.run, name_of(run->state), "ready", actor_label(actor), "retry", state_.now());
    state_.finished.erase(run_id);
    state_.live.emplace(run_id, std::move(row));
    state_.audit("run.retried", run_id, "", actor);
    change.notify(Channel::kDue);
    change.notify(Channel::kRuns);
    return *state_.find_run(run_id, owner);
}

Result<Run> MemoryQueueStore::replay(const Id& run_id, const OwnerFilter& owner,
                                     const Actor& actor) {
    Change change(state_);
    const auto run = state_.find_run(run_id, owner);
    if (!run) return not_found("no run " + run_id);
    if (!is_terminal(run->state))
        return conflict("the run is " + std::string(name_of(run->state)) + ", not finished");
    const auto task = state_.tasks.find(run->task_id);
    if (task == state_.tasks.end()) return conflict("the run's task is deleted");
    if (task->second.status == TaskStatus::kCanceled)
        return conflict("task " + task->first + " is canceled");
    NewRun copy;
    copy.run_id = new_id();
    copy.task = &task->second;
    copy.source = RunSource::kReplay;
    copy.event_json = run->event_json;
    copy.trigger_json = run->trigger_json.empty() ? trigger_of(actor) : run->trigger_json;
    copy.parent_id = run_id;
    copy.trace_id = actor.trace_id;
    state_.queue_run(copy, actor_label(actor));
    state_.audit("run.replayed", copy.run_id, run_id, actor);
    change.notify(Channel::kDue);
    change.notify(Channel::kRuns);
    return *state_.find_run(copy.run_id, owner);
}

Status MemoryQueueStore::set_paused(bool paused, const Actor& actor) {
    Change change(state_);
    if (!paused)
        state_.paused_by.reset();
    else if (!state_.paused_by)
        state_.paused_by = actor_label(actor);
    state_.audit(paused ? "queue.paused" : "queue.resumed", "queue", "", actor);
    change.notify(Channel::kDue);
    change.notify(Channel::kControl);
    return ok();
}

Result<QueueStats> MemoryQueueStore::stats(const OwnerFilter& owner) {
    Change change(state_);
    QueueStats stats;
    for (const auto& [id, row] : state_.live) {
        if (!sees(owner, row.run.owner)) continue;
        switch (state_.shown_state(row)) {
            case RunState::kRunning: ++stats.running; break;
            case RunState::kScheduled: ++stats.scheduled; break;
            case RunState::kRetryWait: ++stats.retry_wait; break;
            default:
                ++stats.ready;
                if (!stats.oldest_ready_at || row.run.run_at < *stats.oldest_ready_at)
                    stats.oldest_ready_at = row.run.run_at;
        }
    }
    if (stats.oldest_ready_at)
        stats.lateness_seconds =
            std::chrono::duration<double>(state_.now() - *stats.oldest_ready_at).count();
    stats.paused = state_.paused_by.has_value();
    stats.paused_by = state_.paused_by.value_or("");
    return stats;
}

Status MemoryQueueStore::heartbeat(const WorkerInfo& worker) {
    Change change(state_);
    WorkerInfo& row = state_.workers[worker.name];
    row = worker;
    row.seen_at = state_.now();
    return ok();
}

Status MemoryQueueStore::forget_worker(const std::string& name) {
    Change change(state_);
    state_.workers.erase(name);
    return ok();
}

Result<std::vector<WorkerInfo>> MemoryQueueStore::workers() {
    Change change(state_);
    std::vector<WorkerInfo> workers;
    for (const auto& [name, worker] : state_.workers)
        if (worker.seen_at > state_.now() - std::chrono::hours(24)) workers.push_back(worker);
    return workers;
}

}  // namespace ordinaut::store::memory
