// The queue: due work, leases, completion. The database clock decides everything; SEMANTICS.md
// "Queue" is the contract.
//
// Every write after a claim says `WHERE run id = $ AND lease_token = $`: a worker whose lease was
// lost changes nothing and is told so. All batch calls are one transaction. Thread-safe.
#pragma once
#include <chrono>

#include "model/run.h"
#include "model/task.h"
#include "store/actor.h"

namespace ordinaut::store {

// A claimed run with all a worker needs to execute it.
struct Lease {
    Id run_id;
    Id lease_token;
    Task task;                              // As it is now: payload, max_retries, backoff, owner.
    Run run;                                // attempt already counts this claim.
    std::vector<Step> steps;                // Of earlier attempts; empty on the first.
    std::vector<std::string> owner_scopes;  // Scopes of the task's owner, for tools that call back.
};

struct LeaseRef {
    Id run_id;
    Id lease_token;
};

// kCancelRequested: renewed, and someone asked to stop.
enum class RenewOutcome { kRenewed, kCancelRequested, kLost };

// How an attempt ended. `next` is a terminal state, or kRetryWait (with `retry_in`), or kReady for
// a drained release (attempt is given back).
struct Completion {
    LeaseRef lease;
    RunState next = RunState::kSucceeded;
    std::chrono::milliseconds retry_in{0};  // kRetryWait: run_at = now + this.
    bool count_failure = false;             // kRetryWait and failures: failures + 1.
    std::string output_json{}, error_json{};
    std::vector<Step> steps{};  // Replaces the stored records of these steps (by id).
    std::string reason{};       // For the state history.
};

enum class CompleteOutcome { kRecorded, kLost };

struct QueueStats {
    int64_t ready = 0, running = 0, scheduled = 0, retry_wait = 0;
    std::optional<WallTime> oldest_ready_at;
    double lateness_seconds = 0;  // now − the oldest ready run_at, or 0.
    bool paused = false;
    std::string paused_by;  // Agent id, when paused.
};

struct WorkerInfo {
    std::string name;
    std::string host;
    int pid = 0;
    std::vector<std::string> roles;
    std::string version;
    WallTime started_at{}, seen_at{};
    int running = 0;
    int64_t completed = 0;
};

struct EnqueueRun {
    Id task_id;
    RunSource source = RunSource::kManual;
    std::optional<WallTime> run_at;  // Null = now.
    std::optional<int> priority;     // Null = the task's.
    Id parent_id;                    // kReplay.
    std::string event_json;
    std::string trace_id;
};

// Whether start_deadline_seconds binds a run: what a person asked for (manual, replay) waits as
// long as it takes.
inline bool has_start_deadline(const Task& task, RunSource source) {
    return task.start_deadline_seconds > 0 && source != RunSource::kManual &&
           source != RunSource::kReplay;
}
inline constexpr std::string_view kExpiredError =
    R"({"error":"expired","message":"the run was not started within the task's start_deadline_seconds"})";

class QueueStore {
public:
    virtual ~QueueStore() = default;

    // ── producing ──
    // kNotFound; kConflict when the task is canceled ("is canceled"). Never refused by overlap.
    // Audited.
    virtual Result<Run> enqueue(const EnqueueRun& request, const OwnerFilter& owner,
                                const Actor& actor) = 0;

    // ── working ──
    // Claims at most `limit` ready rows, most urgent first (queue_key); empty when none is due or
    // the queue is paused. Rows whose lease expired are taken too: lease_losses + 1, and at 3 the
    // run becomes failed with error "poison" instead of being returned; a run past its start
    // deadline becomes expired. After one loss a run is claimed alone. concurrency_key is honoured.
    virtual Result<std::vector<Lease>> claim(const std::string& worker, int limit,
                                             std::chrono::milliseconds ttl) = 0;
    // One outcome per input, in order.
    virtual Result<std::vector<RenewOutcome>> renew(const std::vector<LeaseRef>& leases,
                                                    std::chrono::milliseconds ttl) = 0;
    // One outcome per input, in order. Terminal states move the run to task_run, free its
    // concurrency slot, complete its task when the schedule is exhausted, and notify
    // `ordinaut_runs` once for the batch.
    virtual Result<std::vector<CompleteOutcome>> complete(
        const std::vector<Completion>& completions, const std::string& worker) = 0;
    // Stores progress of running attempts (steps so far); durable when it returns. One answer per
    // input, in order; false: the lease was lost, nothing was stored.
    virtual Result<std::vector<bool>> record_steps(
        const std::vector<std::pair<LeaseRef, Step>>& steps) = 0;
    virtual Status append_logs(const std::vector<RunLogLine>& lines) = 0;
    // Time until something becomes claimable: the earliest of run_at and locked_until, from the
    // database's now; none when the queue is empty or paused.
    virtual Result<std::optional<std::chrono::microseconds>> until_next() = 0;

    // ── controlling ──
    // Queued or waiting → canceled at once. Running → cancel requested (the worker learns it by
    // renew and `ordinaut_control`). Terminal → kConflict naming the state.
    virtual Result<Run> cancel(const Id& run_id, std::string_view reason, const OwnerFilter& owner,
                               const Actor& actor) = 0;
    // failed | timed_out | canceled | expired → ready again: the same run, failures reset, from its
    // failed step; succeeded and live ones → kConflict. kConflict too when the task is gone or
    // canceled.
    virtual Result<Run> retry(const Id& run_id, const OwnerFilter& owner, const Actor& actor) = 0;
    // A new run of the same task, linked to this one (any terminal state). Carries the event.
    virtual Result<Run> replay(const Id& run_id, const OwnerFilter& owner, const Actor& actor) = 0;

    // Durable, for every process; notifies both channels.
    virtual Status set_paused(bool paused, const Actor& actor) = 0;
    virtual Result<QueueStats> stats(const OwnerFilter& owner) = 0;

    // Inserts or refreshes; seen_at is the database's now.
    virtual Status heartbeat(const WorkerInfo& worker) = 0;
    virtual Status forget_worker(const std::string& name) = 0;
    virtual Result<std::vector<WorkerInfo>> workers() = 0;  // Seen within the last 24 h.
};

}  // namespace ordinaut::store
