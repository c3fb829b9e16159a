// What one tick of the scheduler costs, with 100 tasks due among 1,000 and among 1,000,000 active
// ones, on a real PostgreSQL (fsync on).
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <pqxx/pqxx>

#include "embedded/embedded_servers.h"
#include "scheduler/scheduler.h"
#include "store/postgres/database.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace ordinaut;

constexpr int kDue = 100;

template <class T>
T must(Result<T> result) {
    if (result.ok()) {
        if constexpr (std::is_void_v<T>)
            return;
        else
            return std::move(*result);
    }
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::abort();
}

class Bench {
public:
    explicit Bench(int64_t tasks)
        : servers_(must(embedded::EmbeddedServers::start({.data_dir = directory_.path()}))),
          database_(must(store::postgres::Database::open({.url = servers_->database_url()}))) {
        must(database_->migrate());
        // Hourly tasks of later hours, and a hundred that the benchmark makes due again and again.
        run("INSERT INTO task (id, title, description, owner, schedule_kind, schedule_expr, "
            "timezone, schedule_anchor, dst_gap, dst_fold, payload,"
            " priority, dedupe_key, dedupe_window_seconds, max_retries, backoff, concurrency_key, "
            "concurrency_limit, overlap, misfire, catchup_max,"
            " catchup_window_seconds, jitter_seconds, status, generation, version, created_at, "
            "updated_at, schedule_since, next_run_at)"
            " SELECT gen_random_uuid(), 'bench', '', '00000000-0000-7000-8000-000000000001', "
            "'cron', '0 * * * *', 'Europe/Chisinau', now(), '', '',"
            " '{\"pipeline\":[]}', 5, '', 0, 3, 'fixed', '', 1, 'allow', 'fire_last', 100, 86400, "
            "0, 'active', 1, 1, now(), now(), now(),"
            " now() + interval '1 day' + n * interval '1 second' FROM generate_series(1, " +
            std::to_string(tasks) + ") AS n");
        run("CREATE TABLE chosen AS SELECT id FROM task ORDER BY next_run_at LIMIT " +
            std::to_string(kDue));
        run("ANALYZE");
        scheduler_ = std::make_unique<scheduler::Scheduler>(
            database_->stores().schedules, database_->stores().system, database_->stores().wakeup,
            scheduler::SchedulerOptions{});
    }
    // Due now, one after the other; queued work of the last tick is taken away.
    void make_due() {
        run("TRUNCATE due_work, live_run, run_event");
        run("UPDATE task t SET next_run_at = now() - r * interval '1 microsecond' FROM (SELECT id, "
            "row_number() OVER () AS r FROM chosen) c "
            "WHERE t.id = c.id");
    }
    int tick() { return must(scheduler_->tick()); }

private:
    void run(const std::string& sql) {
        pqxx::connection link(servers_->database_url());
        pqxx::nontransaction work(link);
        work.exec(sql);
    }

    testing::TempDir directory_;
    std::unique_ptr<embedded::EmbeddedServers> servers_;
    std::unique_ptr<store::postgres::Database> database_;
    std::unique_ptr<scheduler::Scheduler> scheduler_;
};

void tick_with_100_due(benchmark::State& state) {
    Bench bench(state.range(0));
    bench.make_due();
    bench.tick();  // Statements are prepared, schedules parsed.
    for (auto _ : state) {
        state.PauseTiming();
        bench.make_due();
        state.ResumeTiming();
        if (bench.tick() != kDue) state.SkipWithError("not 100 were due");
    }
}
BENCHMARK(tick_with_100_due)
    ->Arg(1'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(20);

}  // namespace
