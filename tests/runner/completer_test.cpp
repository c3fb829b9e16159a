#include "runner/completer.h"

#include <gtest/gtest.h>

#include <future>

#include "fixture.h"
#include "passing_queue.h"

namespace ordinaut::runner {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kUnstorable = R"("unstorable")";

// Refuses a batch with an unstorable output, as a database does, and remembers what came.
class PickyQueue final : public PassingQueue {
public:
    using PassingQueue::PassingQueue;
    Result<std::vector<store::CompleteOutcome>> complete(
        const std::vector<store::Completion>& completions, const std::string& worker) override {
        size_t bytes = 0;
        for (const auto& completion : completions) {
            bytes += completion.output_json.size();
            if (completion.output_json == kUnstorable) return invalid("", "not to be stored");
            if (completion.lease.run_id == cursed) return internal("a check failed");
        }
        batches.push_back(bytes);
        return PassingQueue::complete(completions, worker);
    }
    Id cursed;                    // Of this run nothing can be stored.
    std::vector<size_t> batches;  // Bytes of output.
};

struct Clocked {
    SystemClock clock_;
};

class CompleterTest : protected Clocked, public StoreFixture {
protected:
    CompleterTest()
        : StoreFixture(clock_),
          queue_(stores_.queue),
          completer_(queue_, "worker-a", {},
                     [this](const store::LeaseRef& lease, store::CompleteOutcome outcome) {
                         outcomes_[lease.run_id] = outcome;
                         if (outcomes_.size() == expected_) all_recorded_.set_value();
                     }) {}

    // Claims `count` new runs.
    std::vector<store::Lease> claim(int count) {
        const Task task = add_task("[]");
        for (int i = 0; i < count; ++i) enqueue(task);
        auto leases = stores_.queue.claim("worker-a", count, 30s);
        EXPECT_EQ(leases->size(), static_cast<size_t>(count));
        expected_ = leases->size();
        return std::move(*leases);
    }
    void succeed(const store::Lease& lease, std::string output_json) {
        completer_.complete(
            {.lease = {lease.run_id, lease.lease_token}, .output_json = std::move(output_json)});
    }
    void write_all() {
        completer_.start();
        EXPECT_EQ(all_recorded_.get_future().wait_for(20s), std::future_status::ready);
        completer_.stop();
    }
    ordinaut::Run run_of(const store::Lease& lease) {
        return stores_.runs.get(lease.run_id, {})->run;
    }

    PickyQueue queue_;
    std::map<Id, store::CompleteOutcome> outcomes_;
    size_t expected_ = 0;
    std::promise<void> all_recorded_;
    Completer completer_;
};

TEST_F(CompleterTest, AResultThatIsRefusedFailsItsRunAndHoldsUpNone) {
    const auto leases = claim(3);
    succeed(leases[0], "1");
    succeed(leases[1], std::string(kUnstorable));
    succeed(leases[2], "3");
    write_all();
    EXPECT_EQ(run_of(leases[0]).output_json, "1");
    EXPECT_EQ(run_of(leases[2]).output_json, "3");
    const ordinaut::Run refused = run_of(leases[1]);
    EXPECT_EQ(refused.state, RunState::kFailed);
    EXPECT_NE(refused.error_json.find("not to be stored"), std::string::npos) << refused.error_json;
}

TEST_F(CompleterTest, WhatTheStoreCannotTakeComesBackWhenItsLeaseEnds) {
    const auto leases = claim(2);
    queue_.cursed = leases[0].run_id;
    succeed(leases[0], "1");
    succeed(leases[1], "2");
    write_all();
    EXPECT_EQ(outcomes_.at(leases[0].run_id), store::CompleteOutcome::kLost);
    EXPECT_EQ(run_of(leases[0]).state, RunState::kRunning);
    EXPECT_EQ(run_of(leases[1]).state, RunState::kSucceeded);
}

TEST_F(CompleterTest, LargeResultsDoNotShareABatch) {
    const std::string large = "\"" + std::string(9 << 20, 'x') + "\"";
    for (const auto& lease : claim(3)) succeed(lease, large);
    write_all();
    EXPECT_EQ(queue_.batches, std::vector(3, large.size()));
}

}  // namespace
}  // namespace ordinaut::runner
