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
        const auto planned = plan(state_.due_view(*task), now);
        if (planned)
            apply(*task, *planned, change);
        else
            state_.pause_task(*task, planned.error().message);
    }
    return static_cast<int>(due.size());
}

void MemoryScheduleStore::apply(Task& task, const FirePlan& plan, Change& change) {
    if (task.schedule_kind == ScheduleKind::kOnce && plan.fires.empty() && !plan.skips.empty())
        state_.announce(task_event("task.missed", task.id, task.owner, plan.skips.front().reason,
                                   Actor{"", "scheduler", "", ""}));
    task.next_run_at = plan.next_run_at;
    state_.snoozed.erase(task.id);
    const auto fired = state_.fire(task, plan, RunSource::kSchedule, "", "scheduler");
    if (fired.any) {
        change.notify(Channel::kDue);
        change.notify(Channel::kRuns);
    }
    if (fired.asked) change.notify(Channel::kControl);
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

Result<OccurrenceRecords> MemoryScheduleStore::records(const Task& task, WallTime from, WallTime to,
                                                       int limit, const OwnerFilter& owner) {
    Change change(state_);
    OccurrenceRecords records;
    const auto consider = [&](Run run) {
        if (run.task_id == task.id && sees(owner, run.owner) && run.nominal_at &&
            *run.nominal_at >= from && *run.nominal_at < to)
            records.runs.push_back(std::move(run));
    };
    for (const auto& [id, row] : state_.live) consider(state_.shown(row));
    for (const auto& [id, row] : state_.finished) consider(row.run);
    std::sort(records.runs.begin(), records.runs.end(),
              [](const Run& a, const Run& b) { return *a.nominal_at < *b.nominal_at; });
    for (const SkipRow& row : state_.skips)
        if (row.task_id == task.id && sees(owner, row.owner) && row.skip.last >= from &&
            row.skip.first < to)
            records.skips.push_back(row.skip);
    std::stable_sort(records.skips.begin(), records.skips.end(),
                     [](const Skip& a, const Skip& b) { return a.first < b.first; });
    const auto most = static_cast<size_t>(limit);
    if (records.runs.size() > most) records.runs.resize(most);
    if (records.skips.size() > most) records.skips.resize(most);
    return records;
}

Result<std::vector<Run>> MemoryScheduleStore::runs_by_id(const std::vector<Id>& ids, WallTime,
                                                         const OwnerFilter& owner) {
    Change change(state_);
    std::vector<Run> runs;
    for (const Id& id : ids)
        if (auto run = state_.find_run(id, owner)) runs.push_back(std::move(*run));
    return runs;
}

Result<std::optional<Id>> MemoryScheduleStore::reschedule(const std::optional<Id>& after_id,
                                                          int limit, const Next& next) {
    Change change(state_);
    std::optional<Id> last;
    int seen = 0;
    for (auto& [id, task] : state_.tasks) {
        if ((after_id && id <= *after_id) || seen == limit) continue;
        if (task.status != TaskStatus::kActive || !task.next_run_at ||
            *task.next_run_at <= state_.now() || state_.snoozed.count(id))
            continue;
        ++seen;
        last = id;
        const auto moved = next(task, state_.now());
        if (moved && *moved) task.next_run_at = **moved;
    }
    change.notify(Channel::kDue);
    return last;
}

}  // namespace ordinaut::store::memory
