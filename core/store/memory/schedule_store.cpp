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
    const Actor scheduler{"", "scheduler", "", ""};
    for (Task* task : due) {
        const auto planned = plan(DueTask{*task, state_.live_runs_of(task->id)}, now);
        if (!planned) {
            task->status = TaskStatus::kPaused;
            task->next_run_at.reset();
            ++task->version;
            state_.audit("task.paused", task->id, planned.error().message, scheduler);
            continue;
        }
        for (const Fire& fire : planned->fires) {
            NewRun run;
            run.run_id = occurrence_run_id(task->id, task->generation, fire.nominal_at);
            run.nominal_at = fire.nominal_at;
            run.run_at = fire.run_at;
            if (!state_.queue_run(*task, run, scheduler.name)) continue;
            change.notify(Channel::kDue);
            change.notify(Channel::kRuns);
        }
        for (const Skip& skip : planned->skips)
            state_.skips.push_back({task->id, task->owner, skip});
        task->next_run_at = planned->next_run_at;
        state_.complete_if_exhausted(task->id);
    }
    return static_cast<int>(due.size());
}

Result<std::optional<std::chrono::microseconds>> MemoryScheduleStore::until_next() {
    Change change(state_);
    std::optional<std::chrono::microseconds> nearest;
    for (const auto& [id, task] : state_.tasks) {
        if (task.status != TaskStatus::kActive || !task.next_run_at) continue;
        const auto wait = *task.next_run_at - state_.now();
        if (!nearest || wait < *nearest) nearest = wait;
    }
    return nearest;
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
