#include "store/memory/seams.h"

namespace ordinaut::store::memory {

Result<int> MemoryScheduleStore::fire_due(int limit, const Planner& plan) {
    Change change(state_);
    const WallTime now = state_.now();
    std::vector<Task*> due;
    for (auto& [id, task] : state_.tasks)
        if (task.status == TaskStatus::kActive && task.next_run_at && *task.next_run_at <= now)
            due.push_back(&task);
    std::stable_sort(due.begin(), due.end(), [](const Task* a, const Task* b) {
        return *a->next_run_at < *b->next_run_at;
    });
    if (due.size() > static_cast<size_t>(limit)) due.resize(static_cast<size_t>(limit));
    for (Task* task : due) {
        DueTask view;
        view.task = *task;
        for (const Id& id : state_.live_ids_of(task->id)) {
            ++view.live_runs;
            view.running_runs += state_.live.at(id).locked_until.has_value();
            view.buffered_runs += state_.live.at(id).buffered;
        }
        const auto planned = plan(view, now);
        if (planned)
            apply(*task, *planned, change);
        else
            state_.pause_task(*task, planned.error().message);
    }
    return static_cast<int>(due.size());
}

void MemoryScheduleStore::apply(Task& task, const FirePlan& plan, Change& change) {
    const auto others = state_.live_ids_of(task.id);
    task.next_run_at = plan.next_run_at;
    for (const Fire& fire : plan.fires) {
        NewRun run;
        run.run_id = occurrence_run_id(task.id, task.generation, fire.nominal_at);
        run.nominal_at = fire.nominal_at;
        run.run_at = fire.run_at;
        run.buffered = fire.buffered;
        if (!state_.queue_run(task, run, "scheduler")) continue;
        change.notify(Channel::kDue);
        change.notify(Channel::kRuns);
    }
    if (plan.cancel_others && state_.cancel_runs(others, kOverlapReason, "scheduler").asked > 0)
        change.notify(Channel::kControl);
    state_.record_skips(task, plan.skips);
    state_.complete_if_exhausted(task.id);
}

Result<int> MemoryScheduleStore::expire_unstarted(int limit) {
    Change change(state_);
    std::vector<Id> late;
    for (const auto& [id, row] : state_.live)
        if (!row.locked_until && row.start_by && *row.start_by < state_.now() &&
            late.size() < static_cast<size_t>(limit))
            late.push_back(id);
    for (const Id& id : late) state_.expire(id, "scheduler");
    if (!late.empty()) change.notify(Channel::kRuns);
    return static_cast<int>(late.size());
}

Result<std::optional<std::chrono::microseconds>> MemoryScheduleStore::until_next() {
    Change change(state_);
    std::optional<WallTime> nearest;
    const auto consider = [&](std::optional<WallTime> at) {
        if (at && (!nearest || *at < *nearest)) nearest = at;
    };
    for (const auto& [id, task] : state_.tasks)
        if (task.status == TaskStatus::kActive) consider(task.next_run_at);
    for (const auto& [id, row] : state_.live) consider(row.start_by);
    if (!nearest) return std::optional<std::chrono::microseconds>();
    return std::optional<std::chrono::microseconds>(*nearest - state_.now());
}

Result<std::vector<Skip>> MemoryScheduleStore::skipped(const Id& task_id, const OwnerFilter& owner,
                                                       Page page) {
    Change change(state_);
    std::vector<Skip> skips;
    for (auto row = state_.skips.rbegin(); row != state_.skips.rend(); ++row)
        if (row->task_id == task_id && sees(owner, row->owner)) skips.push_back(row->skip);
    return page_of(std::move(skips), page).items;
}

}  // namespace ordinaut::store::memory
