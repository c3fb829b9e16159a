#include "base/work_pool.h"

#include <gtest/gtest.h>

#include <future>

namespace ordinaut {
namespace {

TEST(WorkPool, RunsWhatItTookAndRefusesWhatDoesNotFit) {
    WorkPool pool("test", 1, 1);
    std::promise<void> entered, leave;
    std::atomic<bool> second_ran{false};
    ASSERT_TRUE(pool.try_submit([&] {
        entered.set_value();
        leave.get_future().wait();
    }));
    entered.get_future().wait();
    EXPECT_TRUE(pool.try_submit([&] { second_ran = true; }));
    EXPECT_FALSE(pool.try_submit([] {}));
    EXPECT_EQ(pool.queued(), 1U);
    leave.set_value();
    std::promise<void> last;
    while (!pool.try_submit([&] { last.set_value(); })) std::this_thread::yield();
    last.get_future().wait();
    EXPECT_TRUE(second_ran);
}

TEST(WorkPool, SurvivesWorkThatThrows) {
    WorkPool pool("test", 1, 2);
    std::promise<void> after;
    ASSERT_TRUE(pool.try_submit([] { throw std::runtime_error("expected by this test"); }));
    ASSERT_TRUE(pool.try_submit([&] { after.set_value(); }));
    after.get_future().wait();
}

TEST(WorkPool, StopDestroysWhatWaits) {
    auto witness = std::make_shared<int>();
    WorkPool pool("test", 1, 2);
    std::promise<void> entered, leave;
    ASSERT_TRUE(pool.try_submit([&] {
        entered.set_value();
        leave.get_future().wait();
    }));
    entered.get_future().wait();
    ASSERT_TRUE(pool.try_submit([witness] { FAIL() << "must not run"; }));
    std::thread stopper([&] { pool.stop(); });
    while (witness.use_count() > 1) std::this_thread::yield();
    leave.set_value();
    stopper.join();
    EXPECT_FALSE(pool.try_submit([] {}));
}

}  // namespace
}  // namespace ordinaut
