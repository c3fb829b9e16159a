#include "tests/support/test_servers.h"

#include <gtest/gtest.h>

#include "tests/embedded/servers_client.h"

namespace ordinaut::testing {
namespace {

using embedded::redis;
using embedded::sql;

TEST(TestServers, EachDatabaseIsItsOwn) {
    auto& servers = TestServers::instance();
    const auto one = servers.new_database(), two = servers.new_database();
    sql(one, "CREATE TABLE t ()");
    EXPECT_EQ(sql(two, "SELECT to_regclass('t') IS NULL"), "t");
}

TEST(TestServers, ACopyIsPreparedOnce) {
    auto& servers = TestServers::instance();
    int prepared = 0;
    const auto prepare = [&](const std::string& url) {
        ++prepared;
        sql(url, "CREATE TABLE t AS SELECT 7 AS n");
    };
    const auto one = servers.copy_of("seven", prepare), two = servers.copy_of("seven", prepare);
    sql(one, "UPDATE t SET n = 8");
    EXPECT_EQ(sql(two, "SELECT n FROM t"), "7");
    EXPECT_EQ(prepared, 1);
}

TEST(TestServers, RedisIsClearedOnRequest) {
    auto& servers = TestServers::instance();
    redis(servers.redis_url(), "SET a 1");
    servers.clear_redis();
    EXPECT_EQ(redis(servers.redis_url(), "DBSIZE"), "0");
}

}  // namespace
}  // namespace ordinaut::testing
