// Moves of runs between queued, live and finished, used by several stores inside their own
// transactions.
#pragma once
#include "store/new_run.h"
#include "store/postgres/transaction.h"
#include "store/queue_store.h"
#include "store/task_store.h"

namespace ordinaut::store::postgres {

// Queues the runs that do not exist yet. Notifies kDue and kRuns when there were any. Returns how
// many were new.
int queue_runs(Transaction& tx, const std::vector<NewRun>& runs, const std::string& actor);

struct Ending {
    Id run_id;
    RunState state = RunState::kCanceled;
    std::string output_json, error_json, reason;
    bool failed = false;  // failures + 1
    bool lost = false;    // lease_losses + 1
};

// The ending of a run that was not started in time.
Ending expiry_of(const Id& run_id);

// A row that left the queue or went back to it.
struct Moved {
    Id run_id, task_id;
    std::string concurrency_key;  // Empty = none.
    bool was_leased = false, was_blocked = false;
    int depth = 0;  // Of events published because of it.
};

Moved read_moved(Row& row);

// Ends runs whose due_work rows this transaction has locked: recorded, noted, their concurrency
// slots freed, buffered runs released, their tasks paused after too many failures and completed
// where the schedule is exhausted. Notifies kRuns.
void end_runs(Transaction& tx, const std::vector<Ending>& endings, const std::string& actor);

// Frees the slots `moved` held and wakes blocked rows of those keys.
void free_slots(Transaction& tx, const std::vector<Moved>& moved);

struct LockedRun {
    Id run_id;
    bool is_leased = false;
};

// Cancels locked runs: queued ones end now, leased ones are asked to stop. Notifies.
CanceledRuns cancel_locked(Transaction& tx, const std::vector<LockedRun>& runs,
                           std::string_view reason, const std::string& actor);
// Locks the live runs of a task; with `below_generation` only those of older generations.
std::vector<LockedRun> lock_task_runs(Transaction& tx, const Id& task_id, const OwnerFilter& owner,
                                      std::optional<int64_t> below_generation = {});

// Writes what did not run, by task.
void record_skips(Transaction& tx,
                  const std::vector<std::pair<Id, std::vector<Skip>>>& skips_by_task);

// active → paused, with the audit row.
void pause_task(Transaction& tx, const Id& task_id, std::string_view reason, const Actor& actor);

// Tasks of these ids whose schedule is exhausted and which have no live run become completed.
void complete_exhausted(Transaction& tx, std::vector<Id> task_ids, const std::string& actor);

}  // namespace ordinaut::store::postgres
