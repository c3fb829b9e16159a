// Occurrences that become runs: what a planner needs to know of tasks whose rows this transaction
// has locked, and what its plans write.
#pragma once
#include "store/postgres/run_moves.h"
#include "store/schedule_store.h"

namespace ordinaut::store::postgres {

// The live runs of one task whose overlap policy acts on them, locked.
struct LiveRuns {
    std::vector<LockedRun> locked;
    int running = 0, buffered = 0;
};

struct DueBatch {
    WallTime now{};
    std::vector<DueTask> tasks;
    std::map<Id, LiveRuns> live;
};

// Completes what was locked. A task whose runs are being changed elsewhere and whose overlap policy
// acts on them is left out of the result.
DueBatch look_at_runs(Transaction& tx, WallTime now, std::vector<Task> tasks);

// What a batch of plans writes, collected so that each table gets one statement.
struct Firing {
    std::vector<NewRun> runs;
    std::vector<std::pair<Id, std::vector<Skip>>> skips;
    std::vector<LockedRun> canceled;
};

// `task` must outlive `firing`.
void add_plan(Firing& firing, const Task& task, const FirePlan& plan, const LiveRuns& live,
              RunSource source = RunSource::kSchedule, const std::string& event_json = {});
// The new runs come first, so that a task whose last occurrence one is stays active when others
// make way. Returns how many runs were new.
int write(Transaction& tx, const Firing& firing, const std::string& actor);

}  // namespace ordinaut::store::postgres
