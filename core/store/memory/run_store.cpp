#include <variant>

#include "store/memory/seams.h"

namespace ordinaut::store::memory {
namespace {

bool matches(const RunQuery& query, const Run& run) {
    if (!sees(query.owner, run.owner) || !sees(query.task_id, run.task_id)) return false;
    if (query.success &&
        (!is_terminal(run.state) || (run.state == RunState::kSucceeded) != *query.success))
        return false;
    if (query.state && *query.state != run.state) return false;
    if (!run.id.starts_with(query.id_part) && !run.id.ends_with(query.id_part)) return false;
    return (!query.start_time || run.created_at >= *query.start_time) &&
           (!query.end_time || run.created_at < *query.end_time);
}

using Key = std::variant<std::monostate, int64_t, std::string>;

Key ticks(std::optional<WallTime> from, std::optional<WallTime> to) {
    if (!from || !to) return {};
    return int64_t((*to - *from).count());
}

// What a run sorts by; monostate is a null.
Key key_of(const std::string& sort, const Run& run, const State& state) {
    if (sort == "id") return run.id;
    if (sort == "state") return std::string(name_of(run.state));
    if (sort == "source") return std::string(name_of(run.source));
    if (sort == "attempt") return int64_t(run.attempt);
    if (sort == "started_at") return ticks(WallTime(), run.started_at);
    if (sort == "finished_at") return ticks(WallTime(), run.finished_at);
    if (sort == "lateness_seconds")
        return ticks(run.nominal_at.value_or(run.created_at), run.started_at);
    if (sort == "duration_seconds")
        return ticks(run.started_at, run.finished_at.value_or(state.now()));
    if (sort == "title") {
        const auto task = state.tasks.find(run.task_id);
        return task == state.tasks.end() ? Key() : Key(task->second.title);
    }
    return ticks(WallTime(), run.created_at);
}

void sort_runs(std::vector<Run>& runs, const RunQuery& query, const State& state) {
    std::sort(runs.begin(), runs.end(), [&](const Run& a, const Run& b) {
        const Key one = key_of(query.sort, a, state), other = key_of(query.sort, b, state);
        if ((one.index() == 0) != (other.index() == 0)) return other.index() == 0;
        return query.descending ? std::tie(one, a.id) > std::tie(other, b.id)
                                : std::tie(one, a.id) < std::tie(other, b.id);
    });
}

double seconds_between(WallTime from, WallTime to) {
    return std::chrono::duration<double>(to - from).count();
}

std::optional<double> mean(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / double(values.size());
}

// Linear interpolation between the two nearest values, as SQL's percentile_cont.
std::optional<double> percentile(std::vector<double> values, double fraction) {
    if (values.empty()) return std::nullopt;
    std::sort(values.begin(), values.end());
    const double place = fraction * double(values.size() - 1);
    const auto below = static_cast<size_t>(place);
    const auto above = std::min(below + 1, values.size() - 1);
    return values[below] + (values[above] - values[below]) * (place - double(below));
}

// For RunCounts and TimelineBucket.
template <class Counts>
void count(Counts& counts, const Run& run) {
    ++counts.total;
    switch (run.state) {
        case RunState::kSucceeded: ++counts.succeeded; break;
        case RunState::kFailed: ++counts.failed; break;
        case RunState::kCanceled: ++counts.canceled; break;
        default: ++(is_terminal(run.state) ? counts.other : counts.live);
    }
}

Spread spread_of(const std::vector<double>& values) {
    return {percentile(values, 0.5), percentile(values, 0.95), percentile(values, 0.99),
            percentile(values, 1.0)};
}

struct Tally {
    RunCounts counts;
    std::vector<double> durations, lateness;

