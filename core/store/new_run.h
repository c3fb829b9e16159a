// A run as the stores are about to queue it.
#pragma once
#include "store/event_store.h"

namespace ordinaut::store {

struct NewRun {
    Id run_id;
    const Task* task = nullptr;
    RunSource source = RunSource::kSchedule;
    std::optional<WallTime> nominal_at;
    std::optional<WallTime> run_at;  // Null = now.
    std::optional<int> priority;     // Null = the task's.
    std::string event_json, trigger_json;
    Id parent_id;
    std::string trace_id;
    bool buffered = false;
};

// The run that `event` causes, as its fire says. `task` must outlive it.
NewRun run_of(const Task& task, const IncomingEvent& event, const Fire& fire);

}  // namespace ordinaut::store
