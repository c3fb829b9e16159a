// Goal: new code takes over without a lost call, and code that does not start changes nothing.
// Method: one extension in several versions, put into its folder one after the other, while it is
// called.
#include <fstream>

#include "tests/ext/versioned.h"

namespace ordinaut {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using tool::Outcome;

class ReloadTest : public VersionedTest {};

TEST_F(ReloadTest, NewCodeAnswersAndTheManifestIsReadAgain) {
    EXPECT_EQ(answer("version"), "1");
    put(2);
    EXPECT_EQ(answer("version"), "1");
    ASSERT_OK(running_.host.reload("versioned"));
    EXPECT_EQ(answer("version"), "2");
    EXPECT_EQ(info().version, "2.0.0");
    EXPECT_EQ(info().generation, 2);
    EXPECT_THAT(info().tools, ::testing::ElementsAre("versioned.everywhere", "versioned.hold",
                                                     "versioned.only_2", "versioned.run"));
    EXPECT_EQ(running_.catalogue.find("versioned.only_1"), nullptr);
    EXPECT_EQ(running_.call("versioned.everywhere", "{}").outcome, Outcome::kOk);
}

TEST_F(ReloadTest, ACallUnderWayEndsInTheOldGeneration) {
    ASSERT_OK(running_.host.load("versioned"));
    auto held = hold();
    put(2);
    ASSERT_OK(running_.host.reload("versioned"));
    EXPECT_EQ(held.get().output_json, R"({"held_by":1})");
    EXPECT_EQ(answer("version"), "2");
}

TEST_F(ReloadTest, WhatDoesNotStartLeavesTheOldOneRunning) {
    EXPECT_EQ(answer("version"), "1");
    put(4);
    const auto refused = running_.host.reload("versioned");
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message, HasSubstr("start returned ORD_E_RETRYABLE: no database"));
    EXPECT_EQ(info().state, ext::State::kRunning);
    EXPECT_THAT(info().reason, HasSubstr("not reloaded, version 1.0.0 goes on: versioned: start "
                                         "returned ORD_E_RETRYABLE: no database"));
    EXPECT_EQ(answer("version"), "1");
    EXPECT_EQ(running_.call("versioned.only_1", "{}").outcome, Outcome::kOk);
    EXPECT_EQ(running_.catalogue.find("versioned.only_4"), nullptr);
    std::ofstream(folder_ / "versioned/extension.json") << "{";
    EXPECT_THAT(running_.host.reload("versioned").error().message,
                HasSubstr("versioned/extension.json: "));
    EXPECT_EQ(answer("version"), "1");
    put(2);
    ASSERT_OK(running_.host.reload("versioned"));
    EXPECT_EQ(info().reason, "");
    EXPECT_EQ(answer("version"), "2");
}

TEST_F(ReloadTest, AFileThatWasCutOffLeavesTheOldOneRunning) {
    EXPECT_EQ(answer("version"), "1");
    std::filesystem::resize_file(folder_ / "versioned/libversioned.so", 5000);
    EXPECT_THAT(running_.host.reload("versioned").error().message,
                HasSubstr("libversioned.so is cut off"));
    EXPECT_EQ(answer("version"), "1");
}

TEST_F(ReloadTest, ABrokenFolderIsUsedOnceItIsRepaired) {
    EXPECT_EQ(running_.host.reload("nothing").error().code, ErrorCode::kNotFound);
    std::ofstream(folder_ / "versioned/extension.json") << "{";
    ASSERT_FALSE(running_.host.reload("versioned").ok());
    EXPECT_EQ(info().state, ext::State::kError);
    put(2);
    ASSERT_OK(running_.host.load("versioned"));
    EXPECT_EQ(answer("version"), "2");
}

// Two generations never share static variables; a copy nobody uses any more is used again, so
// memory does not grow.
TEST_F(ReloadTest, CopiesInMemoryAreUsedAgain) {
    EXPECT_EQ(answer("starts"), "1");
    for (int n = 0; n < 10; ++n) {
        ASSERT_OK(running_.host.reload("versioned"));
        ASSERT_TRUE(drained());
    }
    EXPECT_EQ(info().generation, 11);
    EXPECT_LE(info().libraries_kept, 3);
}

