#include <pqxx/pqxx>

#include "store/memory/memory_stores.h"
#include "store/postgres/database.h"
#include "tests/store_contract/contract.h"
#include "tests/support/test_servers.h"

namespace ordinaut::store {
namespace {

class MemoryBackend final : public Backend {
public:
    Stores stores() override { return memory_.stores(); }
    Stores other_process() override { return memory_.stores(); }
    void advance(std::chrono::microseconds by) override { clock_.advance(by); }

private:
    ManualClock clock_{*parse_time("2026-03-01T08:00:00Z")};
    memory::MemoryStores memory_{clock_};
};

std::unique_ptr<postgres::Database> open(const std::string& url, bool pooled) {
    postgres::DatabaseOptions options;
    options.url = url;
    options.pooled = pooled;
    auto database = postgres::Database::open(options);
    if (!database) throw std::runtime_error(database.error().message);
    return std::move(*database);
}

class PostgresBackend final : public Backend {
public:
    explicit PostgresBackend(bool pooled)
        : url_(testing::TestServers::instance().copy_of(
              "store_contract",
              [](const std::string& url) {
                  const auto report = open(url, false)->migrate();
                  if (!report) throw std::runtime_error(report.error().message);
              })),
          first_(open(url_, pooled)),
          second_(open(url_, pooled)) {}

    Stores stores() override { return first_->stores(); }
    Stores other_process() override { return second_->stores(); }

    void advance(std::chrono::microseconds by) override {
        pqxx::connection link(url_);
        pqxx::work work(link);
        const std::string span = "interval '" + std::to_string(by.count()) + " microseconds'";
        work.exec("UPDATE due_work SET run_at = run_at - " + span + ", queue_key = queue_key - " +
                  span + ", locked_until = locked_until - " + span + ", start_by = start_by - " +
                  span);
        work.exec("UPDATE task SET next_run_at = next_run_at - " + span +
                  ", paused_cursor = paused_cursor - " + span);
        work.exec("UPDATE condition_state SET evaluate_at = evaluate_at - " + span +
                  ", locked_until = locked_until - " + span);
        work.exec("UPDATE task_dedupe SET expires_at = expires_at - " + span);
        work.exec("UPDATE idempotency SET begun_at = begun_at - " + span);
        work.exec("UPDATE extension_kv SET expires_at = expires_at - " + span);
        work.exec("UPDATE lease SET expires_at = expires_at - " + span);
        work.exec("UPDATE login_link SET expires_at = expires_at - " + span);
        work.exec("UPDATE worker_heartbeat SET seen_at = seen_at - " + span);
        work.commit();
    }

private:
    const std::string url_;
    std::unique_ptr<postgres::Database> first_, second_;
};

}  // namespace

std::unique_ptr<Backend> make_memory_backend() { return std::make_unique<MemoryBackend>(); }
std::unique_ptr<Backend> make_postgres_backend() {
    return std::make_unique<PostgresBackend>(false);
}
std::unique_ptr<Backend> make_pooled_backend() { return std::make_unique<PostgresBackend>(true); }

Contract::Contract() : backend_(GetParam().make()), stores_(backend_->stores()) {
    Agent agent;
    agent.id = owner_;
    agent.name = "tester";
    agent.scopes = {"tasks:read", "tools:invoke"};
    agent.secret_hash = "hash";
    if (!stores_.agents.create(agent, actor_)) throw std::runtime_error("no agent");
}

Task Contract::some_task(const std::string& title) const {
    Task task;
    task.id = new_id();
    task.title = title;
    task.owner = owner_;
    task.schedule_kind = ScheduleKind::kCron;
    task.schedule_expr = "0 8 * * *";
    task.payload_json = R"({"params": {}, "pipeline": []})";
    return task;
}

Task Contract::add_task(const Task& task) {
    auto created = stores_.tasks.create(task, "fingerprint", actor_);
    EXPECT_OK(created);
    return created->task;
}

ordinaut::Run Contract::add_run(const Task& task, std::optional<int> priority,
                                std::optional<std::chrono::milliseconds> in) {
    EnqueueRun request;
    request.task_id = task.id;
    request.priority = priority;
    if (in) request.run_at = now() + *in;
    auto run = stores_.queue.enqueue(request, std::nullopt, actor_);
    EXPECT_OK(run);
    return *run;
}

std::vector<Lease> Contract::claim(int limit, const std::string& worker) {
    auto leases = stores_.queue.claim(worker, limit, 30s);
    EXPECT_OK(leases);
    return *leases;
}

Lease Contract::claim_one(const std::string& worker) {
    auto leases = claim(100, worker);
    if (leases.size() != 1)
        throw std::runtime_error("expected one lease, got " + std::to_string(leases.size()));
    return leases.front();
}

CompleteOutcome Contract::finish(const Lease& lease, RunState state, bool count_failure,
                                 std::chrono::milliseconds retry_in) {
    Completion completion;
    completion.lease = {lease.run_id, lease.lease_token};
    completion.next = state;
    completion.count_failure = count_failure;
    completion.retry_in = retry_in;
    const auto outcomes = stores_.queue.complete({completion}, "worker-a");
    EXPECT_OK(outcomes);
    return outcomes->front();
}

std::string Contract::path_of(const Id& run_id) {
    const auto events = stores_.runs.events(run_id, std::nullopt);
    EXPECT_OK(events);
    std::string path, last;
    for (const RunEvent& event : *events) {
        EXPECT_EQ(event.from, last);
        last = event.to;
        path += (path.empty() ? "" : " ") + event.to;
    }
    return path;
}

}  // namespace ordinaut::store
