// Goal: what only PostgreSQL can get wrong about the order of changes: transactions that commit in
// another order than they began, pruning, and the plan of the reader's query.
#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "store/postgres/database.h"
#include "tests/support/result_matchers.h"
#include "tests/support/test_servers.h"

namespace ordinaut::store::postgres {
namespace {

using testing::TestServers;

constexpr const char* kInsert =
    "INSERT INTO run_event (run_id, task_id, owner, at, from_state, to_state, actor, reason, "
    "trace_id) SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), '', 'ready', "
    "'tester', ";

class PostgresChangeTest : public ::testing::Test {
protected:
    static std::unique_ptr<Database> open(const std::string& url) {
        auto database = Database::open({.url = url});
        EXPECT_OK(database);
        EXPECT_OK((*database)->migrate());
        return std::move(*database);
    }
    ChangeStore& changes() { return stores_.changes; }
    std::vector<std::string> reasons(const ChangePage& page) {
        std::vector<std::string> texts;
        for (const ChangeNote& note : page.changes) texts.push_back(note.reason);
        return texts;
    }
    static void add(pqxx::transaction_base& work, const std::string& reason) {
        work.exec(std::string(kInsert) + work.quote(reason) + ", ''");
    }

    const std::string url_ = TestServers::instance().new_database();
    const std::unique_ptr<Database> database_ = open(url_);
    Stores stores_ = database_->stores();
};

TEST_F(PostgresChangeTest, NothingIsLostWhenTheEarlierNumberCommitsLater) {
    const ChangePosition start = changes().bounds()->newest;
    pqxx::connection slow_link(url_), quick_link(url_);
    pqxx::work slow(slow_link);
    add(slow, "first number");
    {
        pqxx::work quick(quick_link);
        add(quick, "second number");
        quick.commit();
    }
    const auto held = changes().read(start, 100);
    ASSERT_OK(held);
    EXPECT_TRUE(held->changes.empty()) << "read past a transaction that still runs";
    EXPECT_TRUE(held->held_back);
    EXPECT_FALSE(held->more);
    slow.commit();
    const auto released = changes().read(held->end, 100);
    ASSERT_OK(released);
    EXPECT_EQ(reasons(*released), (std::vector<std::string>{"first number", "second number"}));
    EXPECT_FALSE(released->held_back);
}

// The other way round: the transaction began first, and wrote last.
TEST_F(PostgresChangeTest, OrderIsThatOfTransactionsNotOfNumbers) {
    const ChangePosition start = changes().bounds()->newest;
    pqxx::connection early_link(url_), late_link(url_);
    pqxx::work early(early_link);
    early.exec("SELECT pg_current_xact_id()");
    pqxx::work late(late_link);
    add(late, "later transaction");
    late.commit();
    add(early, "earlier transaction");
    early.commit();
    const auto page = changes().read(start, 100);
    ASSERT_OK(page);
    EXPECT_EQ(reasons(*page),
              (std::vector<std::string>{"earlier transaction", "later transaction"}));
    EXPECT_GT(page->changes[0].position.sequence, page->changes[1].position.sequence);
}

TEST_F(PostgresChangeTest, ARolledBackTransactionLeavesNothingAndHoldsNothing) {
    const ChangePosition start = changes().bounds()->newest;
    pqxx::connection link(url_);
    {
        pqxx::work work(link);
        add(work, "never");
    }
    const auto page = changes().read(start, 100);
    ASSERT_OK(page);
    EXPECT_TRUE(page->changes.empty());
    EXPECT_FALSE(page->held_back);
    EXPECT_GT(page->end, start);
}

TEST_F(PostgresChangeTest, PruningMovesTheHorizon) {
    EXPECT_EQ(changes().bounds()->horizon, ChangePosition{});
    ASSERT_OK(stores_.system.upkeep({}));
    EXPECT_EQ(changes().bounds()->horizon, ChangePosition{});
    const ChangePosition start = changes().bounds()->newest;
    {
        pqxx::connection link(url_);
        pqxx::work work(link);
        add(work, "old");
        work.exec("UPDATE run_event SET at = at - interval '40 days'");
        work.commit();
    }
    ASSERT_OK(stores_.queue.set_paused(true, {}));
    ASSERT_OK(stores_.system.upkeep({}));
    const auto bounds = changes().bounds();
    ASSERT_OK(bounds);
    EXPECT_GT(bounds->horizon, start);
    EXPECT_LT(bounds->horizon, bounds->newest);
    const auto rest = changes().read(bounds->horizon, 10);
    ASSERT_OK(rest);
    ASSERT_EQ(rest->changes.size(), 1U);
    EXPECT_EQ(rest->changes[0].type, "queue.paused");
    // And never back, nor lost when there is nothing old any more.
    ASSERT_OK(stores_.system.upkeep({}));
    EXPECT_EQ(changes().bounds()->horizon, bounds->horizon);
}

TEST_F(PostgresChangeTest, TheReaderGoesAlongAnIndexOfEachPartition) {
    pqxx::connection link(url_);
    pqxx::work work(link);
    work.exec(std::string(kInsert) + "'x', '' FROM generate_series(1, 20000)");
    work.exec("ANALYZE run_event");
    std::string plan;
    for (const auto& row : work.exec(
             "EXPLAIN SELECT e.xid, e.sequence FROM run_event e WHERE (e.xid, e.sequence) > "
             "('1'::xid8, 5) AND e.xid < (SELECT pg_snapshot_xmin(pg_current_snapshot())) ORDER BY "
             "e.xid, e.sequence LIMIT 100"))
        plan += row[0].c_str() + std::string("\n");
    EXPECT_EQ(plan.find("Seq Scan"), std::string::npos) << plan;
    EXPECT_EQ(plan.find("Sort  "), std::string::npos) << plan;
}

}  // namespace
}  // namespace ordinaut::store::postgres
