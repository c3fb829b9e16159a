// Goal: both servers come up private, and come up again with the same data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "embedded/embedded_servers.h"
#include "tests/embedded/servers_client.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace ordinaut::embedded {
namespace {

using ::testing::StartsWith;
using testing::TempDir;

TEST(EmbeddedStart, KeepsItsDataAndSaysWhereItIs) {
    TempDir dir;
    {
        auto servers = EmbeddedServers::start({.data_dir = dir / "data"});
        ASSERT_OK(servers);
        sql((*servers)->database_url(), "CREATE TABLE kept AS SELECT 'яблоко' AS word");
        redis((*servers)->redis_url(), "SET kept %s", "pear");
    }
    EXPECT_FALSE(running_database_url(dir / "data").ok());
    auto servers = EmbeddedServers::start({.data_dir = dir / "data"});
    ASSERT_OK(servers);
    EXPECT_EQ(running_database_url(dir / "data").value(), (*servers)->database_url());
    EXPECT_EQ(sql((*servers)->database_url(), "SELECT word FROM kept"), "яблоко");
    EXPECT_EQ(redis((*servers)->redis_url(), "GET kept"), "pear");
}

TEST(EmbeddedStart, IsPrivateDurableAndUtf8) {
    TempDir dir;
    auto servers = EmbeddedServers::start({.data_dir = dir / "data"});
    ASSERT_OK(servers);
    const auto& url = (*servers)->database_url();
    EXPECT_EQ(sql(url, "SHOW listen_addresses"), "");
    EXPECT_EQ(sql(url, "SHOW fsync"), "on");
    EXPECT_EQ(sql(url, "SHOW server_encoding"), "UTF8");
    EXPECT_EQ(sql(url, "SHOW lc_collate"), "C.UTF-8");
    EXPECT_EQ(sql(url, "SELECT current_user"), "ordinaut");
    EXPECT_THAT((*servers)->redis_url(), StartsWith("unix:///"));
    EXPECT_EQ(redis((*servers)->redis_url(), "LASTSAVE").empty(), false);
    struct stat info {};
    for (const char* part : {"data/postgres", "data/redis", "data/sockets", "data/log"}) {
        ASSERT_EQ(stat((dir / part).c_str(), &info), 0) << part;
        EXPECT_EQ(info.st_mode & 0777, 0700U) << part;
    }
    if (geteuid() == 0) {
        ASSERT_EQ(stat((dir / "data/postgres").c_str(), &info), 0);
        EXPECT_NE(info.st_uid, 0U);
    }
}

TEST(EmbeddedStart, ALongPathStillHasSockets) {
    TempDir dir;
    const std::string long_path = dir / std::string(120, 'a') + "/b c,d";
    auto servers = EmbeddedServers::start({.data_dir = long_path, .durable = false});
    ASSERT_OK(servers);
    EXPECT_EQ(sql((*servers)->database_url(), "SELECT 1"), "1");
    EXPECT_EQ(redis((*servers)->redis_url(), "PING"), "PONG");
}

TEST(EmbeddedStart, PathsWithSpacesAndCommasWork) {
    TempDir dir;
    auto servers = EmbeddedServers::start({.data_dir = dir / "a b,c\"d%e", .durable = false});
    ASSERT_OK(servers);
    EXPECT_EQ(sql((*servers)->database_url(), "SELECT 1"), "1");
    EXPECT_EQ(redis((*servers)->redis_url(), "PING"), "PONG");
}

TEST(EmbeddedStart, StopIsIdempotentAndFreesTheDirectory) {
    TempDir dir;
    auto servers = EmbeddedServers::start({.data_dir = dir / "data", .durable = false});
    ASSERT_OK(servers);
    (*servers)->stop();
    (*servers)->stop();
    EXPECT_OK(EmbeddedServers::start({.data_dir = dir / "data", .durable = false}));
}

}  // namespace
}  // namespace ordinaut::embedded
