// Runs drained per second: one-step pipelines through scheduler, queue, runner and records on a
// real PostgreSQL (fsync on). Each iteration queues a batch with the scheduler's own transaction,
// then measures the runner from its start to the last record.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

#include "embedded/embedded_servers.h"
#include "runner/runner.h"
#include "store/postgres/database.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace ordinaut;

constexpr int kTasks = 50;

// Answers with its input, as std.echo does, without the way through a shared object.
class Echo final : public tool::Tool {
public:
    Echo() { spec_.name = "std.echo"; }
    const tool::ToolSpec& spec() const override { return spec_; }
    tool::CancelCall start(tool::ToolCall call, tool::Done done) override {
        tool::ToolResult result;
        result.output_json = std::move(call.input_json);
        done(std::move(result));
        return [] {};
    }

private:
    tool::ToolSpec spec_;
};

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
    Bench()
        : servers_(must(embedded::EmbeddedServers::start({.data_dir = directory_.path()}))),
          database_(must(store::postgres::Database::open({.url = servers_->database_url()}))) {
        must(database_->migrate());
        must(tools_.add(std::make_shared<Echo>()));
        Agent agent;
        agent.id = owner_;
        agent.name = "bench";
        agent.scopes = {"admin"};
        must(stores().agents.create(agent, {}));
        for (int i = 0; i < kTasks; ++i) add_task();
    }

    store::Stores stores() { return database_->stores(); }

    // Queues `runs` occurrences the way the scheduler does.
    void queue(int runs) {
        const int each = runs / kTasks;
        must(stores().schedules.fire_due(
            kTasks, [&](const store::DueTask& due, WallTime now) -> Result<store::FirePlan> {
                store::FirePlan plan;
                for (int i = 0; i < each; ++i)
                    plan.fires.push_back(
                        {*due.task.next_run_at + std::chrono::microseconds(i), now});
                plan.next_run_at = *due.task.next_run_at + std::chrono::microseconds(each);
                return plan;
            }));
    }

    void drain(int runs, int executor_threads) {
        runner::RunnerOptions options;
        options.worker = "bench";
        options.slots = 2000;
        options.batch = 500;
        options.executor_threads = executor_threads;
        runner::Runner runner(stores().queue, stores().wakeup, clock_,
                              {tools_, clock_,
                               [](const Id&, const std::vector<std::string>&) {
                                   return std::map<std::string, std::string>{};
                               }},
                              options);
        runner.start();
        while (runner.completed() < runs) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        runner.stop();
    }

private:
    void add_task() {
        Task task;
        task.id = new_id();
        task.title = "bench";
        task.owner = owner_;
        task.schedule_kind = ScheduleKind::kRrule;
        task.schedule_expr = "FREQ=SECONDLY";
        task.overlap = Overlap::kAllow;
        task.payload_json =
            R"({"params":{"n":7},"pipeline":[{"id":"a","uses":"std.echo","with":{"n":"${params.n}"}}]})";
        task.next_run_at = *parse_time("2020-01-01T00:00:00Z");
        tasks_.push_back(must(stores().tasks.create(task, task.id, {})).task);
    }

    SystemClock clock_;
    testing::TempDir directory_;
    std::unique_ptr<embedded::EmbeddedServers> servers_;
    std::unique_ptr<store::postgres::Database> database_;
    tool::Catalogue tools_;
    const Id owner_ = new_id();
    std::vector<Task> tasks_;
};

void drain_one_step_runs(benchmark::State& state) {
    static Bench bench;
    const int runs = static_cast<int>(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        bench.queue(runs);
        state.ResumeTiming();
        bench.drain(runs, 2);
    }
    state.counters["runs/s"] =
        benchmark::Counter(static_cast<double>(runs) * static_cast<double>(state.iterations()),
                           benchmark::Counter::kIsRate);
}
BENCHMARK(drain_one_step_runs)
    ->Arg(20000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);

}  // namespace