    void add(const Run& run, WallTime first_run_at) {
        count(counts, run);
        if (!is_terminal(run.state)) return;
        if (!run.started_at) return;
        durations.push_back(seconds_between(*run.started_at, *run.finished_at));
        lateness.push_back(seconds_between(first_run_at, *run.started_at));
    }
    RunCounts finish() {
        const auto judged = counts.succeeded + counts.failed + counts.other;
        if (judged > 0) counts.success_rate = double(counts.succeeded) / double(judged);
        counts.duration_seconds_mean = mean(durations);
        counts.duration_seconds_p50 = percentile(durations, 0.5);
        counts.duration_seconds_p95 = percentile(durations, 0.95);
        counts.lateness_seconds_mean = mean(lateness);
        return counts;
    }
};

}  // namespace

Result<Listing<Run>> MemoryRunStore::list(const RunQuery& query) {
    Change change(state_);
    std::vector<Run> runs;
    for (const auto& [id, row] : state_.live)
        if (Run run = state_.shown(row); matches(query, run)) runs.push_back(std::move(run));
    for (const auto& [id, row] : state_.finished)
        if (matches(query, row.run)) runs.push_back(row.run);
    sort_runs(runs, query, state_);
    return page_of(std::move(runs), query.page);
}

RunDetail MemoryRunStore::with_steps(Run run) const {
    RunDetail detail;
    if (const auto steps = state_.steps.find(run.id); steps != state_.steps.end())
        for (const auto& [id, step] : steps->second) detail.steps.push_back(step);
    std::stable_sort(detail.steps.begin(), detail.steps.end(),
                     [](const Step& a, const Step& b) { return a.index < b.index; });
    detail.run = std::move(run);
    return detail;
}

Result<RunDetail> MemoryRunStore::get(const Id& run_id, const OwnerFilter& owner) {
    Change change(state_);
    auto run = state_.find_run(run_id, owner);
    if (!run) return not_found("no run " + run_id);
    return with_steps(std::move(*run));
}

Result<RunDetail> MemoryRunStore::latest(const Id& task_id, const OwnerFilter& owner) {
    Change change(state_);
    std::optional<Run> newest;
    const auto consider = [&](const Run& run) {
        if (run.task_id != task_id || !sees(owner, run.owner)) return;
        if (!newest || std::tie(newest->created_at, newest->id) < std::tie(run.created_at, run.id))
            newest = run;
    };
    for (const auto& [id, row] : state_.live) consider(state_.shown(row));
    for (const auto& [id, row] : state_.finished) consider(row.run);
    if (!newest) return not_found("no run of task " + task_id);
    return with_steps(std::move(*newest));
}

Result<RunStats> MemoryRunStore::stats(const Id& task_id, int days, const OwnerFilter& owner) {
    Change change(state_);
    Tally all;
    std::map<std::string, Tally> per_day;
    const auto since = state_.now() - std::chrono::days(days);
    const auto add = [&](const Run& run, WallTime first_run_at) {
        if ((!task_id.empty() && run.task_id != task_id) || !sees(owner, run.owner) ||
            run.created_at < since)
            return;
        all.add(run, first_run_at);
        per_day[format_time(run.created_at).substr(0, 10)].add(run, first_run_at);
    };
    for (const auto& [id, row] : state_.live) add(state_.shown(row), row.first_run_at);
    for (const auto& [id, row] : state_.finished) add(row.run, row.first_run_at);
    RunStats stats;
    stats.days = days;
    stats.all = all.finish();
    for (auto& [day, tally] : per_day) stats.per_day.push_back({day, tally.finish()});
    return stats;
}

Result<RunTimeline> MemoryRunStore::timeline(const TimelineQuery& query) {
    Change change(state_);
    std::vector<std::pair<Run, WallTime>> runs;  // With first_run_at.
    const auto consider = [&](const Run& run, WallTime first_run_at) {
        if (sees(query.owner, run.owner) && sees(query.task_id, run.task_id) &&
            run.created_at >= query.from && run.created_at < query.to)
            runs.emplace_back(run, first_run_at);
    };
    for (const auto& [id, row] : state_.live) consider(state_.shown(row), row.first_run_at);
    for (const auto& [id, row] : state_.finished) consider(row.run, row.first_run_at);
    std::sort(runs.begin(), runs.end(),
              [](const auto& a, const auto& b) { return a.first.created_at > b.first.created_at; });
    RunTimeline timeline;
    if (int64_t(runs.size()) >= query.runs_max) {
        runs.resize(size_t(query.runs_max));
        timeline.counted_since = runs.back().first.created_at;
    }
    struct Values {
        TimelineBucket bucket;
        std::vector<double> lateness, durations;
    };
    std::map<int64_t, Values> by_time;
    for (const auto& [run, first_run_at] : runs) {
        const auto number =
            std::chrono::floor<std::chrono::seconds>(run.created_at).time_since_epoch() /
            query.bucket;
        Values& values = by_time[number];
        values.bucket.at = WallTime(query.bucket * number);
        count(values.bucket, run);
        if (!run.started_at) continue;
        values.lateness.push_back(seconds_between(first_run_at, *run.started_at));
        if (run.finished_at)
            values.durations.push_back(seconds_between(*run.started_at, *run.finished_at));
    }
    for (auto& [number, values] : by_time) {
        values.bucket.lateness_seconds = spread_of(values.lateness);
        values.bucket.duration_seconds = spread_of(values.durations);
        timeline.buckets.push_back(values.bucket);
    }
    return timeline;
}

Result<std::vector<RunEvent>> MemoryRunStore::events(const Id& run_id, const OwnerFilter& owner) {
    Change change(state_);
    if (!state_.find_run(run_id, owner)) return not_found("no run " + run_id);
    return state_.events[run_id];
}

Result<std::vector<RunLogLine>> MemoryRunStore::logs(const Id& run_id, const OwnerFilter& owner,
                                                     int64_t after, int limit) {
    Change change(state_);
    if (!state_.find_run(run_id, owner)) return not_found("no run " + run_id);
    return page_of(state_.logs[run_id], Page{limit, static_cast<int>(after)}).items;
}

}  // namespace ordinaut::store::memory
