// Goal: an answer is an edge exactly when docs/conditions.md says so: edge × for × cooldown ×
// unknown. Method: a line of answers, one every ten seconds; "!" marks where it must fire.
#include "condition/edge.h"

#include <gtest/gtest.h>

#include <sstream>

namespace ordinaut::condition {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kUnknown = "?";

struct Watched {
    Edge edge = Edge::kRising;
    int for_seconds = 0;
    int cooldown_seconds = 0;
};

class EdgeTest : public ::testing::Test {
protected:
    store::ConditionVerdict answer(const Watched& watched, std::string_view value) {
        store::ConditionAnswer answer;
        answer.condition.source_json = R"({"kind":"queue"})";
        answer.condition.edge = watched.edge;
        answer.condition.for_seconds = watched.for_seconds;
        answer.condition.cooldown_seconds = watched.cooldown_seconds;
        if (value == kUnknown)
            answer.error = "no answer";
        else
            answer.value_json = value;
        auto verdict = judge(answer, state_, now_);
        // As it comes back from the store.
        JsonWriter writer;
        write_json(writer, verdict.state);
        state_ = condition_state_from_stored(writer.take());
        for (const store::Skip& skip : verdict.skips) skips_.push_back(skip.reason);
        return verdict;
    }
    // The answers of `line` ("0" and "1" are false and true), with "!" after those that fired.
    std::string play(const Watched& watched, const std::string& line) {
        std::istringstream words(line);
        std::string word, played;
        while (words >> word) {
            if (word.back() == '!') word.pop_back();
            const std::string value = word == "0" ? "false" : word == "1" ? "true" : word;
            played += (played.empty() ? "" : " ") + word;
            if (answer(watched, value).fires) played += "!";
            now_ += 10s;
        }
        return played;
    }
    void expect(const Watched& watched, const std::string& line) {
        state_ = {};
        skips_.clear();
        EXPECT_EQ(play(watched, line), line);
    }

    WallTime now_ = *parse_time("2026-03-01T08:00:00Z");
    ConditionState state_;
    std::vector<std::string> skips_;
};

TEST_F(EdgeTest, RisingFiresOnceWhenFalseBecomesTrue) {
    expect({}, "0 0 1! 1 1 0 1! 0 0 1!");
    expect({}, "1 1 0 1! 1");  // The first answer is what others are compared with.
}

TEST_F(EdgeTest, TruthIsThatOfJmesPath) { expect({}, R"([] [3]! {} "" 0.0! 7 {"a":1} 0 [1]!)"); }

TEST_F(EdgeTest, UnknownIsNeitherTrueNorFalse) {
    expect({}, "? ? 0 ? 1! ? ? 1 ? 1");
    expect({}, "? 1 0 1!");
    expect({}, "0 1! ? 0 ? 1!");
}

TEST_F(EdgeTest, ForCountsFromTheFirstTrueAnswerAndUnknownDoesNotResetIt) {
    const Watched held{Edge::kRising, 20, 0};
    expect(held, "0 1 1 1! 1 0 1 1 1! 1");
    expect(held, "0 1 1 0 1 1 0 1 1 1!");
    expect(held, "0 1 ? 1! 1");
    expect(held, "0 1 ? ? ? 1!");
    expect(held, "0 1 ? 0 1 1 1!");
}

TEST_F(EdgeTest, LevelFiresWhileItIsTrue) {
    expect({Edge::kLevel, 0, 0}, "1! 1! 0 ? 1! ? 1!");
    expect({Edge::kLevel, 20, 0}, "1 1 1! 1! 0 1 1 1!");
    expect({Edge::kLevel, 0, 30}, "1! 1 1 1! 1 0 1!");
    EXPECT_TRUE(skips_.empty());
}

TEST_F(EdgeTest, ChangeComparesValues) {
    const Watched change{Edge::kChange, 0, 0};
    expect(change, "1 1 0! 0 1! ? 1 ? 0!");
    expect(change, R"("a" "b"! [1,2]! [1,2.0] {"a":1,"b":2}! {"b":2,"a":1})");
}

TEST_F(EdgeTest, AChangeThatIsTakenBackIsNone) {
    const Watched change{Edge::kChange, 20, 0};
    expect(change, "0 1 0 1 1 1! 1 0 0 1 1");
    expect(change, "0 2 3 3 3! 3");  // Counted from the first time it gave that very value.
}

TEST_F(EdgeTest, AnEdgeInTheCooldownWaits) {
    const Watched cool{Edge::kRising, 0, 30};
    expect(cool, "0 1! 0 1 1! 1 1 1");
    EXPECT_TRUE(skips_.empty());
    expect(cool, "0 1! 0 1 0 0 1!");  // It was over before its time came.
    EXPECT_EQ(skips_, std::vector<std::string>{"cooldown"});
    expect(cool, "0 1! 0 1 ? 1! 0");  // It held as far as anybody knows.
    EXPECT_TRUE(skips_.empty());
    expect({Edge::kChange, 0, 30}, "0 1! 2 2 2!");
    expect({Edge::kChange, 0, 30}, "0 1! 2 1 1 1 2!");
    EXPECT_EQ(skips_, std::vector<std::string>{"cooldown"});
}

TEST_F(EdgeTest, CooldownAndForTogether) {
    expect({Edge::kRising, 10, 40}, "0 1 1! 0 1 1 1! 1");
    expect({Edge::kRising, 10, 40}, "0 1 1! 0 1 0 1 1! 0");
    EXPECT_TRUE(skips_.empty());  // The second was not held long enough to be one.
}

TEST_F(EdgeTest, AfterAPauseTheFirstAnswerIsTheFirstAgain) {
    play({}, "0");
    state_.forget_answers();
    EXPECT_EQ(play({}, "1 0 1"), "1 0 1!");
    play({}, "0");  // A pause that is recovered from forgets nothing.
    EXPECT_EQ(play({}, "1"), "1!");
}

TEST_F(EdgeTest, WhatIsKnownIsVisible) {
    play({}, "0 ? 1 ?");
    EXPECT_EQ(state_.value_json, "true");
    EXPECT_EQ(state_.error, "no answer");
    EXPECT_EQ(state_.errors_in_a_row, 1);
    EXPECT_EQ(state_.error_at, now_ - 10s);
    EXPECT_EQ(state_.evaluated_at, now_ - 10s);
    EXPECT_EQ(state_.value_at, now_ - 20s);
    EXPECT_EQ(state_.fired_at, now_ - 20s);
    play({}, "1");
    EXPECT_EQ(state_.errors_in_a_row, 0);
    EXPECT_EQ(state_.error, "no answer");  // With its time: the last one.
}

TEST_F(EdgeTest, TheRunSeesWhatHappened) {
    play({Edge::kChange, 0, 0}, "17");
    const auto verdict = answer({Edge::kChange, 0, 0}, "18");
    EXPECT_EQ(verdict.event_json,
              R"({"source":"queue","value":18,"previous":17,"at":"2026-03-01T08:00:10Z"})");
}

}  // namespace
}  // namespace ordinaut::condition
