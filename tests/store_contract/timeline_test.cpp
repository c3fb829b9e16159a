// Runs summed up over time.
// Method: what the timeline says is counted again from the rows that the list gives; on PostgreSQL
// a day of rows whose sums are known beforehand, too.
#include <cmath>
#include <map>
#include <pqxx/pqxx>

#include "store/postgres/connection_pool.h"
#include "store/postgres/database.h"
#include "tests/store_contract/contract.h"
#include "tests/support/test_servers.h"

namespace ordinaut::store {
namespace {

class TimelineContract : public Contract {
protected:
    TimelineQuery around_now(std::chrono::seconds bucket = 1s) {
        const WallTime hour = std::chrono::floor<std::chrono::hours>(now());
        return {.from = hour - 48h, .to = hour + 2h, .bucket = bucket};
    }
    RunTimeline timeline(const TimelineQuery& query) {
        const auto timeline = stores_.runs.timeline(query);
        EXPECT_OK(timeline);
        return *timeline;
    }
    int64_t total(const TimelineQuery& query) {
        int64_t total = 0;
        for (const auto& bucket : timeline(query).buckets) total += bucket.total;
        return total;
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, TimelineContract, all_backends(), backend_name);

double seconds_between(WallTime from, WallTime to) {
    return std::chrono::duration<double>(to - from).count();
}

double quantile(std::vector<double> values, double fraction) {
    std::sort(values.begin(), values.end());
    const double place = fraction * double(values.size() - 1);
    const double low = values[size_t(std::floor(place))], high = values[size_t(std::ceil(place))];
    return low + (high - low) * (place - std::floor(place));
}

void expect_spread(const Spread& spread, const std::vector<double>& values) {
    ASSERT_EQ(spread.max.has_value(), !values.empty());
    if (values.empty()) return;
    EXPECT_NEAR(*spread.p50, quantile(values, 0.5), 1e-6);
    EXPECT_NEAR(*spread.p95, quantile(values, 0.95), 1e-6);
    EXPECT_NEAR(*spread.p99, quantile(values, 0.99), 1e-6);
    EXPECT_NEAR(*spread.max, quantile(values, 1), 1e-6);
}

TEST_P(TimelineContract, CountsOutcomesAndMeasuresPerBucket) {
    const Task task = add_task();
    for (int i = 0; i < 5; ++i) add_run(task);
    backend_->advance(1500ms);
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 5u);
    backend_->advance(700ms);
    finish(leases[0]);
    finish(leases[1], RunState::kFailed);
    finish(leases[2], RunState::kTimedOut);
    backend_->advance(1300ms);
    finish(leases[3], RunState::kCanceled);
    add_run(task);  // Waits; leases[4] is running.

    std::map<WallTime, std::vector<Run>> expected;
    const auto listing = stores_.runs.list({});
    ASSERT_OK(listing);
    for (const Run& run : listing->items)
        expected[std::chrono::floor<std::chrono::seconds>(run.created_at)].push_back(run);
    const RunTimeline timeline = this->timeline(around_now());
    EXPECT_EQ(timeline.counted_since, std::nullopt);
    ASSERT_EQ(timeline.buckets.size(), expected.size());
    auto bucket = timeline.buckets.begin();
    for (const auto& [at, runs] : expected) {
        EXPECT_EQ(bucket->at, at);
        const auto in = [&, &runs = runs](RunState state) {
            return std::count_if(runs.begin(), runs.end(),
                                 [&](const Run& run) { return run.state == state; });
        };
        EXPECT_EQ(bucket->total, int64_t(runs.size()));
        EXPECT_EQ(bucket->succeeded, in(RunState::kSucceeded));
        EXPECT_EQ(bucket->failed, in(RunState::kFailed));
        EXPECT_EQ(bucket->canceled, in(RunState::kCanceled));
        EXPECT_EQ(bucket->other, in(RunState::kTimedOut));
        EXPECT_EQ(bucket->live, in(RunState::kRunning) + in(RunState::kReady));
        std::vector<double> lateness, durations;
        for (const Run& run : runs) {
            if (!run.started_at) continue;
            lateness.push_back(seconds_between(run.created_at, *run.started_at));
            if (run.finished_at)
                durations.push_back(seconds_between(*run.started_at, *run.finished_at));
        }
        expect_spread(bucket->lateness_seconds, lateness);
        expect_spread(bucket->duration_seconds, durations);
        ++bucket;
    }
}

TEST_P(TimelineContract, KeepsToOwnerTaskAndSpan) {
    const Task task = add_task(), other = add_task();
    add_run(task);
    finish(claim_one());
    const Run newest = add_run(other);
    TimelineQuery query = around_now(3600s);
    EXPECT_EQ(total(query), 2);
    query.owner = owner_;
    EXPECT_EQ(total(query), 2);
    query.task_id = task.id;
    EXPECT_EQ(total(query), 1);
    query.owner = stranger_;
    EXPECT_EQ(total(query), 0);
    query.task_id.reset();
    EXPECT_EQ(total(query), 0);
    const WallTime hour = std::chrono::floor<std::chrono::hours>(newest.created_at);
    EXPECT_EQ(total({.from = hour + 1h, .to = hour + 2h, .bucket = 3600s}), 0);
    EXPECT_EQ(total({.from = hour - 48h, .to = hour - 1h, .bucket = 3600s}), 0);
    EXPECT_EQ(total({.from = newest.created_at, .to = newest.created_at, .bucket = 1s}), 0);
}

TEST_P(TimelineContract, OfTooManyRunsTheNewestAreCounted) {
    const Task task = add_task();
    for (int i = 0; i < 4; ++i) {
        add_run(task);
        if (i % 2 == 0) finish(claim_one());
        backend_->advance(1s);
        if (i % 2 == 1) finish(claim_one());
    }
    add_run(task);
    const auto runs = stores_.runs.list({})->items;  // Newest first.
    TimelineQuery query = around_now();
    query.runs_max = 3;
    const RunTimeline cut = timeline(query);
    EXPECT_EQ(total(query), 3);
    EXPECT_EQ(cut.counted_since, runs[2].created_at);
    query.runs_max = 6;
    EXPECT_EQ(total(query), 5);
    EXPECT_EQ(timeline(query).counted_since, std::nullopt);
}

class TimelineOnPostgres : public ::testing::Test {
protected:
    void SetUp() override {
        postgres::DatabaseOptions options;
        options.url = url_ = testing::TestServers::instance().new_database();
        auto database = postgres::Database::open(options);
        ASSERT_OK(database);
        database_ = std::move(*database);
        ASSERT_OK(database_->migrate());
    }
    pqxx::result sql(const std::string& text) {
        pqxx::connection link(url_);
        pqxx::work work(link);
        auto rows = work.exec(text);
        work.commit();
        return rows;
    }

