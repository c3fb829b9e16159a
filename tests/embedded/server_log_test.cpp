#include "embedded/server_log.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_dir.h"

namespace ordinaut::embedded {
namespace {

TEST(ServerLog, RemembersTheLastComplaintWithoutItsPrefix) {
    testing::TempDir dir;
    ServerLog log(dir / "log");
    log.append("2026-01-01 UTC [1] LOG:  starting\n2026-01-01 UTC [1] FA");
    log.append(
        "TAL:  could not write: No space left on device\n2026-01-01 UTC [1] LOG:  database system "
        "is shut down\n");
    EXPECT_EQ(log.complaint(), "could not write: No space left on device");
    log.forget();
    EXPECT_EQ(log.complaint(), "");
    log.append("only this\n\n");
    EXPECT_EQ(log.complaint(), "");
    EXPECT_EQ(log.last_words("nothing"), "only this");
}

TEST(ServerLog, StaysWithinItsSizeAndKeepsOneOlderFile) {
    testing::TempDir dir;
    ServerLog log(dir / "log");
    const std::string chunk(1 << 20, 'x');
    for (int i = 0; i < 10; ++i) log.append(chunk);
    EXPECT_LE(std::filesystem::file_size(dir / "log"), kServerLogBytesMax);
    EXPECT_LE(std::filesystem::file_size(dir / "log.1"), kServerLogBytesMax);
}

TEST(ServerLog, AnUnwritablePlaceIsBorne) {
    ServerLog log("/proc/nowhere/log");
    log.append("FATAL:  still heard\n");
    EXPECT_EQ(log.complaint(), "still heard");
}

}  // namespace
}  // namespace ordinaut::embedded
