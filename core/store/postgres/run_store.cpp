#include "store/postgres/run_store.h"

#include <algorithm>
#include <array>

namespace ordinaut::store::postgres {
namespace {

Result<Run> read_run(Transaction& tx, const Id& id, const OwnerFilter& owner) {
    const auto rows = tx.run("get_run", Params().id(id).owner(owner));
    if (rows.empty()) return not_found("no run " + id);
    return read_one(rows, [](Row& row) { return row.run(); });
}

RunDetail with_steps(Transaction& tx, Run run) {
    RunDetail detail;
    detail.steps = read_all(tx.run("run_steps", Params().id(run.id).time(run.created_at)),
                            [](Row& row) { return row.step(); });
    detail.run = std::move(run);
    return detail;
}

RunCounts read_counts(Row& row) {
    RunCounts counts;
    counts.total = row.number();
    counts.succeeded = row.number();
    counts.failed = row.number();
    counts.canceled = row.number();
    counts.other = row.number();
    counts.live = row.number();
    counts.duration_seconds_mean = row.real_or_null();
    counts.duration_seconds_p50 = row.real_or_null();
    counts.duration_seconds_p95 = row.real_or_null();
    counts.lateness_seconds_mean = row.real_or_null();
    const auto judged = counts.succeeded + counts.failed + counts.other;
    if (judged > 0) counts.success_rate = double(counts.succeeded) / double(judged);
    return counts;
}

Spread read_spread(Row& row) {
    Spread spread;
    spread.p50 = row.real_or_null();
    spread.p95 = row.real_or_null();
    spread.p99 = row.real_or_null();
    spread.max = row.real_or_null();
    return spread;
}

// The ids that begin or end with `part` as the hexadecimal digits of UUIDs: all that begin so lie
// between the part filled up with 0 and with f.
std::vector<std::string> ids_like(Transaction& tx, const RunQuery& query) {
    constexpr std::string_view kLeast = "00000000-0000-0000-0000-000000000000",
                               kMost = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    const std::string& part = query.id_part;
    const size_t length = std::min(part.size(), kLeast.size());
    Params params;
    params.owner(query.owner)
        .owner(query.task_id)
        .id(part.substr(0, length) + std::string(kLeast.substr(length)))
        .id(part.substr(0, length) + std::string(kMost.substr(length)))
        .text("%" + part);
    return read_all(tx.run_planned("ids_like", params), [](Row& row) { return row.text(); });
}

Params filter_params(Transaction& tx, const RunQuery& query) {
    Params params;
    params.owner(query.owner).owner(query.task_id);
    if (query.success)
        params.boolean(*query.success);
    else
        params.null();
    params.text_or_null(query.state ? name_of(*query.state) : "");
    params.time(query.start_time).time(query.end_time);
    return query.id_part.empty() ? params.null() : params.ids(ids_like(tx, query));
}

// What `sort` means in list_runs_by.
std::string order_by(const RunQuery& query) {
    struct Order {
        std::string_view name, key;
    };
    static constexpr std::array<Order, 9> kOrders{{
        {"id", "f.run_id"},
        {"title", "t.title"},
        {"state", "f.state"},
        {"source", "f.source"},
        {"attempt", "f.attempt"},
        {"started_at", "f.started_at"},
        {"finished_at", "f.finished_at"},
        {"lateness_seconds", "f.started_at - f.due_at"},
        {"duration_seconds", "coalesce(f.finished_at, now()) - f.started_at"},
    }};
    const auto known = std::find_if(kOrders.begin(), kOrders.end(),
                                    [&](const Order& order) { return order.name == query.sort; });
    const std::string key(known == kOrders.end() ? "f.created_at" : known->key);
    const std::string direction = query.descending ? " DESC" : "";
    return key + direction + " NULLS LAST, f.run_id" + direction;
}

pqxx::result read_page(Transaction& tx, const RunQuery& query, const Params& page) {
    if (query.sort == "created_at")
        return tx.run_planned(query.descending ? "list_runs" : "list_runs_oldest", page);
    return tx.run_planned("list_runs_by", page, {{"order_by", order_by(query)}});
}

}  // namespace

Result<Listing<Run>> PgRunStore::list(const RunQuery& query) {
    return pool_.read([&](Transaction& tx) -> Result<Listing<Run>> {
        const Params filter = filter_params(tx, query);
        Params page = filter;
        page.number(query.page.limit).number(query.page.offset);
        Listing<Run> listing;
        listing.items = read_all(read_page(tx, query, page), [](Row& row) { return row.run(); });
        listing.total =
            read_one(tx.run_planned("count_runs", filter), [](Row& row) { return row.number(); });
        return listing;
    });
}

Result<RunDetail> PgRunStore::get(const Id& run_id, const OwnerFilter& owner) {
    return pool_.read([&](Transaction& tx) -> Result<RunDetail> {
        return with_steps(tx, TRY(read_run(tx, run_id, owner)));
    });
}

Result<RunDetail> PgRunStore::latest(const Id& task_id, const OwnerFilter& owner) {
    return pool_.read([&](Transaction& tx) -> Result<RunDetail> {
        const auto rows = tx.run("latest_run", Params().id(task_id).owner(owner));
        if (rows.empty()) return not_found("no run of task " + task_id);
        return with_steps(tx, read_one(rows, [](Row& row) { return row.run(); }));
    });
}

Result<RunStats> PgRunStore::stats(const Id& task_id, int days, const OwnerFilter& owner) {
    return pool_.read([&](Transaction& tx) -> Result<RunStats> {
        RunStats stats;
        stats.days = days;
        Params params;
        params.owner(task_id.empty() ? std::nullopt : OwnerFilter(task_id))
            .owner(owner)
            .number(days);
        for (const auto& line : tx.run_planned("run_stats", params)) {
            Row row(line);
            const std::string day = row.text();
            RunCounts counts = read_counts(row);
            if (day.empty())
                stats.all = counts;
            else
                stats.per_day.push_back({day, counts});
        }
        return stats;
    });
}

Result<RunTimeline> PgRunStore::timeline(const TimelineQuery& query) {
    return pool_.read([&](Transaction& tx) -> Result<RunTimeline> {
        RunTimeline timeline;
        int64_t counted = 0;
        std::optional<WallTime> oldest;
        Params params;
        params.owner(query.task_id)
            .owner(query.owner)
            .time(query.from)
            .time(query.to)
            .number(query.bucket.count())
            .number(query.runs_max);
        for (const auto& line : tx.run_planned("run_timeline", params)) {
            Row row(line);
            TimelineBucket bucket;
            bucket.at = row.time();
            if (const WallTime first = row.time(); !oldest) oldest = first;
            counted += bucket.total = row.number();
            bucket.succeeded = row.number();
            bucket.failed = row.number();
            bucket.canceled = row.number();
            bucket.other = row.number();
            bucket.live = row.number();
            bucket.lateness_seconds = read_spread(row);
            bucket.duration_seconds = read_spread(row);
            timeline.buckets.push_back(bucket);
        }
        if (counted >= query.runs_max) timeline.counted_since = oldest;
        return timeline;
    });
}

Result<std::vector<RunEvent>> PgRunStore::events(const Id& run_id, const OwnerFilter& owner) {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<RunEvent>> {
        const Run run = TRY(read_run(tx, run_id, owner));
        return read_all(tx.run("run_events", Params().id(run_id).time(run.created_at)),
                        [](Row& row) {
                            RunEvent event;
                            event.sequence = row.number();
                            event.run_id = row.text();
                            event.at = row.time();
                            event.from = row.text();
                            event.to = row.text();
                            event.actor = row.text();
                            event.reason = row.text();
                            event.trace_id = row.text();
                            return event;
                        });
    });
}

Result<std::vector<RunLogLine>> PgRunStore::logs(const Id& run_id, const OwnerFilter& owner,
                                                 int64_t after, int limit) {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<RunLogLine>> {
        const Run run = TRY(read_run(tx, run_id, owner));
        const auto rows = tx.run(
            "run_logs", Params().id(run_id).time(run.created_at).number(after).number(limit));
        return read_all(rows, [](Row& row) {
            RunLogLine line;
            line.run_id = row.text();
            line.at = row.time();
            line.level = row.text();
            line.step_id = row.text();
            line.message = row.text();
            line.fields_json = row.text();
            return line;
        });
    });
}

}  // namespace ordinaut::store::postgres
