// The scheduler's view: tasks whose time has come, one transaction per batch of fires.
#pragma once
#include <functional>
#include <memory>

#include "model/calendar.h"
#include "model/run.h"
#include "model/task.h"
#include "store/actor.h"

namespace ordinaut::store {

// A task whose next_run_at has come, locked by the current transaction.
struct DueTask {
    Task task;
    int live_runs = 0;  // Non-terminal runs of any source, the next two included.
    // Those a worker holds. Counted only where the overlap policy acts on runs, as the next.
    int running_runs = 0;
    int buffered_runs = 0;  // Those that wait for an earlier run of the task.
    // Those task.calendars names, as far as they exist.
    std::vector<std::shared_ptr<const Calendar>> calendars = {};
};

struct Fire {
    WallTime nominal_at;
    WallTime run_at;        // nominal_at + jitter.
    bool buffered = false;  // Waits until no run of the task that is not buffered is left.
    size_t event = 0;       // Which of the events that were planned; of schedules, nothing.
};

// Occurrences that do not run, as one row. Reasons: "missed(window)", "missed(coalesced)",
// "missed(skipped)", "overlap", "overlap(full)", "skipped(paused)", "skipped(snoozed)",
// "excluded(<calendar>)".
struct Skip {
    WallTime first, last;
    int64_t count = 1;
    std::string reason;
    int64_t generation = 0;  // Of the schedule; set in what is read.
};

struct FirePlan {
    std::vector<Fire> fires;  // Oldest first.
    // All live runs make way: queued ones are canceled, running ones asked to stop.
    bool cancel_others = false;
    std::vector<Skip> skips;
    // Null: the schedule is exhausted and the task becomes `completed` once no run is live.
    std::optional<WallTime> next_run_at;
};

// Why a run ended that overlap = cancel_other put out of the way.
inline constexpr std::string_view kOverlapReason = "overlap: a newer occurrence came";

// What is known of a task's occurrences in [from, to): both by time, at most `limit` each.
struct OccurrenceRecords {
    std::vector<Run> runs;
    std::vector<Skip> skips;  // Ranges that reach into the period.
};

class ScheduleStore {
public:
    virtual ~ScheduleStore() = default;

    // One transaction: locks at most `limit` active tasks with next_run_at <= now (database clock,
    // oldest first, SKIP LOCKED), asks `plan` for each, then inserts the due work and runs (id =
    // derived from task, generation, nominal_at; an occurrence that exists already is not queued
    // again), records the skips and advances next_run_at. Notifies `ordinaut_due` once. Returns how
    // many tasks were handled. An error from `plan` for one task pauses that task with the error as
    // the audit reason and handles the others. `plan` must not call the store. A task whose overlap
    // policy acts on runs that are being changed at this moment is left for the next call.
    using Planner = std::function<Result<FirePlan>(const DueTask&, WallTime now)>;
    virtual Result<int> fire_due(int limit, const Planner& plan) = 0;

    // Runs that were not started within their task's start_deadline_seconds become expired; how
    // many.
    virtual Result<int> expire_unstarted(int limit) = 0;

    // The earliest next_run_at of all active tasks, or start deadline of a queued run, as a
    // distance from the database's now (≤ 0: due), or none.
    virtual Result<std::optional<std::chrono::microseconds>> until_next() = 0;

    // Empty lists for a task the owner does not see.
    virtual Result<OccurrenceRecords> records(const Task& task, WallTime from, WallTime to,
                                              int limit, const OwnerFilter& owner) = 0;
    // The runs with these ids that exist and were created at or after `since`.
    virtual Result<std::vector<Run>> runs_by_id(const std::vector<Id>& ids, WallTime since,
                                                const OwnerFilter& owner) = 0;

    // For a new release of the time zone data: asks `next` (the first occurrence after a time) for
    // each active task after `after_id` that is due later and not snoozed, at most `limit` by id,
    // and writes what differs. The last id, or none at the end.
    using Next = std::function<Result<std::optional<WallTime>>(const Task&, WallTime after)>;
    virtual Result<std::optional<Id>> reschedule(const std::optional<Id>& after_id, int limit,
                                                 const Next& next) = 0;

    // Expected occurrences that did not run, newest first.
    virtual Result<std::vector<Skip>> skipped(const Id& task_id, const OwnerFilter& owner,
                                              Page page) = 0;
};

// The id of an occurrence's run.
Id occurrence_run_id(const Id& task_id, int64_t generation, WallTime nominal_at);

}  // namespace ordinaut::store
