// Goal: an extension that watches is told what its caller may see, to the last change, for as long
// as it wants and its caller may; a slow one costs nobody else anything. Method: a real library on
// the feed over the stores in memory.
#include "live/feed.h"
#include "server/watching.h"
#include "store/memory/memory_stores.h"
#include "tests/plugins/running_host.h"
#include "tests/support/result_matchers.h"

namespace ordinaut {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using tool::Outcome;

class Counter final : public live::Subscriber {
public:
    live::Took joined(const store::ChangePosition&) override { return live::Took::kYes; }
    live::Took take(const std::vector<const live::Event*>& events, const store::ChangePosition&,
                    bool) override {
        const std::lock_guard lock(mutex_);
        count_ += events.size();
        changed_.notify_all();
        return live::Took::kYes;
    }
    live::Took resync(const store::ChangePosition&, std::string_view) override {
        return live::Took::kYes;
    }
    live::Took beat(const store::ChangePosition&) override { return live::Took::kYes; }
    bool may_go_on() override { return true; }
    void refused() override {}
    void left() override {}
    bool wait_for(size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 60s, [&] { return count_ >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    size_t count_ = 0;
};

class WatchTest : public ::testing::Test {
protected:
    WatchTest()
        : feed_(stores_.changes, stores_.wakeup, clock_, {.heartbeat = 20ms}), running_(seams()) {
        running_.start(USES_DIR);
        EXPECT_TRUE(running_.host.load("watcher").ok()) << running_.info("watcher").reason;
    }
    ~WatchTest() override { running_.host.stop(std::chrono::steady_clock::now() + 5s); }

    ext::Seams seams() {
        ext::Seams seams;
        seams.watch = server::watcher(feed_, stores_.changes);
        seams.own_identity = [this](std::string_view id) -> std::optional<ext::CallerIdentity> {
            const std::lock_guard lock(mutex_);
            if (own_scopes_.empty()) return std::nullopt;
            return ext::CallerIdentity{own_, own_scopes_, "", std::string(id)};
        };
        return seams;
    }
    void set_own_scopes(std::vector<std::string> scopes) {
        const std::lock_guard lock(mutex_);
        own_scopes_ = std::move(scopes);
    }
    std::future<tool::ToolResult> begin(const Id& principal, std::vector<std::string> scopes,
                                        const std::string& input = "{}",
                                        tool::CancelCall* cancel = nullptr) {
        tool::ToolCall call;
        call.name = "watcher.begin";
        call.input_json = input;
        call.principal = principal;
        call.scopes = std::move(scopes);
        return running_.begin(std::move(call), cancel);
    }
    std::string seen(const std::string& input) {
        const auto result = running_.call("watcher.seen", input);
        const auto json = parse_json(result.output_json);
        return json.ok() ? std::string(string_or(*json, "seen", "")) : result.message;
    }
    Id add_task(const Id& owner) {
        Task task;
        task.id = new_id();
        task.title = "a task";
        task.owner = owner;
        task.schedule_kind = ScheduleKind::kCron;
        task.schedule_expr = "0 8 * * *";
        task.payload_json = R"({"params": {}, "pipeline": []})";
        EXPECT_OK(stores_.tasks.create(task, "fingerprint", {}));
        return task.id;
    }

    const Id ann_ = new_id(), bob_ = new_id(), own_ = new_id();
    std::mutex mutex_;
    std::vector<std::string> own_scopes_;
    SystemClock clock_;
    store::memory::MemoryStores memory_{clock_};
    store::Stores stores_ = memory_.stores();
    live::Feed feed_;
    RunningHost running_;
};

TEST_F(WatchTest, TheCallersOwnChangesComeUntilItCancels) {
    auto call = begin(ann_, {"viewer"});
    running_.call("watcher.begun", "{}");
    const Id task = add_task(ann_);
    add_task(bob_);
    store::EnqueueRun run;
    run.task_id = task;
    ASSERT_OK(stores_.queue.enqueue(run, std::nullopt, {}));
    ASSERT_OK(stores_.queue.set_paused(true, {}));
    ASSERT_OK(stores_.tasks.pause(task, std::nullopt, {}));
    EXPECT_EQ(seen(R"({"count": 3})"), "task.created, run.ready, task.paused");
    running_.call("watcher.cancel", "{}");
    EXPECT_EQ(seen(R"({"count": 4})"), "task.created, run.ready, task.paused, end 6 canceled");
    add_task(ann_);
    running_.call("watcher.release", "{}");
    EXPECT_EQ(call.get().outcome, Outcome::kOk);
    EXPECT_EQ(seen("{}"), "task.created, run.ready, task.paused, end 6 canceled");
}

TEST_F(WatchTest, AFilterIsKeptAndAMistakeInItNamed) {
    const auto call =
        begin(ann_, {"admin"}, R"({"filter": "{\"types\":[\"queue.*\",\"task.paused\"]}"})");
    running_.call("watcher.begun", "{}");
    const Id task = add_task(bob_);
    ASSERT_OK(stores_.tasks.pause(task, std::nullopt, {}));
    ASSERT_OK(stores_.queue.set_paused(true, {}));
    EXPECT_EQ(seen(R"({"count": 2})"), "task.paused, queue.paused");
    const auto wrong = begin(ann_, {"admin"}, R"({"filter": "{\"types\":[\"run.fialed\"]}"})");
    EXPECT_THAT(seen(R"({"count": 3})"), HasSubstr("end 1 /types/0: 'run.fialed' is none of"));
    running_.call("watcher.release", "{}");
}

TEST_F(WatchTest, WithoutTheScopeItIsRefusedAndTheOperatorSeesIt) {
    const auto call = begin(ann_, {"tasks:read"});
    EXPECT_THAT(seen(R"({"count": 1})"), HasSubstr("end 2 watching needs the scope 'runs:read'"));
    bool said = false;
    for (const auto& line : (*running_.host.log("watcher"))->last(100))
        said = said || line.message.find("a watch was refused") != std::string::npos;
    EXPECT_TRUE(said);
    // Nor for itself, when it is nobody.
    running_.call("watcher.begin", R"({"own": true})");
    EXPECT_THAT(seen(R"({"count": 2})"), HasSubstr(", end 2 "));
    running_.call("watcher.release", "{}");
}

TEST_F(WatchTest, ForItselfItSeesWhatItMayAndNoLongerWhenTheRightIsTaken) {
    set_own_scopes({"admin"});
    running_.call("watcher.begin", R"({"own": true})");
    add_task(bob_);
    EXPECT_EQ(seen(R"({"count": 1})"), "task.created");
    set_own_scopes({"tasks:read"});
    EXPECT_THAT(seen(R"({"count": 2})"), HasSubstr("task.created, end 2 watching needs"));
}

TEST_F(WatchTest, ItEndsWithItsCall) {
    auto call = begin(ann_, {"viewer"});
    running_.call("watcher.begun", "{}");
    add_task(ann_);
    EXPECT_EQ(seen(R"({"count": 1})"), "task.created");
    running_.call("watcher.release", "{}");
    EXPECT_EQ(call.get().outcome, Outcome::kOk);
    EXPECT_EQ(seen(R"({"count": 2})"),
              "task.created, end 6 the invocation it was opened for has ended");
}

TEST_F(WatchTest, ASlowReaderIsToldThatItMissedSomething) {
    set_own_scopes({"viewer"});
    running_.call("watcher.begin", R"({"own": true, "filter": "{\"types\":[\"extension.*\"]}"})");
    const auto beside = std::make_shared<Counter>();
    ASSERT_OK(feed_.join(
        feed_.new_ticket(),
        {.filter = {}, .after = text_of(stores_.changes.bounds()->newest), .subscriber = beside}));
    running_.call("watcher.gate", R"({"state": "closed"})");
    for (int i = 0; i < 5000; ++i)
        ASSERT_OK(stores_.system.audit("extension.state", "std", "{}", {}));
    // One page is told to all before the next is read: who has the one after them, which the watch
    // does not ask for, shows that the watch has been told of all.
    ASSERT_TRUE(beside->wait_for(5000));
    ASSERT_OK(stores_.queue.set_paused(true, {}));
    ASSERT_TRUE(beside->wait_for(5001));
    running_.call("watcher.gate", R"({"state": "open"})");
    EXPECT_THAT(seen(R"({"until": "resync"})"), HasSubstr("extension.state, resync"));
    ASSERT_OK(stores_.system.audit("extension.enabled", "std", "{}", {}));
    EXPECT_THAT(seen(R"({"until": "extension.enabled"})"), HasSubstr("resync, extension.enabled"));
    running_.call("watcher.release", "{}");
}

TEST_F(WatchTest, StoppingTheHostOrTheFeedEndsIt) {
    set_own_scopes({"viewer"});
    running_.call("watcher.begin", R"({"own": true})");
    feed_.stop();
    EXPECT_THAT(seen(R"({"count": 1})"), HasSubstr("end 13 the server has no changes"));
    running_.call("watcher.begin", R"({"own": true})");
    EXPECT_THAT(seen(R"({"count": 2})"), HasSubstr("the server is stopping"));
}

}  // namespace
}  // namespace ordinaut
