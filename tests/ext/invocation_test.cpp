// Goal: a handle never reaches another call than its own, a call has one end, and lives for as long
// as somebody may answer it. Method: invocations without an extension, and threads that race.
#include "ext/invocation.h"

#include <gtest/gtest.h>

#include <thread>

namespace ordinaut::ext {
namespace {

using namespace std::chrono_literals;

class InvocationTest : public testing::Test {
protected:
    InvocationRef begin(const std::string& name = "a.tool",
                        std::optional<MonoTime> deadline = std::nullopt) {
        tool::ToolCall call;
        call.name = name;
        call.deadline = deadline;
        return Invocation::begin(deadlines_, std::move(call), [this](tool::ToolResult&& result) {
            last_ = std::move(result);
            ++done_;
        });
    }
    static tool::ToolResult answer(std::string json) {
        tool::ToolResult result;
        result.output_json = std::move(json);
        return result;
    }

    Deadlines deadlines_;
    std::atomic<int> done_{0};
    tool::ToolResult last_;
};

TEST_F(InvocationTest, AnOpenOneIsFoundThoughNobodyHoldsIt) {
    const ord_handle inv = begin()->handle();
    const auto found = invocations().find(inv);
    ASSERT_FALSE(found == nullptr);
    EXPECT_EQ(found->call().name, "a.tool");
    EXPECT_TRUE(found->complete(answer("1"), EndedBy::kExtension));
    EXPECT_EQ(done_, 1);
    EXPECT_EQ(last_.output_json, "1");
}

TEST_F(InvocationTest, AnEndedOneIsNotFoundThoughSomebodyHoldsIt) {
    const auto held = begin();
    const ord_handle inv = held->handle();
    EXPECT_TRUE(held->complete(answer("1"), EndedBy::kExtension));
    EXPECT_TRUE(invocations().find(inv) == nullptr);
    EXPECT_FALSE(held->complete(answer("2"), EndedBy::kHost));
    EXPECT_EQ(held->call().name, "a.tool");
    EXPECT_EQ(invocations().remembered(inv).by, EndedBy::kExtension);
    EXPECT_EQ(done_, 1);
}

TEST_F(InvocationTest, AStaleHandleDoesNotReachTheNextOneInItsPlace) {
    const ord_handle stale = begin()->handle();
    invocations().find(stale)->complete({}, EndedBy::kHost);
    // The thread's last place is used again at once.
    const auto next = begin("another.tool");
    ASSERT_EQ(next->handle() & 0xffffff, stale & 0xffffff);
    EXPECT_NE(next->handle(), stale);
    EXPECT_TRUE(invocations().find(stale) == nullptr);
    // How the first one ended is known until the next one has ended too.
    EXPECT_EQ(invocations().remembered(stale).by, EndedBy::kHost);
    EXPECT_EQ(invocations().remembered(next->handle()).by, EndedBy::kNobody);
    next->complete({}, EndedBy::kExtension);
    EXPECT_EQ(invocations().remembered(stale).by, EndedBy::kNobody);
    EXPECT_EQ(invocations().remembered(next->handle()).by, EndedBy::kExtension);
}

TEST_F(InvocationTest, WhatIsNoHandleIsNotFound) {
    const auto open = begin();
    for (const ord_handle made_up :
         {ord_handle{0}, ord_handle{1}, ~ord_handle{0}, open->handle() + 1,
          open->handle() ^ ord_handle{1} << 24, open->handle() ^ ord_handle{1} << 56,
          open->handle() | 0xffffff})
        EXPECT_TRUE(invocations().find(made_up) == nullptr) << made_up;
    open->complete({}, EndedBy::kHost);
}

TEST_F(InvocationTest, AllAreThoseThatAreOpen) {
    const size_t before = invocations().all().size();
    std::vector<ord_handle> open;
    for (int n = 0; n < 1000; ++n) open.push_back(begin()->handle());
    EXPECT_EQ(invocations().all().size(), before + 1000);
    for (const ord_handle inv : open) invocations().find(inv)->complete({}, EndedBy::kHost);
    EXPECT_EQ(invocations().all().size(), before);
    EXPECT_EQ(done_, 1000);
}

TEST_F(InvocationTest, ADeadlineThatHasPassedEndsItAndOneToComeIsTakenBack) {
    const auto late = begin("a.tool", std::chrono::steady_clock::now());
    while (done_ == 0) std::this_thread::yield();
    EXPECT_EQ(invocations().remembered(late->handle()).by, EndedBy::kHost);
    const auto early = begin("a.tool", std::chrono::steady_clock::now() + 1h);
    EXPECT_TRUE(early->complete(answer("1"), EndedBy::kExtension));
}

// Three threads want to end each call, by its handle, while its places are used again and again.
TEST_F(InvocationTest, OfManyThatRaceToEndACallOneDoes) {
    constexpr int kCalls = 20'000;
    std::atomic<ord_handle> current{0};
    std::atomic<int> ended{0};
    std::atomic<bool> over{false};
    const auto end_current = [&] {
        const auto open = invocations().find(current);
        if (open == nullptr) return;
        const std::string name = open->call().name;
        if (name != "a.tool") std::abort();
        if (open->complete(answer("1"), EndedBy::kExtension)) ++ended;
    };
    std::vector<std::thread> racers;
    for (int n = 0; n < 2; ++n)
        racers.emplace_back([&] {
            while (!over) end_current();
        });
    for (int n = 0; n < kCalls; ++n) {
        tool::ToolCall call;
        call.name = "a.tool";
        const auto held =
            Invocation::begin(deadlines_, std::move(call), [this](tool::ToolResult&&) { ++done_; });
        current = held->handle();
        end_current();
        ASSERT_TRUE(held->ended());
    }
    over = true;
    for (auto& racer : racers) racer.join();
    EXPECT_EQ(ended, kCalls);
    EXPECT_EQ(done_, kCalls);
}

}  // namespace
}  // namespace ordinaut::ext
