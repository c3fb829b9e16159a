// What only PostgreSQL can get wrong: plans, migrations, partitions, broken connections, the audit
// guard.
#include <gtest/gtest.h>

#include <pqxx/pqxx>
#include <thread>

#include "store/postgres/connection_pool.h"
#include "store/postgres/database.h"
#include "tests/support/result_matchers.h"
#include "tests/support/test_servers.h"

namespace ordinaut::store::postgres {
namespace {

using namespace std::chrono_literals;
using testing::TestServers;

const Actor kActor{"", "tester", "req", "trace"};

class PostgresTest : public ::testing::Test {
protected:
    void SetUp() override {
        url_ = TestServers::instance().new_database();
        database_ = open();
        ASSERT_OK(database_->migrate());
    }
    std::unique_ptr<Database> open() {
        DatabaseOptions options;
        options.url = url_;
        auto database = Database::open(options);
        EXPECT_OK(database);
        return std::move(*database);
    }
    pqxx::result sql(const std::string& text) {
        pqxx::connection link(url_);
        pqxx::work work(link);
        auto rows = work.exec(text);
        work.commit();
        return rows;
    }
    std::string first(const std::string& text) { return sql(text).at(0)[0].c_str(); }

    std::string url_;
    std::unique_ptr<Database> database_;
    Queries queries_;
};

// The text of a statement with its parts for the caller filled in.
std::string runnable(const Queries& queries, const std::string& name) {
    std::string text = queries.text(name);
    for (auto at = text.find("{order_by}"); at != std::string::npos; at = text.find("{order_by}"))
        text.replace(at, 10, "t.created_at");
    return text;
}

TEST_F(PostgresTest, EveryNamedQueryIsValid) {
    pqxx::connection link(url_);
    for (const std::string& name : queries_.names()) {
        if (name == "make_schema_migration") continue;  // Not a statement that can be prepared.
        link.prepare(name, runnable(queries_, name));
        EXPECT_NO_THROW(link.prepare_now(name)) << name;
    }
}

// Goal: a plan made and cached on an empty table is right on a full one, and the other way round.
class PlanTest : public PostgresTest {
protected:
    // The plan of `name` with `arguments`, for any parameters, in a session as the pool opens it.
    std::string plan_of(const std::string& name, const std::string& arguments) {
        ConnectionOptions options;
        options.url = url_;
        const auto link = open_connection(options);
        pqxx::work work(*link);
        work.exec("SET plan_cache_mode = force_generic_plan");
        work.exec("PREPARE q AS " + queries_.text(name));
        std::string plan;
        for (const auto& line : work.exec("EXPLAIN EXECUTE q" + arguments))
            plan += line[0].c_str() + std::string("\n");
        return plan;
    }
    void expect_indexed() {
        const std::string ids = "('{01a1fc85-cf1c-7000-aa9b-3fb32d0d6ff5}'";
        const std::string pick = plan_of("pick_work", "(100)");
        for (const char* index : {"due_work_ready", "due_work_suspect", "due_work_leased"})
            EXPECT_NE(pick.find(index), std::string::npos) << pick;
        for (const auto& plan :
             {pick, plan_of("claim_rows", ids + ",'w',30000,false)"), plan_of("until_next", ""),
              plan_of("end_runs", ids + ",'{failed}','{NULL}','{NULL}','{x}','{0}','{0}','w',8)"),
              plan_of("requeue_runs", ids + ",'{ready}','{0}','{0}','{NULL}','{x}','w')"),
              plan_of("lock_due_tasks", "(100)"), plan_of("until_next_task", ""),
              plan_of("get_run", "('01a1fc85-cf1c-7000-aa9b-3fb32d0d6ff5', NULL)"),
              plan_of("get_task", "('01a1fc85-cf1c-7000-aa9b-3fb32d0d6ff5', NULL)")}) {
            for (const char* table :
                 {"due_work", "live_run", "task_run", "run_step", "on task ", "agent"})
                EXPECT_EQ(plan.find(std::string("Seq Scan on ") + table), std::string::npos)
                    << plan;
            EXPECT_EQ(plan.find("JIT"), std::string::npos) << plan;
        }
    }
};

TEST_F(PlanTest, HotQueriesUseTheirIndexesOnEmptyAndFullTables) {
    expect_indexed();
    sql("INSERT INTO due_work (run_id, task_id, owner, generation, priority, run_at, queue_key, "
        "queued_as, blocked, attempt, "
        "failures, lease_losses, cancel_requested, concurrency_limit) SELECT gen_random_uuid(), "
        "gen_random_uuid(), "
        "gen_random_uuid(), 1, 5, now() + i * interval '1 second', now(), 'ready', false, 0, 0, 0, "
        "false, 1 "
        "FROM generate_series(1, 20000) i");
    sql("INSERT INTO live_run (run_id, task_id, owner, source, generation, first_run_at, "
        "created_at, trace_id) SELECT run_id, "
        "task_id, owner, 'manual', 1, run_at, now(), '' FROM due_work");
    sql("ANALYZE");
    expect_indexed();
}

TEST_F(PostgresTest, MigratingAgainDoesNothing) {
    const auto status = database_->migration_status();
    ASSERT_OK(status);
    EXPECT_EQ(status->current, status->newest);
    EXPECT_TRUE(status->pending.empty());
    ASSERT_OK(database_->migrate());
}

TEST_F(PostgresTest, TwoProcessesMayMigrateAtOnce) {
    url_ = TestServers::instance().new_database();
    const auto one = open(), other = open();
    EXPECT_EQ(one->migration_status()->current, 0);
    EXPECT_FALSE(one->migration_status()->pending.empty());
    std::thread first([&] { EXPECT_OK(one->migrate()); });
    std::thread second([&] { EXPECT_OK(other->migrate()); });
    first.join();
    second.join();
    EXPECT_TRUE(one->migration_status()->pending.empty());
}

TEST_F(PostgresTest, AChangedMigrationAndANewerDatabaseAreRefused) {
    sql("UPDATE schema_migration SET checksum = 'other' WHERE version = 1");
    for (const auto& report : {database_->migration_status(), database_->migrate()}) {
        ASSERT_FALSE(report.ok());
        EXPECT_EQ(report.error().code, ErrorCode::kConflict);
        EXPECT_NE(report.error().message.find("0001_core.sql"), std::string::npos)
            << report.error().message;
    }
    sql("INSERT INTO schema_migration VALUES (9999, '9999_future.sql', '', now())");
    const auto newer = database_->migrate();
    ASSERT_FALSE(newer.ok());
    EXPECT_NE(newer.error().message.find("9999"), std::string::npos) << newer.error().message;
}

TEST_F(PostgresTest, AnUnmigratedDatabaseSaysWhatToDo) {
    url_ = TestServers::instance().new_database();
    const auto count = open()->stores().agents.count();
    ASSERT_FALSE(count.ok());
    EXPECT_EQ(count.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(count.error().message.find("ordinaut migrate"), std::string::npos)
        << count.error().message;
}

TEST_F(PostgresTest, AnUnreachableServerIsUnavailable) {
    DatabaseOptions options;
    options.url = "postgresql:///none?host=/nonexistent";
    const auto database = Database::open(options);
    ASSERT_FALSE(database.ok());
    EXPECT_EQ(database.error().code, ErrorCode::kUnavailable);
}

TEST_F(PostgresTest, BrokenConnectionsAreReplaced) {
    auto stores = database_->stores();
    ASSERT_OK(stores.system.ping());
    std::mutex mutex;
    std::condition_variable changed;
    int rung = 0;
    const auto token = stores.wakeup.listen(Channel::kControl, [&] {
        std::lock_guard lock(mutex);
        ++rung;
        changed.notify_all();
    });
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()");
    EXPECT_OK(stores.system.ping());
    EXPECT_OK(stores.system.setting_or_init("a", "b"));
    std::unique_lock lock(
        mutex);  // The listener reconnects and fires, for it may have missed something.
    EXPECT_TRUE(changed.wait_for(lock, 10s, [&] { return rung > 0; }));
}

TEST_F(PostgresTest, ACommitThatBreaksIsInDoubt) {
    ConnectionOptions options;
    options.url = url_;
    ConnectionPool pool(options, queries_);
    const auto status = pool.transact([&](Transaction& tx) -> Status {
        tx.run("init_setting", Params().text("k").text("v"));
        // Breaks at COMMIT: the deferred trigger ends its own session.
        tx.run_script(
            "CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN "
            "NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER leaving AFTER INSERT ON extension DEFERRABLE INITIALLY "
            "DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION leave();"
            "INSERT INTO extension VALUES ('x', true, now())");
        return ok();
    });
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::kInDoubt) << status.error().message;
    EXPECT_OK(database_->stores().system.ping());
}

TEST_F(PostgresTest, ABusyPoolSaysSo) {
    ConnectionOptions options;
    options.url = url_;
    options.pool_size = 1;
    options.acquire_timeout = 1ms;
    ConnectionPool pool(options, queries_);
    const auto outer = pool.read([&](Transaction&) -> Status {
        const Status inner = pool.read([](Transaction&) -> Status { return ok(); });
        EXPECT_FALSE(inner.ok());
        EXPECT_EQ(inner.error().code, ErrorCode::kUnavailable);
        return ok();
    });
    EXPECT_OK(outer);
    EXPECT_OK(pool.read([](Transaction&) -> Status { return ok(); }));
}

// What another session holds while a store waits for it.
class LockTest : public PostgresTest {
protected:
    LockTest() = default;
    void SetUp() override {
        PostgresTest::SetUp();
        Agent agent;
        agent.id = owner_;
        agent.name = "tester";
        ASSERT_OK(stores().agents.create(agent, kActor));
        task_.id = new_id();
        task_.owner = owner_;
        task_.title = "a task";
        task_.schedule_kind = ScheduleKind::kCron;
        task_.schedule_expr = "0 8 * * *";
        task_.payload_json = R"({"pipeline": []})";
    }
    Stores stores() { return database_->stores(); }
    void add_run() {
        EnqueueRun request;
        request.task_id = task_.id;
        ASSERT_OK(stores().queue.enqueue(request, std::nullopt, kActor));
    }
    // Returns once a session of this database waits for a row.
    void wait_until_blocked() {
        while (first("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                     "wait_event_type = 'Lock'") == "0")
            std::this_thread::yield();
    }

    const Id owner_ = new_id();
    Task task_;
};

TEST_F(LockTest, ASlotThatUpkeepTakesAwayIsMadeAgain) {
    task_.concurrency_key = "k";
    ASSERT_OK(stores().tasks.create(task_, "", kActor));
    add_run();
    sql("INSERT INTO concurrency_slot VALUES ('k', 0)");
    pqxx::connection link(url_);
    pqxx::work upkeep(link);
    upkeep.exec("DELETE FROM concurrency_slot");
    Lease lease;
    std::thread claiming([&] {
        const auto leases = stores().queue.claim("w", 1, 30s);
        ASSERT_OK(leases);
        ASSERT_EQ(leases->size(), 1U);
        lease = leases->front();
    });
    wait_until_blocked();
    upkeep.commit();
    claiming.join();
    EXPECT_EQ(first("SELECT coalesce(sum(used), -1) FROM concurrency_slot"), "1");
    ASSERT_OK(stores().queue.complete({{.lease = {lease.run_id, lease.lease_token}}}, "w"));
    EXPECT_EQ(first("SELECT sum(used) FROM concurrency_slot"), "0");
}

// Whoever ends a run locks it, then its task: in the other order the two would wait for each other.
TEST_F(LockTest, CancelingATaskLocksItsRunsBeforeIt) {
    ASSERT_OK(stores().tasks.create(task_, "", kActor));
    for (const bool remove : {false, true}) {
        if (!remove) add_run();
        pqxx::connection link(url_);
        pqxx::work ending(link);
        if (remove) {
            sql("UPDATE task SET status = 'active'");
            add_run();
        }
        ending.exec("SELECT run_id FROM due_work FOR UPDATE");
        std::thread canceling([&] {
            if (remove)
                EXPECT_OK(stores().tasks.remove(task_.id, true, std::nullopt, kActor));
            else
                EXPECT_OK(stores().tasks.cancel(task_.id, "", std::nullopt, kActor));
        });
        wait_until_blocked();
        EXPECT_NO_THROW(ending.exec("SELECT id FROM task FOR UPDATE NOWAIT"));
        ending.abort();
        canceling.join();
    }
}

TEST_F(LockTest, ADeletedTaskLeavesNoDedupeKeyBehind) {
    task_.dedupe_key = "once";
    ASSERT_OK(stores().tasks.create(task_, "", kActor));
    EXPECT_EQ(first("SELECT count(*) FROM task_dedupe"), "1");
    ASSERT_OK(stores().tasks.remove(task_.id, false, std::nullopt, kActor));
    EXPECT_EQ(first("SELECT count(*) FROM task_dedupe"), "0");
}

TEST_F(PostgresTest, TheAuditLogIsAppendOnlyAndItsChainHolds) {
    auto stores = database_->stores();
    for (int i = 0; i < 3; ++i)
        ASSERT_OK(
            stores.system.audit("login", "subject " + std::to_string(i), R"({"n": 1})", kActor));
    ASSERT_EQ(*stores.system.seal_audit(100), 3);
    EXPECT_THROW(sql("UPDATE audit_log SET actor = 'someone else'"), pqxx::sql_error);
    EXPECT_THROW(sql("UPDATE audit_log SET hash = '\\x00' WHERE position = 1"), pqxx::sql_error);
    EXPECT_THROW(sql("DELETE FROM audit_log"), pqxx::sql_error);
    EXPECT_THROW(sql("TRUNCATE audit_log"), pqxx::sql_error);
    const std::string broken_links =
        "SELECT count(*) FROM (SELECT hash, sha256(lag(hash, 1, ''::bytea) OVER (ORDER BY "
        "position) || "
        "convert_to(ordinaut_audit_text(a), 'UTF8')) AS expected FROM audit_log a) AS chain WHERE "
        "hash <> expected";
    EXPECT_EQ(first(broken_links), "0");
    sql("ALTER TABLE audit_log DISABLE TRIGGER ALL; UPDATE audit_log SET subject = 'forged' WHERE "
        "position = 2");
    EXPECT_EQ(first(broken_links), "1");
}

TEST_F(PostgresTest, UpkeepDropsOldPartitionsAndRescuesStrayRows) {
    // A day without a partition (no process ran upkeep) and a day past retention.
    sql("SELECT ordinaut_drop_partitions(now() + interval '3 days')");
    sql("INSERT INTO run_log (run_id, at, level, step_id, message) VALUES (gen_random_uuid(), "
        "now(), 'info', '', 'stray')");
    sql("INSERT INTO run_log (written_at, run_id, at, level, step_id, message) "
        "VALUES (now() - interval '40 days', gen_random_uuid(), now(), 'info', '', 'old')");
    EXPECT_EQ(first("SELECT count(*) FROM run_log_rest"), "2");
    ASSERT_OK(database_->stores().system.upkeep({}));
    EXPECT_EQ(first("SELECT count(*) FROM run_log_rest"), "0");
    EXPECT_EQ(first("SELECT string_agg(message, ',') FROM run_log"), "stray");
    EXPECT_EQ(first("SELECT count(*) FROM pg_inherits WHERE inhparent = 'task_run'::regclass"),
              "9");  // 8 days and the rest.
}

TEST_F(PostgresTest, NothingIsKeptInTheSessionBehindAPooler) {
    DatabaseOptions options;
    options.url = url_;
    options.pooled = true;
    options.pool_size = 1;
    const auto pooled = Database::open(options);
    ASSERT_OK(pooled);
    sql("ALTER DATABASE " + first("SELECT quote_ident(current_database())") +
        " SET TimeZone = 'Asia/Kathmandu'");
    const auto again = Database::open(options);
    ASSERT_OK(again);
    const auto now = (*again)->stores().system.now();
    ASSERT_OK(now);
    EXPECT_LT(std::chrono::abs(*now - *database_->stores().system.now()),
              60s);  // Times carry their offset.
    EXPECT_EQ(first("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                    "pid <> pg_backend_pid() AND query LIKE '%LISTEN%'"),
              "1");
}

}  // namespace
}  // namespace ordinaut::store::postgres
