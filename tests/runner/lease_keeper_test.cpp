#include "runner/lease_keeper.h"

#include <gtest/gtest.h>

#include <future>

#include "fixture.h"
#include "passing_queue.h"

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
    enqueue(add_task("[]"));
    const auto lease = claim("worker-a");
    keep(lease);
    keeper_.forget(lease.lease_token);
    clock_.advance(31s);
    keeper_.renew_all();
    EXPECT_TRUE(events_.empty());
}

TEST_F(LeaseKeeperTest, OfTwoLeasesOfOneRunTheOlderIsLost) {
    enqueue(add_task("[]"));
    keep(claim("worker-a"));
    clock_.advance(31s);
    std::vector<LeaseEvent> newer;
    const auto again = claim("worker-a");
    keeper_.keep({again.run_id, again.lease_token}, clock_.mono_now(),
                 [&](LeaseEvent event) { newer.push_back(event); });
    keeper_.renew_all();
    EXPECT_EQ(events_, std::vector{LeaseEvent::kLost});
    EXPECT_TRUE(newer.empty());
}

// Renewals hang, as they do when the network does.
class HangingQueue final : public PassingQueue {
public:
    using PassingQueue::PassingQueue;
    Result<std::vector<store::RenewOutcome>> renew(const std::vector<store::LeaseRef>&,
                                                   std::chrono::milliseconds) override {
        released.get_future().wait();
        return unavailable("the network is gone");
    }
    std::promise<void> released;
};

struct TickingClock {
    SystemClock clock_;
};

class HangingRenewalTest : protected TickingClock, public StoreFixture {
protected:
    HangingRenewalTest() : StoreFixture(clock_) {}
};

TEST_F(HangingRenewalTest, TrustEndsByTheClockWhileARenewalHangs) {
    HangingQueue queue(stores_.queue);
    std::promise<LeaseEvent> told;
    LeaseKeeper keeper(queue, stores_.wakeup, clock_, {.ttl = 300ms, .margin = 100ms});
    keeper.start();
    keeper.keep({new_id(), new_id()}, clock_.mono_now(),
                [&](LeaseEvent event) { told.set_value(event); });
    auto event = told.get_future();
    const bool in_time = event.wait_for(20s) == std::future_status::ready;
    queue.released.set_value();
    ASSERT_TRUE(in_time);
    EXPECT_EQ(event.get(), LeaseEvent::kLost);
}

}  // namespace
}  // namespace ordinaut::runner
