// Goal: a tool that must not be called twice is not, whatever becomes of the server. Method: the
// real program, killed or stopped in the middle of calls, and a door at which a small extension
// rings; the door counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/e2e/host.h"
#include "tests/support/http_stub.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::vector<std::string> arguments(const std::string& drain_seconds) {
    return {"--ext-paths", RINGER_DIR "/ringer", "--lease-seconds",
            "6",           "--drain-seconds",    drain_seconds};
}

std::string ring_task(const HttpStub& door, const std::string& more = "") {
    const std::string port = door.url().substr(door.url().rfind(':') + 1);
    return task_json("ringer.ring", R"({"port":)" + port + R"(,"who":"${run.id}"})", more);
}

// Holds the first who rings until it is let go (or the test ends).
class HeldDoor {
public:
    ~HeldDoor() { let_go(); }
    void let_go() {
        if (!std::exchange(gone_, true)) go_.set_value();
    }
    bool wait_for_ring() { return rung_.get_future().wait_for(60s) == std::future_status::ready; }

private:
    std::promise<void> rung_, go_;
    std::shared_future<void> may_go_ = go_.get_future().share();
    bool gone_ = false;
    std::atomic<bool> first_{true};

public:
    HttpStub stub{[this](const StubRequest&) {
        if (first_.exchange(false)) {
            rung_.set_value();
            may_go_.wait();
        }
        return StubAnswer{};
    }};
};

void expect_unknown(const Json& run) {
    EXPECT_EQ(string_or(run, "state", ""), "failed") << to_json(run);
    const JsonValue* error = find(run, "error");
    ASSERT_NE(error, nullptr) << to_json(run);
    EXPECT_EQ(string_or(*error, "error", ""), "outcome_unknown");
    EXPECT_THAT(std::string(string_or(*error, "message", "")), HasSubstr("took effect"));
    const auto& steps = find(run, "steps")->GetArray();
    ASSERT_EQ(steps.Size(), 1U);
    EXPECT_EQ(string_or(steps[0], "state", ""), "unknown");
}

TEST(AtMostOnce, AKilledServersCallIsNotMadeAgainUntilAPersonSaysSo) {
    Host host(arguments("30"));
    HeldDoor door;
    auto http = host.client();
    const std::string run =
        run_now(*http, create_task(*http, ring_task(door.stub, R"(,"max_retries":5)")));
    ASSERT_TRUE(door.wait_for_ring());
    host.kill();
    host.start();
    http = host.client();
    expect_unknown(wait_for_run(*http, run));
    EXPECT_EQ(door.stub.requests().size(), 1U);
    EXPECT_THAT(host.cli({"run", "show", run}).out, HasSubstr("unknown"));
    door.let_go();
    body_of(http->post("/runs/" + run + "/retry", "{}"), 202);
    const Json settled = wait_for_run(*http, run);
    EXPECT_EQ(string_or(settled, "state", ""), "succeeded") << to_json(settled);
    EXPECT_EQ(door.stub.requests().size(), 2U);
    EXPECT_EQ(host.stop(), 0);
}

TEST(AtMostOnce, AStopThatCannotWaitGivesNoCallBack) {
    Host host(arguments("1"));
    HeldDoor door;
    auto http = host.client();
    const std::string run = run_now(*http, create_task(*http, ring_task(door.stub)));
    ASSERT_TRUE(door.wait_for_ring());
    host.process().signal(SIGTERM);
    ASSERT_TRUE(host.process().wait_for_line("attempt.abandoned", 60s)) << host.process().err();
    door.let_go();
    host.process().wait_exit(60s);
    host.start();
    expect_unknown(wait_for_run(*host.client(), run));
    EXPECT_EQ(door.stub.requests().size(), 1U);
    EXPECT_EQ(host.stop(), 0);
}

TEST(AtMostOnce, ACallWhoseTimeIsUpIsNotMadeAgain) {
    Host host(arguments("30"));
    HeldDoor door;
    auto http = host.client();
    std::string task = ring_task(door.stub, R"(,"max_retries":5)");
    const std::string with = R"("with":)";
    task.insert(task.find(with), R"("timeout_seconds":1,)");
    const std::string run = run_now(*http, create_task(*http, task));
    const Json ended = wait_for_run(*http, run);
    expect_unknown(ended);
    EXPECT_THAT(to_json(ended), HasSubstr("did not answer in time"));
    EXPECT_EQ(door.stub.requests().size(), 1U);
    door.let_go();
    EXPECT_EQ(host.stop(), 0);
}

TEST(AtMostOnce, NoneOfManyIsCalledTwiceWhenTheServerIsKilled) {
    constexpr size_t kRuns = 200, kAnswered = 60;
    std::mutex mutex;
    std::map<std::string, int> rung;
    std::promise<void> go_on;
    const std::shared_future<void> may_go_on = go_on.get_future().share();
    HttpStub door([&](const StubRequest& request) {
        size_t count = 0;
        {
            const std::lock_guard lock(mutex);
            ++rung[request.target.substr(1)];
            count = rung.size();
        }
        if (count > kAnswered) may_go_on.wait();
        return StubAnswer{};
    });
    Host host(arguments("30"));
    auto http = host.client();
    const std::string task =
        create_task(*http, ring_task(door, R"(,"overlap":"allow","max_retries":5)"));
    std::vector<std::string> runs;
    body_of(http->post("/admin/queue/pause", "{}"), 200);
    for (size_t i = 0; i < kRuns; ++i) runs.push_back(run_now(*http, task));
    body_of(http->post("/admin/queue/resume", "{}"), 200);
    const bool many = eventually(60s, [&] {
        const Json done = body_of(http->get("/runs?success=true&limit=1"), 200);
        return find(done, "total")->GetInt64() >= static_cast<int64_t>(kAnswered);
    });
    host.kill();
    go_on.set_value();
    ASSERT_TRUE(many);
    host.start();
    http = host.client();
    size_t unknown = 0;
    ASSERT_TRUE(eventually(
        300s, [&] { return find(body_of(http->get("/queue"), 200), "depth")->GetInt64() == 0; }));
    for (const std::string& run : runs) {
        const Json ended = wait_for_run(*http, run);
        const std::lock_guard lock(mutex);
        if (string_or(ended, "state", "") == "succeeded") {
            EXPECT_EQ(rung[run], 1) << to_json(ended);
        } else {
            expect_unknown(ended);
            EXPECT_LE(rung[run], 1) << to_json(ended);
            ++unknown;
        }
    }
    std::printf("%zu of %zu runs were in the middle of their call\n", unknown, kRuns);
    EXPECT_LE(unknown, kRuns - kAnswered);
    EXPECT_EQ(host.stop(), 0);
}

}  // namespace
}  // namespace ordinaut::testing
