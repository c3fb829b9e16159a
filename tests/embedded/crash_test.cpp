// Goal: nothing that dies takes data with it. Method: a real host program, kill -9 of each part,
// and a look at the data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <fstream>
#include <mutex>

#include "embedded/embedded_servers.h"
#include "tests/embedded/servers_client.h"
#include "tests/support/process.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace ordinaut::embedded {
namespace {

using namespace std::chrono_literals;
using testing::Process;
using testing::TempDir;

pid_t recorded_pid(const std::string& file) {
    std::ifstream stream(file);
    pid_t pid = -1;
    stream >> pid;
    CHECK(pid > 1);
    return pid;
}

// The host program on `dir`, ready.
class Host {
public:
    explicit Host(const TempDir& dir) : process_({.argv = {EMBEDDED_HOST, dir / "data"}}) {
        EXPECT_TRUE(process_.wait_for_line("servers are up", 60s).has_value()) << process_.err();
        database_url = process_.wait_for_line("database ", 1s).value_or("database ").substr(9);
        redis_url = process_.wait_for_line("redis ", 1s).value_or("redis ").substr(6);
    }
    // In order, so that nothing writes to the directory while it is removed.
    ~Host() {
        process_.signal(SIGTERM);
        process_.wait_exit(60s);
    }
    Process* operator->() { return &process_; }
    std::string database_url;
    std::string redis_url;

private:
    Process process_;
};

// The reports of a server that ended and of one that runs again.
struct Reports {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> list;

    void add(std::string_view server, std::string_view what) {
        const std::lock_guard lock(mutex);
        list.push_back(std::string(server) + ": " + std::string(what));
        changed.notify_all();
    }
    bool wait_for(const std::string& report) {
        std::unique_lock lock(mutex);
        return changed.wait_for(
            lock, 60s, [&] { return std::find(list.begin(), list.end(), report) != list.end(); });
    }
};

TEST(EmbeddedCrash, AKilledServerIsReportedAndStartsAgainWithItsData) {
    TempDir dir;
    Reports reports;
    auto servers =
        EmbeddedServers::start({.data_dir = dir / "data", .on_change = [&](auto server, auto what) {
                                    reports.add(server, what);
                                }});
    ASSERT_OK(servers);
    sql((*servers)->database_url(), "CREATE TABLE kept AS SELECT 1 AS n");
    redis((*servers)->redis_url(), "SET kept 1");

    kill(recorded_pid(dir / "data/postgres.lock"), SIGKILL);
    EXPECT_TRUE(reports.wait_for("PostgreSQL: signal 9"));
    ASSERT_TRUE(reports.wait_for("PostgreSQL: "));
    EXPECT_EQ(sql((*servers)->database_url(), "SELECT n FROM kept"), "1");

    kill(recorded_pid(dir / "data/redis.lock"), SIGKILL);
    EXPECT_TRUE(reports.wait_for("Redis: signal 9"));
    ASSERT_TRUE(reports.wait_for("Redis: "));
    EXPECT_EQ(redis((*servers)->redis_url(), "GET kept"), "1");
}

TEST(EmbeddedCrash, TheNextStartRecoversAfterTheWholeGroupWasKilled) {
    TempDir dir;
    for (int round = 0; round < 3; ++round) {
        Host host(dir);
        if (round == 0) sql(host.database_url, "CREATE TABLE kept (round int)");
        sql(host.database_url, "INSERT INTO kept VALUES (" + std::to_string(round) + ")");
        redis(host.redis_url, "INCR kept");
        // A client in a transaction: its backend outlives the postmaster for a moment.
        pqxx::connection connection(host.database_url);
        pqxx::work open(connection);
        open.exec("INSERT INTO kept VALUES (99)");
        host->signal_group(SIGKILL);
        EXPECT_EQ(host->wait_exit(10s), 128 + SIGKILL);
    }
    Host host(dir);
    EXPECT_EQ(sql(host.database_url, "SELECT count(*) FROM kept"), "3");
    EXPECT_EQ(redis(host.redis_url, "GET kept"), "3");
}

TEST(EmbeddedCrash, TheNextStartRecoversAfterHostAndServersWereKilledTogether) {
    TempDir dir;
    for (int round = 0; round < 2; ++round) {
        Host host(dir);
        if (round == 0) sql(host.database_url, "CREATE TABLE kept (round int)");
        sql(host.database_url, "INSERT INTO kept VALUES (" + std::to_string(round) + ")");
        redis(host.redis_url, "INCR kept");
        host->signal(SIGSTOP);  // So that it cannot start them again between the kills.
        kill(recorded_pid(dir / "data/postgres.lock"), SIGKILL);
        kill(recorded_pid(dir / "data/redis.lock"), SIGKILL);
        host->signal_group(SIGKILL);
        EXPECT_EQ(host->wait_exit(10s), 128 + SIGKILL);
    }
    Host host(dir);
    EXPECT_EQ(sql(host.database_url, "SELECT count(*) FROM kept"), "2");
    EXPECT_EQ(redis(host.redis_url, "GET kept"), "2");
}

TEST(EmbeddedCrash, ServersThatHangAfterTheirHostDiedAreEndedByTheNextStart) {
    TempDir dir;
    pid_t old_redis = -1;
    {
        Host host(dir);
        redis(host.redis_url, "SET kept 1");
        old_redis = recorded_pid(dir / "data/redis.lock");
        kill(old_redis, SIGSTOP);
        host->signal(SIGKILL);
        EXPECT_EQ(host->wait_exit(10s), 128 + SIGKILL);
    }
    Host host(dir);
    EXPECT_EQ(redis(host.redis_url, "GET kept"), "1");
    EXPECT_NE(recorded_pid(dir / "data/redis.lock"), old_redis);
}

TEST(EmbeddedCrash, SignalsToTheGroupLeaveTheServersToTheHost) {
    TempDir dir;
    Host host(dir);
    EXPECT_NE(getpgid(recorded_pid(dir / "data/postgres.lock")), getpgid(host->pid()));
    EXPECT_NE(getpgid(recorded_pid(dir / "data/redis.lock")), getpgid(host->pid()));
    host->signal_group(SIGINT);
    EXPECT_TRUE(host->wait_for_line("stopped", 60s).has_value());
    EXPECT_EQ(host->wait_exit(10s), 0);
    EXPECT_NE(
        testing::read_file(dir / "data/log/postgres.log").find("database system is shut down"),
        std::string::npos);
}

}  // namespace
}  // namespace ordinaut::embedded