// The callers never stop; every reload is of other bytes.
TEST_F(ReloadTest, NoCallIsLostUnderLoad) {
    std::atomic<bool> over{false};
    std::atomic<int> answered{0};
    std::vector<std::string> failures[4];
    std::vector<std::thread> callers;
    for (auto& own : failures)
        callers.emplace_back([&] {
            while (!over) {
                const auto result = running_.call("versioned.run", "{}");
                if (result.outcome != Outcome::kOk) own.push_back(result.message);
                ++answered;
            }
        });
    for (int n = 0; n < 20; ++n) {
        const int version = 1 + n % 3;
        put(version, n);
        EXPECT_OK(running_.host.reload("versioned"));
        EXPECT_EQ(answer("version"), std::to_string(version));
        for (const int before = answered; answered < before + 50;) std::this_thread::yield();
    }
    over = true;
    for (auto& caller : callers) caller.join();
    for (const auto& own : failures) EXPECT_THAT(own, ::testing::IsEmpty());
    EXPECT_TRUE(drained());
}

TEST_F(ReloadTest, OtherConfigurationReachesTheRunningCode) {
    EXPECT_EQ(answer("config"), "{}");
    ASSERT_OK(running_.host.apply("versioned", {.config_json = R"({"greeting":"hi"})"}));
    EXPECT_EQ(answer("config"), R"({"greeting":"hi"})");
    EXPECT_EQ(info().generation, 1);
    const auto refused = running_.host.apply("versioned", {.config_json = R"({"refuse":true})"});
    EXPECT_THAT(refused.error().message,
                HasSubstr("reconfigure returned ORD_E_CONFLICT: not while it rains"));
    EXPECT_EQ(answer("config"), R"({"greeting":"hi"})");
    put(3);
    ASSERT_OK(running_.host.apply("versioned", {}));
    ASSERT_OK(running_.host.reload("versioned"));
    ASSERT_OK(running_.host.apply(
        "versioned", {.config_json = R"({"greeting":"ho"})"}));  // It has no reconfigure.
    EXPECT_EQ(answer("config"), R"({"greeting":"ho"})");
    EXPECT_EQ(info().generation, 3);
}

TEST_F(ReloadTest, ConfigurationIsCheckedByItsSchema) {
    EXPECT_EQ(answer("version"), "1");
    const auto refused = running_.host.apply("versioned", {.config_json = R"({"greetings":1})"});
    EXPECT_THAT(refused.error().message,
                HasSubstr("unknown field 'greetings'; did you mean 'greeting'?"));
    EXPECT_THAT(refused.error().message, HasSubstr("ordinaut ext configure versioned"));
    EXPECT_EQ(answer("version"), "1");
    RunningHost other;
    other.start(folder_, {{"versioned", R"({"greeting":1})"}});
    EXPECT_THAT(other.call("versioned.run", "{}").message, HasSubstr("/greeting must be a string"));
    EXPECT_EQ(other.info("versioned").state, ext::State::kError);
    EXPECT_THAT(other.info("versioned").reason, HasSubstr("extensions.versioned in ordinaut.toml"));
}

TEST_F(ReloadTest, GrantsChangeAtRunTime) {
    EXPECT_EQ(answer("version"), "1");
    EXPECT_FALSE(running_.host.apply("versioned", {.grants = ext::Grants{}}).ok());
    EXPECT_EQ(info().state, ext::State::kError);
    EXPECT_THAT(
        info().reason,
        HasSubstr("with the grants it has now it does not start: create returned ORD_E_DENIED"));
    EXPECT_THAT(info().warnings, Contains(HasSubstr("TOOLS is asked for, but not granted")));
    EXPECT_EQ(running_.catalogue.find("versioned.run"), nullptr);
    ASSERT_OK(running_.host.apply(
        "versioned", {.grants = ext::Grants{ext::Grant::kTools, ext::Grant::kStatic}}));
    EXPECT_THAT(info().granted.names(), ::testing::ElementsAre("TOOLS"));
    EXPECT_EQ(answer("version"), "1");
}

TEST_F(ReloadTest, AFolderDroppedInLaterIsFound) {
    std::filesystem::create_directory(folder_ / "late");
    std::ofstream(folder_ / "late/extension.json")
        << R"({"id":"late","name":"L","version":"1.0.0","module":"liblate.so","abi":"1.0"})";
    EXPECT_THAT(running_.host.load("late").error().message,
                HasSubstr("liblate.so: the module is missing"));
    EXPECT_EQ(running_.host.list().size(), 2u);
    EXPECT_THAT(
        running_.host.load("later").error().message,
        HasSubstr("there is no extension 'later', and ORDINAUT_EXT_PATHS names no folder to "
                  "look for it in"));
}

}  // namespace
}  // namespace ordinaut
