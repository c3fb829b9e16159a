#include "scheduler/schedule_cache.h"

namespace ordinaut::scheduler {

Result<std::shared_ptr<const schedule::Schedule>> ScheduleCache::get(const Task& task) {
    {
        std::lock_guard lock(mutex_);
        if (const auto found = by_task_.find(task.id);
            found != by_task_.end() && found->second->generation == task.generation) {
            entries_.splice(entries_.begin(), entries_, found->second);
            return found->second->schedule;
        }
    }
    const auto parsed = std::make_shared<const schedule::Schedule>(
        TRY(schedule::Schedule::parse(schedule::spec_of(task, min_interval_))));
    std::lock_guard lock(mutex_);
    if (const auto found = by_task_.find(task.id); found != by_task_.end()) {
        entries_.erase(found->second);
        by_task_.erase(found);
    }
    entries_.push_front({task.id, task.generation, parsed});
    by_task_[task.id] = entries_.begin();
    if (entries_.size() > capacity_) {
        by_task_.erase(entries_.back().task_id);
        entries_.pop_back();
    }
    return parsed;
}

}  // namespace ordinaut::scheduler
