// Goal: what an extension does wrong while it runs is one clear sentence, and the host goes on.
// Method: one real library for each way.
#include <gmock/gmock.h>

#include "ext/extension_log.h"
#include "store/memory/kv_store.h"
#include "tests/plugins/running_host.h"
#include "tests/sdk/zoo/documented.h"

namespace ordinaut {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using tool::Outcome;

class MisbehavingTest : public ::testing::Test {
protected:
    void open(const std::string& id) {
        id_ = id;
        ext::HostOptions options;
        options.paths.drop_in = {std::string(ZOO_DIR) + "/" + id};
        options.policy.drop_in = ext::DropInPolicy::kManifest;
        running_.host.start(std::move(options));
    }
    tool::ToolResult run() { return running_.call(id_ + ".run", "{}"); }
    // What GET /extensions warns of. A fault is noted after the answer: stopping the extension
    // waits for its threads.
    std::vector<std::string> faults() {
        EXPECT_TRUE(running_.host.disable(id_).ok());
        auto warnings = running_.info(id_).warnings;
        for (const auto& warning : warnings) EXPECT_TRUE(is_documented(warning)) << warning;
        return warnings;
    }
    // What `ordinaut ext logs` shows.
    std::vector<std::string> log() const {
        std::vector<std::string> lines;
        for (const auto& line : (*running_.host.log(id_))->last(1000))
            lines.push_back(line.message);
        for (const auto& line : lines) {
            const bool complains = line.find("refuse") != std::string::npos ||
                                   line.find("dropped") != std::string::npos;
            EXPECT_TRUE(!complains || is_documented(line)) << line;
        }
        return lines;
    }
    ext::Seams seams() {
        ext::Seams seams;
        seams.metrics = &metrics_;
        seams.kv = &kv_;
        return seams;
    }

