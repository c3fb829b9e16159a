// Goal: work of an extension's own is started, watched, restarted and stopped by the host. Method:
// a real library; it answers a call once a task got so far.
#include <gmock/gmock.h>
#include <thread>

#include "store/memory/memory_stores.h"
#include "tests/plugins/running_host.h"

namespace ordinaut {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using tool::Outcome;

class Process {
public:
    explicit Process(const std::string& tasks, store::LeaseStore* leases = nullptr,
                     std::chrono::milliseconds ttl = 15s)
        : host(seams(leases, ttl)) {
        host.start(USES_DIR, {{"worker", R"({"tasks": [)" + tasks + "]}"}});
        EXPECT_TRUE(host.host.load("worker").ok()) << host.info("worker").reason;
    }
    static ext::Seams seams(store::LeaseStore* leases, std::chrono::milliseconds ttl) {
        ext::Seams seams;
        seams.leases = leases;
        seams.lease_ttl = ttl;
        return seams;
    }
    std::future<tool::ToolResult> reached(const std::string& name, int n) {
        tool::ToolCall call;
        call.name = "worker.reached";
        call.input_json = R"({"name": ")" + name + R"(", "n": )" + std::to_string(n) + "}";
        return host.begin(std::move(call));
    }
    void wait(const std::string& name, int n) {
        EXPECT_EQ(reached(name, n).get().outcome, Outcome::kOk);
    }
    std::vector<std::string> warnings() { return host.info("worker").warnings; }
    std::vector<std::string> warnings_when_stopped() {
        EXPECT_TRUE(host.host.disable("worker").ok());
        return warnings();
    }
    RunningHost host;
};

TEST(Background, APeriodicTaskRunsAgainAndAgain) {
    Process process(R"("ticks")");
    process.wait("ticks", 5);
    EXPECT_THAT(process.warnings_when_stopped(), IsEmpty());
}

TEST(Background, AFailingTaskIsRestartedAndGivenUp) {
    Process process(R"("fails")");
    process.wait("third", 1);
    const auto warnings = process.warnings_when_stopped();
    EXPECT_THAT(warnings,
                Contains(HasSubstr("the task 'fails' failed: it returned ORD_E_INTERNAL")));
}

TEST(Background, GivingUpIsSaid) {
    Process process(R"("fails")");
    while (process.warnings().size() < 2) std::this_thread::yield();
    EXPECT_THAT(process.warnings(),
                Contains(HasSubstr("the task 'fails' failed 3 times in a row and is given up")));
    EXPECT_EQ(process.host.info("worker").state, ext::State::kRunning);
}

TEST(Background, AFailureIsNotTheEnd) {
    Process process(R"("recovers")");
    process.wait("recovers", 1);
}

TEST(Background, ASleepingTaskStopsAtOnce) {
    Process process(R"("shared")");
    process.wait("shared", 1);
    // In an hour's sleep: the drain would have run out.
    EXPECT_THAT(process.warnings_when_stopped(), IsEmpty());
}

TEST(Background, ATaskWithoutASignOfLifeIsSaidToBeStuck) {
    Process process(R"("stuck")");
    process.wait("stuck", 1);
    while (process.warnings().empty()) std::this_thread::yield();
    EXPECT_THAT(
        process.warnings(),
        Contains(HasSubstr("the task 'stuck' has not called sleep() or heartbeat() for 0.005 s")));
}

TEST(Background, SleepingIsASignOfLife) {
    Process process(R"("alive")");
    process.wait("alive", 2);
    EXPECT_THAT(process.warnings_when_stopped(), Not(Contains(HasSubstr("stuck"))));
}

TEST(Background, OneProcessOfTheInstallationRunsAClusterTask) {
    const SystemClock clock;
    store::memory::MemoryStores memory(clock);
    auto first = std::make_unique<Process>(R"("shared")", &memory.stores().leases, 150ms);
    first->wait("shared", 1);
    Process second(R"("shared", "ticks")", &memory.stores().leases, 150ms);
    auto taken_over = second.reached("shared", 1);
    second.wait("ticks", 100);  // Longer than a lease lasts.
    EXPECT_EQ(taken_over.wait_for(0s), std::future_status::timeout);
    first.reset();
    EXPECT_EQ(taken_over.get().outcome, Outcome::kOk);
}

TEST(Background, AReloadedTaskStartsAfterTheOldOneEnded) {
    Process process(R"("shared")");
    process.wait("shared", 1);
    ASSERT_TRUE(process.host.host.disable("worker").ok());
    ASSERT_TRUE(process.host.host.enable("worker").ok());
    ASSERT_TRUE(process.host.host.load("worker").ok());
    process.wait("shared", 1);
}

// Grants once, then does not answer until told to.
class FlakyLeases final : public store::LeaseStore {
public:
    Result<bool> hold(std::string_view, std::string_view, std::chrono::milliseconds) override {
        if (asked_++ == 0 || healthy) return true;
        return unavailable("no database");
    }
    Status release(std::string_view, std::string_view) override { return ok(); }
    std::atomic<bool> healthy{false};

private:
    std::atomic<int> asked_{0};
};

TEST(Background, ATaskThatLosesItsLeaseReturnsAndComesBack) {
    FlakyLeases leases;
    Process process(R"("shared")", &leases, 30ms);
    process.wait("shared", 1);
    process.wait("shared returned", 1);
    leases.healthy = true;
    process.wait("shared", 2);
}

TEST(Background, WithoutTheGrantItIsRefusedAndSaid) {
    RunningHost running;
    ext::HostOptions options;
    options.paths.drop_in = {USES_DIR "/worker"};
    options.policy.granted = {{"worker", {ext::Grant::kTools}}};
    options.config = {{"worker", R"({"tasks": ["ticks"]})"}};
    running.host.start(std::move(options));
    EXPECT_FALSE(running.host.load("worker").ok());
    EXPECT_THAT(running.info("worker").reason,
                HasSubstr("task 'ticks': BACKGROUND_TASKS is not granted"));
    EXPECT_THAT(running.info("worker").warnings,
                Contains(HasSubstr("BACKGROUND_TASKS is asked for, but not granted")));
}

}  // namespace
}  // namespace ordinaut