    std::string url_;
    std::unique_ptr<postgres::Database> database_;
};

// A run every 20 s; the n-th of 180 in its hour is late by n s and takes n ms, every 60th fails.
TEST_F(TimelineOnPostgres, SumsOfADayAreExact) {
    sql("INSERT INTO task_run (id, task_id, owner, source, generation, first_run_at, state, "
        "priority, created_at, run_at, started_at, finished_at, attempt, failures, lease_losses, "
        "worker, trace_id) SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), "
        "'manual', 1, c, CASE WHEN n % 60 = 0 THEN 'failed' ELSE 'succeeded' END, 5, c, c, "
        "c + n * interval '1 second', c + n * interval '1 second' + n * interval '1 ms', 1, 0, 0, "
        "'w', '' FROM generate_series(0, 24 * 180 - 1) AS i, LATERAL (SELECT i % 180 AS n, "
        "timestamptz '2026-03-29 00:00Z' + i * interval '20 seconds' AS c) AS x");
    const WallTime from = *parse_time("2026-03-29T00:00:00Z");
    const auto timeline =
        database_->stores().runs.timeline({.from = from, .to = from + 24h, .bucket = 3600s});
    ASSERT_OK(timeline);
    ASSERT_EQ(timeline->buckets.size(), 24u);
    for (size_t hour = 0; hour < 24; ++hour) {
        const TimelineBucket& bucket = timeline->buckets[hour];
        EXPECT_EQ(bucket.at, from + std::chrono::hours(hour));
        EXPECT_EQ(bucket.total, 180);
        EXPECT_EQ(bucket.succeeded, 177);
        EXPECT_EQ(bucket.failed, 3);
        EXPECT_NEAR(*bucket.lateness_seconds.p50, 89.5, 1e-6);
        EXPECT_NEAR(*bucket.lateness_seconds.p95, 170.05, 1e-6);
        EXPECT_NEAR(*bucket.lateness_seconds.p99, 177.21, 1e-6);
        EXPECT_NEAR(*bucket.lateness_seconds.max, 179, 1e-6);
        EXPECT_NEAR(*bucket.duration_seconds.p50, 0.0895, 1e-6);
        EXPECT_NEAR(*bucket.duration_seconds.max, 0.179, 1e-6);
    }
}

// Years are kept; an hour of them is asked for: the index leads there, and so it does to an id.
TEST_F(TimelineOnPostgres, ASpanAndAnIdAreFoundByIndex) {
    sql("INSERT INTO task_run (id, task_id, owner, source, generation, first_run_at, state, "
        "priority, created_at, run_at, finished_at, attempt, failures, lease_losses, worker, "
        "trace_id) SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'manual', 1, c, "
        "'succeeded', 5, c, c, c, 1, 0, 0, 'w', '' FROM generate_series(1, 20000) AS i, LATERAL "
        "(SELECT timestamptz '2026-03-29 00:00Z' - i * interval '1 hour' AS c) AS x");
    sql("ANALYZE");
    const postgres::Queries queries;
    const auto plan_of = [&](const std::string& name, const std::string& arguments) {
        pqxx::connection link(url_);
        pqxx::work work(link);
        work.exec("SET plan_cache_mode = force_custom_plan");
        work.exec("PREPARE q AS " + queries.text(name));
        std::string plan;
        for (const auto& line : work.exec("EXPLAIN EXECUTE q" + arguments))
            plan += line[0].c_str() + std::string("\n");
        return plan;
    };
    const std::string id = "'01a1fc85-cf1c-7000-aa9b-3fb32d0d6ff5'";
    for (const std::string& plan :
         {plan_of("run_timeline",
                  "(NULL, NULL, '2026-03-01 00:00Z', '2026-03-01 01:00Z', 60, 1000000)"),
          plan_of("run_timeline",
                  "(NULL, " + id + ", '2026-03-01 00:00Z', '2026-03-02 00:00Z', 60, 1000000)"),
          plan_of("list_runs",
                  "(NULL, NULL, NULL, NULL, NULL, NULL, ARRAY[" + id + "]::uuid[], 50, 0)")})
        EXPECT_EQ(plan.find("Seq Scan on task_run_rest"), std::string::npos) << plan;
    // How an id ends is looked for among the newest 100000: here, all of them.
    const std::string plan = plan_of("ids_like", "(NULL, NULL, " + id + ", " + id + ", '%d6ff5')");
    EXPECT_NE(plan.find("task_run_rest_pkey"), std::string::npos) << plan;
}

}  // namespace
}  // namespace ordinaut::store
