// Goal: what an extension does wrong is one clear sentence, and the host goes on. Method: real
// libraries, one idea each.
#include "tests/plugins/running_host.h"

namespace ordinaut {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using tool::Outcome;

class BadExtensionTest : public ::testing::Test {
protected:
    BadExtensionTest() { running_.start(BAD_DIR); }

    // What the first call says about an extension that cannot be loaded.
    void expect_refused(const std::string& id, const std::string& why) {
        const auto result = running_.call(id + ".run", "{}");
        EXPECT_EQ(result.outcome, Outcome::kTerminal);
        EXPECT_THAT(result.message, HasSubstr(why));
        EXPECT_EQ(running_.info(id).state, ext::State::kError);
        EXPECT_THAT(running_.info(id).reason, HasSubstr(why));
        EXPECT_EQ(running_.host.load(id).error().code, ErrorCode::kUnavailable);
        EXPECT_EQ(running_.call("good.run", "{}").outcome, Outcome::kOk);
    }
    void expect_fault(const std::string& id, const std::string& what) {
        // The fault is noted after the answer: stopping the extension waits for its threads.
        ASSERT_TRUE(running_.host.disable(id).ok());
        EXPECT_THAT(running_.info(id).warnings, Contains(HasSubstr(what)));
    }
    RunningHost running_;
};

TEST_F(BadExtensionTest, TheSameFileWithoutAMistakeWorks) {
    EXPECT_EQ(running_.call("good.run", "{}").outcome, Outcome::kOk);
    EXPECT_THAT(running_.info("good").warnings, ::testing::IsEmpty());
}

TEST_F(BadExtensionTest, TheFirstOfTwoAnswersCounts) {
    EXPECT_EQ(running_.call("twice.run", "{}").output_json, R"({"first":true})");
    expect_fault("twice", "finished one call twice");
}

TEST_F(BadExtensionTest, AnErrorReturnedAfterTheAnswerIsIgnored) {
    EXPECT_EQ(running_.call("returns.run", "{}").output_json, R"({"first":true})");
    expect_fault("returns", "returned ORD_E_TERMINAL after it had finished the call");
}

TEST_F(BadExtensionTest, ACallThatIsNeverAnsweredEndsAtItsDeadline) {
    tool::ToolCall call;
    call.name = "never.run";
    call.input_json = "{}";
    call.deadline = std::chrono::steady_clock::now() + 20ms;
    EXPECT_EQ(running_.begin(std::move(call)).get().outcome, Outcome::kTimedOut);
}

TEST_F(BadExtensionTest, ACallThatIsNeverAnsweredEndsWithTheHost) {
    ASSERT_TRUE(running_.host.load("never").ok());
    tool::ToolCall call;
    call.name = "never.run";
    call.input_json = "{}";
    auto result = running_.begin(std::move(call));
    running_.host.stop(std::chrono::steady_clock::now() + 50ms);
    EXPECT_EQ(result.get().outcome, Outcome::kRetryable);
}

TEST_F(BadExtensionTest, AnAnswerThatIsNotJsonFailsTheCall) {
    const auto result = running_.call("json.run", "{}");
    EXPECT_EQ(result.outcome, Outcome::kTerminal);
    EXPECT_THAT(result.message, HasSubstr("json.run"));
}

TEST_F(BadExtensionTest, AnUnknownStatusIsTerminal) {
    const auto result = running_.call("status.run", "{}");
    EXPECT_EQ(result.outcome, Outcome::kTerminal);
    EXPECT_EQ(result.message, "status.run returned status 4711");
}

TEST_F(BadExtensionTest, RefusedCreateGivesItsOwnWords) {
    expect_refused("create", "create returned ORD_E_DENIED: the licence has expired");
}
TEST_F(BadExtensionTest, OtherSchemasThanTheManifests) {
    expect_refused("schema", "other schemas than the manifest's");
}
TEST_F(BadExtensionTest, ADeclaredToolThatIsNotRegistered) {
    expect_refused("unregistered",
                   "declares the tool 'unregistered.run', but the code does not register it");
}
TEST_F(BadExtensionTest, ANullEntry) { expect_refused("null", "has a null on_tool"); }
TEST_F(BadExtensionTest, ANullDescriptor) { expect_refused("descriptor", "returned null"); }
TEST_F(BadExtensionTest, AWrongStructSize) { expect_refused("size", "has struct_size 40"); }
TEST_F(BadExtensionTest, AnotherId) {
    expect_refused("stranger", "says id 'somebody', the manifest says 'stranger'");
}

TEST_F(BadExtensionTest, TheWrapperStopsExceptions) {
    const auto thrown = running_.call("wrapper.run", R"({"how":"throw"})");
    EXPECT_EQ(thrown.outcome, Outcome::kRetryable);
    EXPECT_EQ(thrown.message, "boom");
    EXPECT_EQ(running_.call("wrapper.run", R"({"how":"throw_int"})").message,
              "an exception that is no std::exception");
}

TEST_F(BadExtensionTest, TheWrapperAnswersForWhoForgets) {
    EXPECT_EQ(running_.call("wrapper.run", R"({"how":"forget"})").message,
              "the handler returned without an answer");
    EXPECT_EQ(running_.call("wrapper.run", R"({"how":"drop"})").message,
              "the extension dropped the call without an answer");
}

TEST_F(BadExtensionTest, ArgumentsAreCheckedByType) {
    const auto missing = running_.call("wrapper.run", "{}");
    EXPECT_EQ(missing.outcome, Outcome::kTerminal);
    EXPECT_EQ(missing.details_json, R"([{"pointer":"/how","message":"is required"}])");
    EXPECT_EQ(running_.call("wrapper.run", R"({"how":"number","n":"x"})").message,
              "/n: must be an integer");
    EXPECT_EQ(running_.call("wrapper.run", R"({"how":"number","n":7})").output_json, R"({"n":7})");
}

TEST_F(BadExtensionTest, AnswersComeFromOtherThreadsAndOtherTools) {
    EXPECT_EQ(running_.call("wrapper.run", R"({"how":"thread"})").output_json,
              R"({"from":"a thread"})");
    EXPECT_EQ(running_.call("wrapper.run", R"({"how":"invoke"})").output_json,
              R"({"from":"a thread"})");
}

TEST_F(BadExtensionTest, ManyFirstCallsLoadItOnce) {
    std::vector<std::future<tool::ToolResult>> results;
    for (int n = 0; n < 200; ++n) {
        tool::ToolCall call;
        call.name = "good.run";
        call.input_json = "{}";
        results.push_back(running_.begin(std::move(call)));
    }
    for (auto& result : results) EXPECT_EQ(result.get().outcome, Outcome::kOk);
}

TEST(Denied, WithoutToolsNothingIsOffered) {
    RunningHost running;
    ext::HostOptions options;
    options.paths.drop_in = {BAD_DIR "/good"};
    options.policy.drop_in = ext::DropInPolicy::kExplicit;
    running.host.start(std::move(options));
    EXPECT_EQ(running.catalogue.find("good.run"), nullptr);
    EXPECT_FALSE(running.host.load("good").ok());
    EXPECT_THAT(running.info("good").reason, HasSubstr("ORD_E_DENIED"));
    EXPECT_THAT(running.info("good").warnings,
                Contains(HasSubstr("TOOLS is asked for, but not granted")));
}

}  // namespace
}  // namespace ordinaut
