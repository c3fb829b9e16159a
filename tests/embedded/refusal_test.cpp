// Goal: whatever stands in the way of a start is told in one sentence, and nothing is left running.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "embedded/embedded_servers.h"
#include "tests/embedded/servers_client.h"
#include "tests/support/process.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace ordinaut::embedded {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TempDir;

std::string refusal(EmbeddedOptions options) {
    options.durable = false;
    const auto servers = EmbeddedServers::start(std::move(options));
    if (servers.ok()) return "it started";
    EXPECT_EQ(servers.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(servers.error().message, Not(HasSubstr("\n")));
    return servers.error().message;
}

TEST(EmbeddedRefusal, ASecondInstanceIsToldAboutTheFirst) {
    TempDir dir;
    testing::Process first({.argv = {EMBEDDED_HOST, dir / "data"}});
    ASSERT_TRUE(first.wait_for_line("servers are up", 60s).has_value()) << first.err();
    const auto second = testing::run_process({.argv = {EMBEDDED_HOST, dir / "data"}});
    EXPECT_EQ(second.exit_code, 5);
    EXPECT_THAT(second.err, AllOf(HasSubstr("already runs"),
                                  HasSubstr("process " + std::to_string(first.pid()))));
    EXPECT_TRUE(first.running());
    first.signal(SIGTERM);
    EXPECT_EQ(first.wait_exit(60s), 0);
}

TEST(EmbeddedRefusal, MissingProgramsNameThePackage) {
    TempDir dir;
    EXPECT_THAT(
        refusal(
            {.data_dir = dir / "data", .postgres_root = dir / "none", .search_path = "/nowhere"}),
        HasSubstr("install the package 'postgresql'"));
}

TEST(EmbeddedRefusal, AClusterOfAnotherMajorNamesItsPackage) {
    TempDir dir;
    std::filesystem::create_directories(dir / "data/postgres");
    testing::write_file(dir / "data/postgres/PG_VERSION", "99\n");
    EXPECT_THAT(refusal({.data_dir = dir / "data"}),
                HasSubstr("install the package 'postgresql-99'"));
}

TEST(EmbeddedRefusal, AFileInPlaceOfADirectory) {
    TempDir dir;
    testing::write_file(dir / "file", "");
    EXPECT_THAT(refusal({.data_dir = dir / "file"}),
                HasSubstr("data directory " + dir.path() + "/file"));
    EXPECT_THAT(refusal({.data_dir = dir / "file/data"}), HasSubstr("Not a directory"));
    std::filesystem::create_directory(dir / "data");
    testing::write_file(dir / "data/postgres", "");
    EXPECT_THAT(refusal({.data_dir = dir / "data"}), HasSubstr("must be a directory"));
}

TEST(EmbeddedRefusal, SomethingElseInPlaceOfTheCluster) {
    TempDir dir;
    std::filesystem::create_directories(dir / "data/postgres");
    testing::write_file(dir / "data/postgres/letter.txt", "dear");
    EXPECT_THAT(refusal({.data_dir = dir / "data"}), HasSubstr("is not a PostgreSQL cluster"));
    EXPECT_EQ(testing::read_file(dir / "data/postgres/letter.txt"), "dear");
}

TEST(EmbeddedRefusal, AReadOnlyPlaceIsNamed) {
    // /proc takes no directories, not even root's.
    EXPECT_THAT(refusal({.data_dir = "/proc/ordinaut"}),
                HasSubstr("cannot create the data directory /proc/ordinaut"));
}

TEST(EmbeddedRefusal, APathTheServersUserCannotEnter) {
    if (geteuid() != 0) return;  // Only root's children run as someone else.
    TempDir dir;
    chmod(dir.path().c_str(), 0700);
    EXPECT_THAT(refusal({.data_dir = dir / "data"}),
                AllOf(HasSubstr("may not enter " + dir.path()), HasSubstr("chmod o+x")));
}

TEST(EmbeddedRefusal, TheServersOwnLastWordsAreToldAndItsPartnerDoesNotStayBehind) {
    TempDir dir;
    {
        auto servers = EmbeddedServers::start({.data_dir = dir / "data", .durable = false});
        ASSERT_OK(servers);
        redis((*servers)->redis_url(), "SET a b");
    }
    std::filesystem::remove_all(dir / "data/postgres/global");
    EXPECT_THAT(refusal({.data_dir = dir / "data"}),
                AllOf(HasSubstr("PostgreSQL did not start"), HasSubstr("global"),
                      HasSubstr("data/log/postgres.log")));
    // The locks are free again: whoever may repair it can.
    EXPECT_THAT(refusal({.data_dir = dir / "data"}), Not(HasSubstr("already runs")));
}

// A file system of a few MiB, where the machine lets us mount one.
TEST(EmbeddedRefusal, AFullDiskIsToldBeforeAClusterIsMade) {
    TempDir dir;
    std::filesystem::create_directory(dir / "small");
    if (mount("tmpfs", (dir / "small").c_str(), "tmpfs", 0, "size=8m,mode=0755") != 0) {
        EXPECT_NE(geteuid(), 0U) << "root can mount a tmpfs on the machines these tests run on";
        return;
    }
    EXPECT_THAT(refusal({.data_dir = dir / "small/data"}),
                AllOf(HasSubstr("MiB free"), HasSubstr("needs 150 MiB")));
    umount((dir / "small").c_str());
}

}  // namespace
}  // namespace ordinaut::embedded
