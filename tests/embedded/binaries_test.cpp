#include "embedded/binaries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace ordinaut::embedded {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class BinariesTest : public ::testing::Test {
protected:
    void program(const std::string& name) {
        const std::string path = dir_ / name;
        fs::create_directories(fs::path(path).parent_path());
        testing::write_file(path, "#!/bin/sh\n");
        fs::permissions(path, fs::perms::owner_all);
    }
    void installation(const std::string& name) {
        program(name + "/postgres");
        program(name + "/initdb");
    }
    testing::TempDir dir_;
};

TEST_F(BinariesTest, TheNewestMajorWinsByNumberNotByText) {
    installation("pg/9/bin");
    installation("pg/15/bin");
    installation("pg/100/bin");
    const auto found = find_postgres(0, dir_ / "pg", "");
    ASSERT_OK(found);
    EXPECT_EQ(found->postgres, dir_ / "pg/100/bin/postgres");
    EXPECT_EQ(found->initdb, dir_ / "pg/100/bin/initdb");
}

TEST_F(BinariesTest, AClusterKeepsItsMajor) {
    installation("pg/15/bin");
    installation("pg/16/bin");
    const auto found = find_postgres(15, dir_ / "pg", "");
    ASSERT_OK(found);
    EXPECT_EQ(found->postgres, dir_ / "pg/15/bin/postgres");
}

TEST_F(BinariesTest, TooOldOrHalfAnInstallationWillNotDo) {
    installation("pg/13/bin");
    program("pg/16/bin/postgres");
    const auto found = find_postgres(0, dir_ / "pg", "");
    ASSERT_FALSE(found.ok());
    EXPECT_THAT(found.error().message, HasSubstr("PostgreSQL 14 or newer is not installed"));
}

TEST_F(BinariesTest, ALinkInPathLeadsToItsInstallation) {
    installation("opt/15/bin");
    fs::create_directory(dir_ / "local");
    fs::create_symlink(dir_ / "opt/15/bin/postgres", dir_ / "local/postgres");
    const auto found = find_postgres(0, dir_ / "none", "relative:" + (dir_ / "local"));
    ASSERT_OK(found);
    EXPECT_EQ(found->initdb, fs::canonical(dir_ / "opt/15/bin/initdb"));
}

TEST_F(BinariesTest, RedisIsLookedForInPath) {
    program("bin/redis-server");
    const auto found = find_redis("/nowhere:" + (dir_ / "bin"));
    ASSERT_OK(found);
    EXPECT_EQ(*found, dir_ / "bin/redis-server");
}

}  // namespace
}  // namespace ordinaut::embedded
