// Evaluations of conditions: who evaluates which, what is known since, and the runs that edges
// give. A row is leased like a run's, so any number of processes share the work without a leader.
// Thread-safe.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "model/task.h"
#include "store/schedule_store.h"

namespace ordinaut::store {

// A condition to evaluate now.
struct ConditionLease {
    Id lease_token;
    Task task;                              // `condition` is set.
    std::vector<std::string> owner_scopes;  // Of the task's owner, for the tool that is asked.
};

// What an evaluation gave.
struct ConditionAnswer {
    Id task_id;
    Id lease_token;
    Condition condition;     // As leased.
    std::string value_json;  // Never null; empty: no answer, for the reason in `error`.
    std::string error;
};

// What an answer means: the new state, whether it is an edge, and edges that will not run.
struct ConditionVerdict {
    ConditionState state;
    bool fires = false;
    std::vector<Skip> skips;
    std::string event_json;  // `fires`: what the run sees as `event`.
};

enum class AnswerOutcome {
    kStored,
    kFired,  // Stored, and the edge was planned: a run, or the reason why there is none.
    kLost,   // Another process has it, the condition was changed, or its task is not active.
    kBusy,   // Runs of the task are being changed at this moment: nothing was done; try again.
};

class ConditionStore {
public:
    virtual ~ConditionStore() = default;

    // Leases at most `limit` conditions of active tasks whose time has come, oldest first.
    virtual Result<std::vector<ConditionLease>> claim(int limit, std::chrono::milliseconds ttl) = 0;

    // One transaction, one outcome per answer, in order: asks `judge` what each means by the
    // database's clock, and `plan` (as ScheduleStore::Planner; the edge is `next_run_at`) what
    // becomes of an edge; then stores the state and queues the run (source `condition`, nominal_at
    // = now), so that an edge gives one run or one reason, whatever dies when. The next evaluation
    // is due an interval after the time this one was due, or from now when that has passed. An
    // error from `plan` pauses the task with the error as the audit reason. Neither may call the
    // store. Each task at most once.
    using Judge =
        std::function<ConditionVerdict(const ConditionAnswer&, const ConditionState&, WallTime)>;
    using Planner = std::function<Result<FirePlan>(const DueTask&, WallTime now)>;
    virtual Result<std::vector<AnswerOutcome>> settle(const std::vector<ConditionAnswer>& answers,
                                                      const Judge& judge, const Planner& plan) = 0;

    // Gives leases back unevaluated: they are due at once. Lost ones are left alone.
    virtual Status release(const std::vector<std::pair<Id, Id>>& tasks_and_tokens) = 0;
};

}  // namespace ordinaut::store
