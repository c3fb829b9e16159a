#include "tests/support/process.h"

#include <gtest/gtest.h>

#include <csignal>

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;

TEST(Process, TellsLinesSignalsAndTheExitCode) {
    Process server({.argv = {ECHO_SERVER}, .env = {{"GREETING", "hello there"}}});
    EXPECT_EQ(server.wait_for_line("GREETING", 10s), "GREETING=hello there");
    EXPECT_TRUE(server.wait_for_line("listening on port", 10s).has_value());
    EXPECT_TRUE(server.running());
    EXPECT_EQ(server.wait_exit(1ms), std::nullopt);
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait_exit(10s), 7);
    EXPECT_FALSE(server.running());
}

TEST(Process, ALineThatNeverComesIsNotWaitedForAfterTheEnd) {
    Process process({.argv = {"true"}});
    EXPECT_EQ(process.wait_for_line("never", 60s), std::nullopt);
    EXPECT_EQ(process.wait_exit(10s), 0);
}

TEST(Process, GivesInputAndCapturesEverything) {
    std::string text(300'000, 'x');
    text += "\nlast\n";
    const auto outcome = run_process({.argv = {"cat"}, .stdin_text = text});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(outcome.out, text);
}

TEST(Process, ASignalIsToldAs128PlusItsNumber) {
    Process process({.argv = {"sleep", "600"}});
    process.signal_group(SIGKILL);
    EXPECT_EQ(process.wait_exit(10s), 128 + SIGKILL);
}

}  // namespace
}  // namespace ordinaut::testing