    const SystemClock clock_;
    store::memory::MemoryKvStore kv_{clock_};
    metrics::Registry metrics_;
    std::string id_;
    RunningHost running_{seams()};
};

TEST_F(MisbehavingTest, WellBehaved) {
    open("well_behaved");
    EXPECT_EQ(run().output_json, "{}");
    EXPECT_THAT(faults(), IsEmpty());
}
TEST_F(MisbehavingTest, ForgetsItsTask) {
    open("forgets_its_task");
    EXPECT_EQ(run().output_json, "{}");
    const auto warnings = running_.info(id_).warnings;
    for (const auto& warning : warnings) EXPECT_TRUE(is_documented(warning)) << warning;
    EXPECT_THAT(warnings, Contains("the manifest declares the background task 'poll', but the code "
                                   "has not spawned it"));
    EXPECT_THAT(warnings,
                Contains(::testing::StartsWith(
                    "/scopes/1: nobody can grant it here: unknown scope 'tasks:reed'; did "
                    "you mean 'tasks:read'? There are tasks:read, tasks:write, ")));
    // It is no fault of a generation that has ended.
    EXPECT_THAT(faults(), Not(Contains(::testing::HasSubstr("'poll'"))));
}
TEST_F(MisbehavingTest, FinishesTwice) {
    open("finishes_twice");
    EXPECT_EQ(run().output_json, R"({"first":true})");
    EXPECT_THAT(faults(), ElementsAre("finished one call twice; the second answer is ignored"));
}
TEST_F(MisbehavingTest, AnswersAndFails) {
    open("answers_and_fails");
    EXPECT_EQ(run().output_json, R"({"first":true})");
    EXPECT_THAT(faults(), ElementsAre("answers_and_fails.run returned ORD_E_TERMINAL after it had "
                                      "finished the call; the return value of an "
                                      "answered call must be ORD_OK"));
}
TEST_F(MisbehavingTest, NeverAnswersUntilTheDeadline) {
    open("never_answers");
    tool::ToolCall call;
    call.name = "never_answers.run";
    call.input_json = "{}";
    call.deadline = std::chrono::steady_clock::now() + 20ms;
    const auto result = running_.begin(std::move(call)).get();
    EXPECT_EQ(result.outcome, Outcome::kTimedOut);
    EXPECT_EQ(result.message, "never_answers.run did not answer in time");
}
TEST_F(MisbehavingTest, NeverAnswersUntilTheHostStops) {
    open("never_answers");
    ASSERT_TRUE(running_.host.load("never_answers").ok());
    tool::ToolCall call;
    call.name = "never_answers.run";
    call.input_json = "{}";
    auto result = running_.begin(std::move(call));
    running_.host.stop(std::chrono::steady_clock::now() + 50ms);
    // The stop may come before the code was entered; then the call was not begun at all.
    const auto ended = result.get();
    EXPECT_EQ(ended.outcome, Outcome::kRetryable);
    EXPECT_THAT(ended.message,
                testing::AnyOf("extension 'never_answers' stopped before it answered",
                               "extension 'never_answers' is draining"));
}
TEST_F(MisbehavingTest, AnswersNonsense) {
    open("answers_nonsense");
    const auto result = run();
    EXPECT_EQ(result.outcome, Outcome::kTerminal);
    EXPECT_EQ(result.message,
              "tool 'answers_nonsense.run' gave an answer that breaks its own output_schema: "
              "not valid JSON at line 1, column 2: Missing a name for object member.");
}
TEST_F(MisbehavingTest, AnswersBrokenText) {
    open("answers_broken_text");
    EXPECT_EQ(run().message,
              "tool 'answers_broken_text.run' gave an answer that breaks its own output_schema: "
              "not valid JSON at line 1, column 7: Invalid encoding in string.");
}
TEST_F(MisbehavingTest, BreaksItsSchema) {
    open("breaks_its_schema");
    EXPECT_EQ(run().message,
              "tool 'breaks_its_schema.run' gave an answer that breaks its own output_schema: "
              "must be an object, got an array");
}
TEST_F(MisbehavingTest, UnknownStatus) {
    open("unknown_status");
    const auto result = run();
    EXPECT_EQ(result.outcome, Outcome::kTerminal);
    EXPECT_EQ(result.message, "unknown_status.run returned status 4711");
}
TEST_F(MisbehavingTest, GarblesItsError) {
    open("garbles_its_error");
    EXPECT_EQ(run().message, "broken ? text");
}
TEST_F(MisbehavingTest, TalksTooMuch) {
    open("talks_too_much");
    const auto message = run().message;
    EXPECT_LT(message.size(), 20'000u);
    EXPECT_EQ(message.substr(0, 3), "xxx");
}
TEST_F(MisbehavingTest, GuessesHandles) {
    open("guesses_handles");
    EXPECT_EQ(run().output_json, R"({"refused":true})");
}
TEST_F(MisbehavingTest, SendsNulls) {
    open("sends_nulls");
    EXPECT_EQ(run().output_json, R"({"refused":true})");
}
TEST_F(MisbehavingTest, ListensToNobody) {
    open("listens_to_nobody");
    EXPECT_EQ(run().output_json, "{}");
    EXPECT_THAT(faults(), ElementsAre("asked for something asynchronous, but has a null on_async"));
}
TEST_F(MisbehavingTest, ThrowsInATool) {
    open("throws_in_tool");
    const auto result = run();
    EXPECT_EQ(result.outcome, Outcome::kRetryable);
    EXPECT_EQ(result.message, "throws_in_tool.run threw an exception across the boundary: boom");
    EXPECT_THAT(faults(),
                ElementsAre("throws_in_tool.run threw an exception across the boundary: boom"));
}
TEST_F(MisbehavingTest, FloodsTheLog) {
    open("floods_the_log");
    EXPECT_EQ(run().output_json, "{}");
    const auto known = running_.host.log(id_);
    ASSERT_TRUE(known.ok());
    EXPECT_GT((*known)->dropped(), 5'000u);
    EXPECT_LE((*known)->last(10'000).size(), ext::ExtensionLog::kLinesMax);
    // How much was lost is said with the next line that is kept.
    const auto said = [&] {
        for (const auto& line : log())
            if (line.find("dropped") != std::string::npos) return line;
        return std::string();
    };
    for (int n = 0; n < 1000 && said().empty(); ++n) run();
    EXPECT_THAT(said(), MatchesRegex("[0-9]+ log lines were dropped: more than 100 a second"));
}
// Its handle is gone for good: what it says reaches nobody, and it keeps nobody from anything.
TEST_F(MisbehavingTest, CallsAfterTheEnd) {
    open("calls_after_the_end");
    EXPECT_EQ(run().output_json, "{}");
    EXPECT_THAT(faults(), IsEmpty());
    EXPECT_EQ(running_.info(id_).state, ext::State::kDisabled);
    EXPECT_TRUE(running_.host.enable(id_).ok());
    EXPECT_EQ(run().output_json, "{}");
    EXPECT_THAT(log(), Not(Contains("still here")));
}
TEST_F(MisbehavingTest, KeepsTooMuch) {
    open("keeps_too_much");
    EXPECT_EQ(run().output_json, R"({"refused":true})");
    EXPECT_THAT(log(),
                Contains("ord.kv refuses the call: the value has 300000 bytes, at most 262144 "
                         "are allowed"));
    EXPECT_THAT(log(), Contains("ord.kv refuses the call: a key must be 1 to 512 bytes of UTF-8 "
                                "without control characters"));
}
TEST_F(MisbehavingTest, PublishesTooMuch) {
    open("publishes_too_much");
    EXPECT_EQ(run().output_json, R"({"refused":true})");
    EXPECT_THAT(log(), Contains("an event is refused: the payload has 300000 bytes, at most 262144 "
                                "are allowed"));
}
TEST_F(MisbehavingTest, LabelsWithoutEnd) {
    open("labels_without_end");
    EXPECT_EQ(run().output_json, "{}");
    EXPECT_THAT(faults(), ElementsAre("a metric has more than 200 combinations of label values; "
                                      "further ones are added up as 'other'"));
    for (const auto& family : metrics_.snapshot())
        if (family.name == "ordinaut_ext_labels_without_end_visits_total") {
            EXPECT_EQ(family.samples.size(), 201u);
        }
}
// Its thread is gone; the call, and everyone else, is not.
TEST_F(MisbehavingTest, NeverComesBack) {
    open("never_comes_back");
    tool::ToolCall call;
    call.name = "never_comes_back.run";
    call.input_json = "{}";
    call.deadline = std::chrono::steady_clock::now() + 20ms;
    EXPECT_EQ(running_.begin(std::move(call)).get().message,
              "never_comes_back.run did not answer in time");
}
// What only `ext check` notices does no harm at once.
TEST_F(MisbehavingTest, LeaksButWorks) {
    for (const char* id : {"leaks_memory", "leaks_files", "keeps_buffers"}) {
        RunningHost running;
        ext::HostOptions options;
        options.paths.drop_in = {std::string(ZOO_DIR) + "/" + id};
        options.policy.drop_in = ext::DropInPolicy::kManifest;
        running.host.start(std::move(options));
        EXPECT_EQ(running.call(std::string(id) + ".run", "{}").output_json, "{}") << id;
    }
}

}  // namespace
}  // namespace ordinaut
