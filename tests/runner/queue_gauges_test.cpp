// Goal: the numbers of the queue and the workers are those of the store, or nobody's. Method: the
// memory store, a clock moved by hand.
#include "runner/queue_gauges.h"

#include <cmath>

#include "tests/runner/fixture.h"

namespace ordinaut::runner {
namespace {

using namespace std::chrono_literals;

struct Clocked {
    ManualClock clock_{WallTime(1'772'352'000s)};
};

class QueueGaugesTest : protected Clocked, public StoreFixture {
protected:
    QueueGaugesTest() : StoreFixture(clock_) {}
    double gauge(const std::string& name, metrics::Labels labels = {}) {
        return registry_.gauge(name, "", std::move(labels)).value();
    }
    double workers(const std::string& role) {
        return gauge("orchestrator_active_workers", {{"role", role}});
    }
    double depth(const std::string& state) {
        return gauge("orchestrator_due_work_queue_depth", {{"state", state}});
    }

    metrics::Registry registry_;
    QueueGauges gauges_{stores_.queue, stores_.system, registry_};
};

TEST_F(QueueGaugesTest, TheQueueIsMeasured) {
    const Task task = add_task(R"([{"id":"a","uses":"std.echo"}])");
    enqueue(task);
    enqueue(task);
    ASSERT_TRUE(stores_.queue.claim("worker", 1, 30s).ok());
    clock_.advance(7s);
    gauges_.sample();
    EXPECT_EQ(depth("ready"), 1);
    EXPECT_EQ(depth("running"), 1);
    EXPECT_EQ(depth("scheduled"), 0);
    EXPECT_EQ(gauge("orchestrator_due_work_lateness_seconds"), 7);
    EXPECT_EQ(gauge("orchestrator_queue_paused"), 0);
    ASSERT_TRUE(stores_.queue.set_paused(true, actor()).ok());
    gauges_.sample();
    EXPECT_EQ(gauge("orchestrator_queue_paused"), 1);
}

TEST_F(QueueGaugesTest, WorkersCountWhileTheyAreHeardOf) {
    store::WorkerInfo worker;
    worker.name = "one";
    worker.roles = {"scheduler", "runner"};
    ASSERT_TRUE(stores_.queue.heartbeat(worker).ok());
    worker.name = "two";
    worker.roles = {"runner"};
    clock_.advance(20s);
    ASSERT_TRUE(stores_.queue.heartbeat(worker).ok());
    gauges_.sample();
    EXPECT_EQ(workers("runner"), 2);
    EXPECT_EQ(workers("scheduler"), 1);
    EXPECT_EQ(workers("api"), 0);
    clock_.advance(15s);
    gauges_.sample();
    EXPECT_EQ(workers("runner"), 1);
    EXPECT_EQ(workers("scheduler"), 0);
}

}  // namespace
}  // namespace ordinaut::runner
