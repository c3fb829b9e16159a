// Tasks as callers create and change them. Every change writes its audit row in the same
// transaction, and notifies `ordinaut_due` when a next_run_at may have come closer. Thread-safe.
#pragma once
#include "model/task.h"
#include "store/actor.h"
#include "store/schedule_store.h"

namespace ordinaut::store {

struct TaskQuery {
    OwnerFilter owner = {};
    std::optional<TaskStatus> status = {};
    std::optional<ScheduleKind> schedule_kind = {};
    std::optional<Id> created_by = {};
    std::string text = {};  // Case-insensitive part of title, description or id.
    // created_at | updated_at | next_run_at | title | priority | status | schedule_expr |
    // created_by (the owner's name) | last_run_state; nulls last, id breaks ties.
    std::string sort = "created_at";
    bool descending = true;
    Page page = {};
};

struct Created {
    Task task;
    // The dedupe_key was accepted before with the same body: `task` is that one.
    bool deduplicated = false;
};

// What an update writes: the whole task as it should be. `schedule_changed` → generation + 1, and
// queued (unclaimed) runs of older generations are canceled with the reason "schedule changed".
// Without it status, next_run_at and paused_cursor stay as they are, whatever `task` says.
struct TaskUpdate {
    Task task;
    bool schedule_changed = false;
    std::optional<int64_t> expected_version;  // If-Match. Another version → kConflict.
};

// How a paused task goes on.
struct Resumption {
    std::optional<WallTime> next_run_at;
    std::vector<Skip> skips = {};  // What passed while it was paused and will not run.
    int64_t expected_version = 0;  // Of the task this was computed from.
    // Of a condition: what it answered before the pause is not compared with what it answers now.
    bool forget_answers = false;
};

struct CanceledRuns {
    int dropped = 0;  // Queued runs that are gone (recorded as canceled).
    int asked = 0;    // Running ones that were asked to stop.
};

class TaskStore {
public:
    virtual ~TaskStore() = default;

    // `fingerprint` identifies the body for dedupe_key: the same key within its window and another
    // fingerprint → kConflict. The window starts at the first acceptance, per owner.
    // created_at/updated_at are the database's.
    virtual Result<Created> create(const Task& task, std::string_view fingerprint,
                                   const Actor& actor) = 0;
    // With last_run. kNotFound.
    virtual Result<Task> get(const Id& id, const OwnerFilter& owner) = 0;
    virtual Result<Listing<Task>> list(const TaskQuery& query) = 0;  // With last_run.
    // Replaces the changeable fields, version + 1. kNotFound, kConflict (version; canceled task).
    virtual Result<Task> update(const TaskUpdate& update, const OwnerFilter& owner,
                                const Actor& actor) = 0;
    // Live runs: kConflict unless `force`, which cancels them first. Finished runs stay.
    virtual Status remove(const Id& id, bool force, const OwnerFilter& owner,
                          const Actor& actor) = 0;

    // active → paused, next_run_at null (kept as paused_cursor); queued runs stay. Already paused:
    // unchanged. Else kConflict naming the status.
    virtual Result<Task> pause(const Id& id, const OwnerFilter& owner, const Actor& actor) = 0;
    // paused → active; its failures count afresh. Already active: unchanged. kConflict: another
    // status or version.
    virtual Result<Task> resume(const Id& id, const Resumption& resumption,
                                const OwnerFilter& owner, const Actor& actor) = 0;
    // Moves next_run_at by `delay`, once. `skips`: the occurrences it passes over. kConflict unless
    // active with a next_run_at, or when that is no longer `from`. The audit row keeps `reason`.
    virtual Result<Task> snooze(const Id& id, WallTime from, std::chrono::seconds delay,
                                std::string_view reason, const std::vector<Skip>& skips,
                                const OwnerFilter& owner, const Actor& actor) = 0;
    // → canceled: queued runs dropped, running ones asked to stop. Already canceled: unchanged.
    // completed → kConflict.
    virtual Result<Task> cancel(const Id& id, std::string_view reason, const OwnerFilter& owner,
                                const Actor& actor) = 0;
};

}  // namespace ordinaut::store
