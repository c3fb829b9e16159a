// Goal: a call on the caller's own thread is answered before it returns, and one that the extension
// keeps is as open as any other. Method: one instance, without the host that has slots and workers.
#include <gtest/gtest.h>

#include <future>

#include "ext/discovery.h"
#include "ext/instance.h"
#include "tests/support/result_matchers.h"

namespace ordinaut::ext {
namespace {

using namespace std::chrono_literals;

class NoHome final : public Home {
public:
    Status offer(const tool::ToolSpec&) override { return ok(); }
    void retract(const std::string&) override {}
    void hand_back(const InvocationRef&) override {}
    std::shared_ptr<ExtensionLog> log() override { return log_; }

private:
    std::shared_ptr<ExtensionLog> log_ = std::make_shared<ExtensionLog>();
};

class CallHereTest : public ::testing::Test {
protected:
    void SetUp() override {
        const auto found = read_extension(VERSIONED_DIR "/1/versioned", Source::kBuiltin);
        auto library = Library::open(VERSIONED_DIR "/1/versioned/libversioned.so");
        ASSERT_OK(library);
        auto started = Instance::start(context_, *found.manifest, found.manifest->asked, "{}",
                                       *library, home_);
        ASSERT_OK(started);
        instance_ = *started;
    }
    void TearDown() override {
        if (instance_ != nullptr) instance_->stop(std::chrono::steady_clock::now() + 5s);
    }
    static tool::ToolCall call(const std::string& tool) {
        tool::ToolCall made;
        made.name = "versioned." + tool;
        made.input_json = "{}";
        return made;
    }

    tool::Catalogue tools_;
    Deadlines deadlines_;
    Workers core_calls_{1}, blocking_calls_{1};
    TaskLeases task_leases_{nullptr, {}};
    InstanceContext context_{tools_, deadlines_, core_calls_, {}, task_leases_, blocking_calls_};
    std::shared_ptr<NoHome> home_ = std::make_shared<NoHome>();
    std::shared_ptr<Instance> instance_;
};

TEST_F(CallHereTest, TheAnswerComesOnTheCallersThreadBeforeItReturns) {
    for (int n = 0; n < 100; ++n) {
        std::thread::id answered_on;
        tool::ToolResult answer;
        instance_->call_here(
            call("run"),
            [&](tool::ToolResult&& result) {
                answered_on = std::this_thread::get_id();
                answer = std::move(result);
            },
            nullptr);
        EXPECT_EQ(answered_on, std::this_thread::get_id());
        EXPECT_EQ(answer.outcome, tool::Outcome::kOk) << answer.message;
        EXPECT_EQ(instance_->open_count(), 0);
    }
}

TEST_F(CallHereTest, ACallThatIsKeptStaysOpenAndAStopWaitsForIt) {
    std::promise<tool::ToolResult> answered;
    instance_->call_here(
        call("hold"), [&](tool::ToolResult&& result) { answered.set_value(std::move(result)); },
        nullptr);
    EXPECT_EQ(instance_->open_count(), 1);
    EXPECT_TRUE(instance_->stop(std::chrono::steady_clock::now() + 30s));
    instance_.reset();
    EXPECT_EQ(answered.get_future().get().output_json, R"({"held_by":1})");
}

TEST_F(CallHereTest, ManyThreadsCallAtOnce) {
    std::atomic<int> answers{0};
    {
        std::vector<std::jthread> callers;
        for (int n = 0; n < 4; ++n)
            callers.emplace_back([&] {
                for (int k = 0; k < 500; ++k)
                    instance_->call_here(
                        call("run"),
                        [&](tool::ToolResult&& result) {
                            if (result.outcome == tool::Outcome::kOk) ++answers;
                        },
                        nullptr);
            });
    }
    EXPECT_EQ(answers, 2000);
    EXPECT_EQ(instance_->open_count(), 0);
}

}  // namespace
}  // namespace ordinaut::ext
