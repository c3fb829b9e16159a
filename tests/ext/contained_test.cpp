// Goal: what in-process can contain is contained, and said in one sentence. Method: real libraries,
// one idea each.
#include "ext/extension_log.h"
#include "tests/ext/versioned.h"

namespace ordinaut {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using tool::Outcome;

class ContainedTest : public ::testing::Test {
protected:
    ContainedTest() {
        ext::HostOptions options;
        options.paths.builtin = {BAD_DIR};
        options.cancel_grace = 20ms;
        running_.host.start(std::move(options));
    }
    static bool eventually(const std::function<bool()>& done) {
        for (int n = 0; n < 10'000 && !done(); ++n) std::this_thread::sleep_for(1ms);
        return done();
    }
    // Calls that pass their deadline, until `threads` are stuck: on a slow machine some end before
    // they begin.
    bool get_stuck(int threads) {
        return eventually([&] {
            tool::ToolCall call;
            call.name = "stuck.run";
            call.input_json = "{}";
            call.deadline = std::chrono::steady_clock::now() + 20ms;
            EXPECT_EQ(running_.begin(std::move(call)).get().outcome, Outcome::kTimedOut);
            return running_.info("stuck").stuck >= threads;
        });
    }
    std::vector<std::string> warnings(const std::string& id) const {
        return running_.info(id).warnings;
    }
    RunningHost running_;
};

TEST_F(ContainedTest, AToolThatDoesNotReturnIsGivenUpAndFlagged) {
    ASSERT_TRUE(get_stuck(1));
    EXPECT_THAT(warnings("stuck"),
                Contains(HasSubstr("stuck.run is stuck: its upcall was given up and has not "
                                   "returned; one of 2 threads is lost until it does")));
    EXPECT_EQ(running_.call("good.run", "{}").outcome, Outcome::kOk);
    // Told to stop it comes back, and nothing is lost for good.
    ASSERT_OK(running_.host.disable("stuck"));
    EXPECT_EQ(running_.info("stuck").stuck, 0);
}

TEST_F(ContainedTest, ACanceledToolThatDoesNotStopIsAbandoned) {
    tool::ToolCall call;
    call.name = "never.run";
    call.input_json = "{}";
    tool::CancelCall cancel;
    ASSERT_OK(running_.host.load("never"));
    auto result = running_.begin(call, &cancel);
    cancel();
    const auto ended = result.get();
    EXPECT_EQ(ended.outcome, Outcome::kCanceled);
    if (ended.message.find("before it started") == std::string::npos) {
        EXPECT_EQ(ended.message,
                  "never.run did not stop within 20 ms of being canceled; abandoned");
        EXPECT_THAT(warnings("never"), Contains(ended.message));
    }
}

TEST_F(ContainedTest, ACallThatIsNotFinishedIsNamedWhenItStops) {
    RunningHost other;
    ext::HostOptions options;
    options.paths.builtin = {BAD_DIR};
    options.drain = 20ms;
    other.host.start(std::move(options));
    ASSERT_OK(other.host.load("never"));
    tool::ToolCall call;
    call.name = "never.run";
    call.input_json = "{}";
    auto result = other.begin(std::move(call));
    const auto log = other.host.log("never");
    ASSERT_OK(log);
    ASSERT_TRUE(eventually([&] { return (*log)->last(1).back().message == "kept"; }));
    ASSERT_OK(other.host.disable("never"));
    EXPECT_EQ(result.get().outcome, Outcome::kRetryable);
    EXPECT_THAT(
        other.info("never").warnings,
        Contains(
            "never.run was not answered when it was stopped; every call must be finished once"));
}

TEST_F(ContainedTest, AHandleThatIsNoneIsNamed) {
    EXPECT_EQ(running_.call("handle.run", "{}").outcome, Outcome::kOk);
    EXPECT_THAT(warnings("handle"), Contains("finished a call with a handle that is not one; the "
                                             "handle is call->inv of the upcall"));
}

TEST_F(ContainedTest, AStructThatIsTooSmallIsNamed) {
    EXPECT_EQ(running_.call("call_size.run", "{}").outcome, Outcome::kOk);
    EXPECT_THAT(warnings("call_size"), Contains("invoke was called with struct_size 8, at least 64 "
                                                "is needed; set it to the struct's sizeof"));
    EXPECT_THAT(warnings("call_size"), Contains("invoke was called with a null struct"));
}

TEST_F(ContainedTest, AFloodOfLogLinesIsCut) {
    EXPECT_EQ(running_.call("flood.run", "{}").outcome, Outcome::kOk);
    const auto log = running_.host.log("flood");
    ASSERT_OK(log);
    EXPECT_GT((*log)->dropped(), 10'000u);
    EXPECT_LE((*log)->last(10'000).size(), ext::ExtensionLog::kLinesMax);
}

TEST(ExtensionLog, TokensComeBackAndWhatWasDroppedIsTold) {
    ext::ExtensionLog log;
    const MonoTime begin = MonoTime{} + 1h;
    uint64_t dropped = 0;
    for (int n = 0; n < ext::ExtensionLog::kBurst; ++n) EXPECT_TRUE(log.admit(begin, dropped));
    for (int n = 0; n < 7; ++n) EXPECT_FALSE(log.admit(begin, dropped));
    EXPECT_EQ(dropped, 0u);
    EXPECT_TRUE(log.admit(begin + 1s, dropped));
    EXPECT_EQ(dropped, 7u);
    EXPECT_TRUE(log.admit(begin + 1s, dropped));
    EXPECT_EQ(dropped, 0u);
    for (int n = 0; n < ext::ExtensionLog::kPerSecond - 2; ++n)
        EXPECT_TRUE(log.admit(begin + 1s, dropped));
    EXPECT_FALSE(log.admit(begin + 1s, dropped));
    EXPECT_EQ(log.dropped(), 8u);
}

TEST(ExtensionLog, TheNewestLinesAreKept) {
    ext::ExtensionLog log;
    for (int n = 0; n < 600; ++n) log.add(WallTime{}, "info", std::to_string(n));
    EXPECT_EQ(log.last(1000).size(), ext::ExtensionLog::kLinesMax);
    const auto last = log.last(2);
    ASSERT_EQ(last.size(), 2u);
    EXPECT_EQ(last[0].message, "598");
    EXPECT_EQ(last[1].number, 600);
}

// max_concurrency of `stuck` is 2: further calls wait until a thread is free.
TEST_F(ContainedTest, NoMoreThreadsThanItAllowsAreInside) {
    ASSERT_TRUE(get_stuck(2));
    for (int n = 0; n < 5; ++n) EXPECT_TRUE(get_stuck(2));
    EXPECT_EQ(running_.info("stuck").stuck, 2);
    EXPECT_EQ(running_.info("stuck").open_calls, 0);
    ASSERT_OK(running_.host.disable("stuck"));
}

}  // namespace
}  // namespace ordinaut
