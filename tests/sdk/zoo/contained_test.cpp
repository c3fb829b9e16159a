// Goal: what in-process can contain is contained, and said in one sentence. Method: real libraries,
// one idea each.
#include <gmock/gmock.h>

#include <thread>

#include "tests/plugins/running_host.h"
#include "tests/support/result_matchers.h"

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
        for (const char* id : {"comes_back_when_told", "guesses_handles", "never_answers",
                               "sends_nulls", "well_behaved"})
            options.paths.drop_in.push_back(std::string(ZOO_DIR) + "/" + id);
        options.policy.drop_in = ext::DropInPolicy::kManifest;
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
            call.name = "comes_back_when_told.run";
            call.input_json = "{}";
            call.deadline = std::chrono::steady_clock::now() + 20ms;
            EXPECT_EQ(running_.begin(std::move(call)).get().outcome, Outcome::kTimedOut);
            return running_.info("comes_back_when_told").stuck >= threads;
        });
    }
    std::vector<std::string> warnings(const std::string& id) const {
        return running_.info(id).warnings;
    }
    RunningHost running_;
};

TEST_F(ContainedTest, AToolThatDoesNotReturnIsGivenUpAndFlagged) {
    ASSERT_TRUE(get_stuck(1));
    EXPECT_THAT(
        warnings("comes_back_when_told"),
        Contains(HasSubstr("comes_back_when_told.run is stuck: its upcall was given up and has not "
                           "returned; one of 2 threads is lost until it does")));
    EXPECT_EQ(running_.call("well_behaved.run", "{}").outcome, Outcome::kOk);
    // Told to stop it comes back, and nothing is lost for good.
    ASSERT_OK(running_.host.disable("comes_back_when_told"));
    EXPECT_EQ(running_.info("comes_back_when_told").stuck, 0);
}

TEST_F(ContainedTest, ACanceledToolThatDoesNotStopIsAbandoned) {
    tool::ToolCall call;
    call.name = "never_answers.run";
    call.input_json = "{}";
    tool::CancelCall cancel;
    ASSERT_OK(running_.host.load("never_answers"));
    auto result = running_.begin(call, &cancel);
    cancel();
    const auto ended = result.get();
    EXPECT_EQ(ended.outcome, Outcome::kCanceled);
    if (ended.message.find("before it started") == std::string::npos) {
        EXPECT_EQ(ended.message,
                  "never_answers.run did not stop within 20 ms of being canceled; abandoned");
        EXPECT_THAT(warnings("never_answers"), Contains(ended.message));
    }
}

TEST_F(ContainedTest, ACallThatIsNotFinishedIsNamedWhenItStops) {
    RunningHost other;
    ext::HostOptions options;
    options.paths.drop_in = {ZOO_DIR "/never_answers"};
    options.policy.drop_in = ext::DropInPolicy::kManifest;
    options.drain = 20ms;
    other.host.start(std::move(options));
    ASSERT_OK(other.host.load("never_answers"));
    tool::ToolCall call;
    call.name = "never_answers.run";
    call.input_json = "{}";
    auto result = other.begin(std::move(call));
    const auto log = other.host.log("never_answers");
    ASSERT_OK(log);
    ASSERT_TRUE(eventually([&] { return (*log)->last(1).back().message == "kept"; }));
    ASSERT_OK(other.host.disable("never_answers"));
    EXPECT_EQ(result.get().outcome, Outcome::kRetryable);
    EXPECT_THAT(other.info("never_answers").warnings,
                Contains("never_answers.run was not answered when it was stopped; every call must "
                         "be finished once"));
}

TEST_F(ContainedTest, AHandleThatIsNoneIsNamed) {
    EXPECT_EQ(running_.call("guesses_handles.run", "{}").outcome, Outcome::kOk);
    EXPECT_THAT(warnings("guesses_handles"),
                Contains("finished a call with a handle that is not one; the "
                         "handle is call->inv of the upcall"));
}

TEST_F(ContainedTest, AStructThatIsTooSmallIsNamed) {
    EXPECT_EQ(running_.call("sends_nulls.run", "{}").outcome, Outcome::kOk);
    EXPECT_THAT(warnings("sends_nulls"),
                Contains("invoke was called with struct_size 8, at least 64 "
                         "is needed; set it to the struct's sizeof"));
    EXPECT_THAT(warnings("sends_nulls"), Contains("invoke was called with a null struct"));
}

// max_concurrency of `comes_back_when_told` is 2: further calls wait until a thread is free.
TEST_F(ContainedTest, NoMoreThreadsThanItAllowsAreInside) {
    ASSERT_TRUE(get_stuck(2));
    for (int n = 0; n < 5; ++n) EXPECT_TRUE(get_stuck(2));
    EXPECT_EQ(running_.info("comes_back_when_told").stuck, 2);
    EXPECT_EQ(running_.info("comes_back_when_told").open_calls, 0);
    ASSERT_OK(running_.host.disable("comes_back_when_told"));
}

TEST_F(ContainedTest, ManyFirstCallsLoadItOnce) {
    std::vector<std::future<tool::ToolResult>> results;
    for (int n = 0; n < 200; ++n) {
        tool::ToolCall call;
        call.name = "well_behaved.run";
        call.input_json = "{}";
        results.push_back(running_.begin(std::move(call)));
    }
    for (auto& result : results) EXPECT_EQ(result.get().outcome, Outcome::kOk);
}

}  // namespace
}  // namespace ordinaut
