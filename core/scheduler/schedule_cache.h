// Parsed schedules, so that a task that fires again is not parsed again: by task and generation,
// the least used one goes first.
#pragma once
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "schedule/schedule.h"

namespace ordinaut::scheduler {

// Thread-safe.
class ScheduleCache {
public:
    ScheduleCache(size_t capacity, std::chrono::seconds min_interval)
        : capacity_(capacity), min_interval_(min_interval) {}

    // The task's schedule, parsed now or before. Errors as Schedule::parse; they are not kept.
    Result<std::shared_ptr<const schedule::Schedule>> get(const Task& task);

private:
    struct Entry {
        Id task_id;
        int64_t generation;
        std::shared_ptr<const schedule::Schedule> schedule;
    };
    const size_t capacity_;
    const std::chrono::seconds min_interval_;
    std::mutex mutex_;
    std::list<Entry> entries_;  // Last used first.
    std::unordered_map<Id, std::list<Entry>::iterator> by_task_;
};

}  // namespace ordinaut::scheduler
