#include "runner/lease_keeper.h"

#include <gtest/gtest.h>

#include "fixture.h"

namespace ordinaut::runner {
namespace {

using namespace std::chrono_literals;

struct Clocked {
    ManualClock clock_{*parse_time("2026-03-01T08:00:00Z")};
};

// Goal: no two workers trust one row. Method: one store, two workers, a clock moved by hand.
class LeaseKeeperTest : protected Clocked, public StoreFixture {
protected:
    LeaseKeeperTest()
        : StoreFixture(clock_),
          keeper_(stores_.queue, stores_.wakeup, clock_, {.ttl = 30s, .margin = 5s}) {}

    store::Lease claim(const std::string& worker) {
        auto leases = stores_.queue.claim(worker, 1, 30s);
        EXPECT_TRUE(leases.ok());
        EXPECT_EQ(leases->size(), 1u);
        return leases->empty() ? store::Lease{} : std::move(leases->front());
    }
    void keep(const store::Lease& lease) {
        keeper_.keep({lease.run_id, lease.lease_token}, clock_.mono_now(),
                     [this](LeaseEvent event) { events_.push_back(event); });
    }

    LeaseKeeper keeper_;
    std::vector<LeaseEvent> events_;
};

TEST_F(LeaseKeeperTest, RenewedLeasesAreNotReclaimed) {
    enqueue(add_task("[]"));
    keep(claim("worker-a"));
    for (int i = 0; i < 10; ++i) {
        clock_.advance(20s);
        keeper_.renew_all();
    }
    EXPECT_TRUE(events_.empty());
    EXPECT_TRUE(stores_.queue.claim("worker-b", 1, 30s)->empty());
}

TEST_F(LeaseKeeperTest, ReportsLostOnceAfterReclaim) {
    enqueue(add_task("[]"));
    keep(claim("worker-a"));
    clock_.advance(31s);
    claim("worker-b");
    keeper_.renew_all();
    keeper_.renew_all();
    EXPECT_EQ(events_, std::vector{LeaseEvent::kLost});
}

TEST_F(LeaseKeeperTest, ReportsACancelRequestOnceAndKeepsTheLease) {
    const Id run = enqueue(add_task("[]"));
    keep(claim("worker-a"));
    ASSERT_TRUE(stores_.queue.cancel(run, "enough", {}, actor()).ok());
    keeper_.renew_all();
    keeper_.renew_all();
    EXPECT_EQ(events_, std::vector{LeaseEvent::kCancelRequested});
}

TEST_F(LeaseKeeperTest, ForgottenLeasesAreLeftAlone) {
    const Id run = enqueue(add_task("[]"));
    keep(claim("worker-a"));
    keeper_.forget(run);
    clock_.advance(31s);
    keeper_.renew_all();
    EXPECT_TRUE(events_.empty());
}

}  // namespace
}  // namespace ordinaut::runner
