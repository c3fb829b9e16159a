// Reading runs: unfinished and finished ones look the same to callers. Thread-safe.
#pragma once
#include "model/run.h"
#include "store/actor.h"

namespace ordinaut::store {

struct RunQuery {
    OwnerFilter owner = {};
    std::optional<Id> task_id = {};
    std::optional<bool> success = {};
    std::optional<RunState> state = {};
    std::optional<WallTime> start_time = {}, end_time = {};  // On created_at: [start, end).
    // How the id begins or ends, lower case; empty = any. Endings are looked for among the newest
    // 100,000 runs of the owner and task, beginnings among as many that have them; at most 1,000
    // such runs are listed.
    std::string id_part = {};
    // created_at | started_at | finished_at | lateness_seconds | duration_seconds | attempt | state
    // | source | title (of the task) | id; nulls last, id breaks ties.
    std::string sort = "created_at";
    bool descending = true;
    Page page = {};
};

struct RunDetail {
    Run run;
    std::vector<Step> steps;  // By index.
};

struct RunCounts {
    int64_t total = 0, succeeded = 0, failed = 0, canceled = 0, other = 0, live = 0;
    // succeeded / (succeeded + failed + timed_out + expired); none without such runs.
    std::optional<double> success_rate;
    std::optional<double> duration_seconds_mean, duration_seconds_p50, duration_seconds_p95,
        lateness_seconds_mean;
};

struct DayCounts {
    std::string day;  // 2026-03-01, UTC.
    RunCounts counts;
};

struct RunStats {
    int days = 0;
    RunCounts all;
    std::vector<DayCounts> per_day;  // Oldest first; days without runs are left out.
};

struct TimelineQuery {
    OwnerFilter owner = {};
    std::optional<Id> task_id = {};
    WallTime from{}, to{};  // On created_at: [from, to), both whole multiples of `bucket`.
    std::chrono::seconds bucket{60};
    // Of more runs than this, the newest are counted.
    int64_t runs_max = 1'000'000;
};

// Interpolated as SQL's percentile_cont; none without values.
struct Spread {
    std::optional<double> p50, p95, p99, max;
};

struct TimelineBucket {
    WallTime at{};  // Its beginning.
    int64_t total = 0, succeeded = 0, failed = 0, canceled = 0, other = 0, live = 0;
    // Start minus due time, of runs that started; start to end, of those that ended as well.
    Spread lateness_seconds, duration_seconds;
};

struct RunTimeline {
    std::vector<TimelineBucket> buckets;  // By time; those without runs are left out.
    // Set when `runs_max` was reached: runs created before were not counted.
    std::optional<WallTime> counted_since;
};

class RunStore {
public:
    virtual ~RunStore() = default;

    // In any order but that of created_at: of the newest 100,000 runs that match.
    virtual Result<Listing<Run>> list(const RunQuery& query) = 0;
    virtual Result<RunDetail> get(const Id& run_id, const OwnerFilter& owner) = 0;
    // kNotFound: no run, or no such task.
    virtual Result<RunDetail> latest(const Id& task_id, const OwnerFilter& owner) = 0;
    // `task_id` empty = all tasks the owner sees. Runs created in the last `days` days.
    virtual Result<RunStats> stats(const Id& task_id, int days, const OwnerFilter& owner) = 0;
    virtual Result<RunTimeline> timeline(const TimelineQuery& query) = 0;
    // By sequence.
    virtual Result<std::vector<RunEvent>> events(const Id& run_id, const OwnerFilter& owner) = 0;
    // Lines after position `after` (0 = from the start; a line's position is its place in the log),
    // at most `limit`.
    virtual Result<std::vector<RunLogLine>> logs(const Id& run_id, const OwnerFilter& owner,
                                                 int64_t after, int limit) = 0;
};

}  // namespace ordinaut::store
