// Goal: who writes C++ carelessly still answers each call once, in words to act on. Method: one
// real library that goes wrong as it is asked to.
#include <gmock/gmock.h>

#include "tests/plugins/running_host.h"

namespace ordinaut {
namespace {

using tool::Outcome;

class WrapperTest : public ::testing::Test {
protected:
    WrapperTest() {
        ext::HostOptions options;
        options.paths.drop_in = {ZOO_DIR "/careless_in_cpp"};
        options.policy.drop_in = ext::DropInPolicy::kManifest;
        running_.host.start(std::move(options));
    }
    tool::ToolResult run(const std::string& input) {
        return running_.call("careless_in_cpp.run", input);
    }
    RunningHost running_;
};

TEST_F(WrapperTest, TheWrapperStopsExceptions) {
    const auto thrown = run(R"({"how":"throw"})");
    EXPECT_EQ(thrown.outcome, Outcome::kRetryable);
    EXPECT_EQ(thrown.message, "boom");
    EXPECT_EQ(run(R"({"how":"throw_int"})").message, "an exception that is no std::exception");
}

TEST_F(WrapperTest, TheWrapperAnswersForWhoForgets) {
    EXPECT_EQ(run(R"({"how":"forget"})").message, "the handler returned without an answer");
    EXPECT_EQ(run(R"({"how":"drop"})").message, "the extension dropped the call without an answer");
}

TEST_F(WrapperTest, ArgumentsAreCheckedByType) {
    const auto missing = run("{}");
    EXPECT_EQ(missing.outcome, Outcome::kTerminal);
    EXPECT_EQ(missing.details_json, R"([{"pointer":"/how","message":"is required"}])");
    EXPECT_EQ(run(R"({"how":"number","n":"x"})").message, "/n: must be an integer");
    EXPECT_EQ(run(R"({"how":"number","n":7})").output_json, R"({"n":7})");
}

TEST_F(WrapperTest, AnswersComeFromOtherThreadsAndOtherTools) {
    EXPECT_EQ(run(R"({"how":"thread"})").output_json, R"({"from":"a thread"})");
    EXPECT_EQ(run(R"({"how":"invoke"})").output_json, R"({"from":"a thread"})");
}

}  // namespace
}  // namespace ordinaut
