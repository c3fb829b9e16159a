// Goal: every subscriber gets every change that fits it, once and in order, however it joins and
// however fast it reads; one reader serves all. Method: the stores in memory, subscribers that can
// be told to be full or gone.
#include "live/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "store/memory/memory_stores.h"
#include "tests/support/result_matchers.h"

namespace ordinaut::live {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kPatience = 20s;

class Listener final : public Subscriber {
public:
    Took joined(const store::ChangePosition& at) override {
        return note([&] { at_ = at, joined_ = true; });
    }
    Took take(const std::vector<const Event*>& events, const store::ChangePosition& upto,
              bool live) override {
        const std::lock_guard lock(mutex_);
        if (answer_ != Took::kYes) {
            refused_live_ = live;
            ++refused_;
            changed_.notify_all();
            return answer_;
        }
        for (const Event* event : events) types_.push_back(event->note.type);
        at_ = upto;
        changed_.notify_all();
        return Took::kYes;
    }
    Took resync(const store::ChangePosition& at, std::string_view reason) override {
        return note([&] { at_ = at, types_.push_back("resync: " + std::string(reason)); });
    }
    Took beat(const store::ChangePosition& at) override {
        return note([&] { at_ = at, ++beats_; });
    }
    bool may_go_on() override { return may_go_on_(); }
    void refused() override {
        note([&] { refused_entry_ = true; });
    }
    void left() override {
        note([&] { left_ = true; });
    }
    // Before it joins.
    void ask(std::function<bool()> may_go_on) { may_go_on_ = std::move(may_go_on); }

    void answer(Took answer) {
        const std::lock_guard lock(mutex_);
        answer_ = answer;
    }
    template <class Done>
    bool wait(Done done) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, done);
    }
    bool wait_for_types(size_t count) {
        return wait([&] { return types_.size() >= count; });
    }
    std::vector<std::string> types() {
        const std::lock_guard lock(mutex_);
        return types_;
    }

    // Read in wait().
    std::vector<std::string> types_;
    store::ChangePosition at_;
    bool joined_ = false, left_ = false, refused_live_ = false, refused_entry_ = false;
    int beats_ = 0, refused_ = 0;

private:
    template <class Step>
    Took note(Step step) {
        const std::lock_guard lock(mutex_);
        step();
        changed_.notify_all();
        return answer_ == Took::kGone ? Took::kGone : Took::kYes;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    Took answer_ = Took::kYes;
    std::function<bool()> may_go_on_ = [] { return true; };
};

// The store, counting and able to fail or to hold back.
class WatchedChanges final : public store::ChangeStore {
public:
    explicit WatchedChanges(store::ChangeStore& inner) : inner_(inner) {}
    Result<store::ChangeBounds> bounds() override {
        if (down) return unavailable("the store is down");
        return inner_.bounds();
    }
    Result<store::ChangePage> read(const store::ChangePosition& after, int limit) override {
        ++reads;
        reads.notify_all();
        if (down) return unavailable("the store is down");
        if (!held) return inner_.read(after, limit);
        store::ChangePage page;
        page.end = after;
        page.held_back = true;
        return page;
    }
    void wait_for_reads(int count) {
        for (int seen = reads; seen < count; seen = reads) reads.wait(seen);
    }
    std::atomic<bool> down{false}, held{false};
    std::atomic<int> reads{0};

private:
    store::ChangeStore& inner_;
};

class FeedTest : public ::testing::Test {
protected:
    void start(FeedOptions options = {}) {
        feed_ = std::make_unique<Feed>(changes_, stores_.wakeup, clock_, options);
    }
    struct Joined {
        uint64_t ticket;
        std::shared_ptr<Listener> listener;
    };
    Joined join(Filter filter = {}, std::optional<std::string> after = {},
                std::function<bool()> may_go_on = {}) {
        auto listener = std::make_shared<Listener>();
        if (may_go_on) listener->ask(std::move(may_go_on));
        const uint64_t ticket = feed_->new_ticket();
        EXPECT_OK(feed_->join(ticket, {std::move(filter), std::move(after), listener}));
        EXPECT_TRUE(listener->wait([&] { return listener->joined_ || listener->left_; }));
        return {ticket, listener};
    }
    void tell(const std::string& verb) {
        EXPECT_OK(stores_.system.audit("extension." + verb, "std", "{}", {}));
    }
    std::string newest() { return text_of(stores_.changes.bounds()->newest); }

    ManualClock wall_{*parse_time("2026-03-01T08:00:00Z")};
    SystemClock clock_;
    store::memory::MemoryStores memory_{wall_};
    store::Stores stores_ = memory_.stores();
    WatchedChanges changes_{stores_.changes};
    std::unique_ptr<Feed> feed_;
};

TEST_F(FeedTest, EveryoneIsToldOfWhatComesAndNotOfWhatWas) {
    start();
    tell("before");
    const auto first = join(), second = join();
    tell("one");
    tell("two");
    for (const auto& each : {first, second}) {
        ASSERT_TRUE(each.listener->wait_for_types(2));
        EXPECT_THAT(each.listener->types(), ElementsAre("extension.one", "extension.two"));
    }
    feed_->leave(first.ticket);
    ASSERT_TRUE(first.listener->wait([&] { return first.listener->left_; }));
    tell("three");
    ASSERT_TRUE(second.listener->wait_for_types(3));
    EXPECT_EQ(first.listener->types().size(), 2U);
}

TEST_F(FeedTest, OneReaderServesAThousand) {
    start();
    std::vector<Joined> all;
    for (int i = 0; i < 1000; ++i) all.push_back(join());
    const int before = changes_.reads;
    tell("one");
    for (const auto& each : all) ASSERT_TRUE(each.listener->wait_for_types(1));
    EXPECT_LT(changes_.reads - before, 100);
}

TEST_F(FeedTest, NothingIsReadForNobody) {
    start({.poll = 1ms});
    tell("one");
    const auto only = join();
    feed_->leave(only.ticket);
    ASSERT_TRUE(only.listener->wait([&] { return only.listener->left_; }));
    feed_->stop();
    const int reads = changes_.reads;
    tell("two");
    EXPECT_EQ(changes_.reads, reads);
}

TEST_F(FeedTest, AReconnectReplaysExactlyWhatWasMissed) {
    start({.page = 2});
    const auto first = join();
    tell("one");
    ASSERT_TRUE(first.listener->wait_for_types(1));
    const std::string position = text_of(first.listener->at_);
    feed_->leave(first.ticket);
    ASSERT_TRUE(first.listener->wait([&] { return first.listener->left_; }));
    for (const char* verb : {"two", "three", "four", "five"}) tell(verb);
    const auto again = join({}, position);
    ASSERT_TRUE(again.listener->wait_for_types(4));
    tell("six");
    ASSERT_TRUE(again.listener->wait_for_types(5));
    EXPECT_THAT(again.listener->types(),
                ElementsAre("extension.two", "extension.three", "extension.four", "extension.five",
                            "extension.six"));
}

TEST_F(FeedTest, AReplayBesideOthersDisturbsNobody) {
    start({.page = 3});
    const std::string from = newest();
    const auto live = join();
    std::vector<std::string> told;
    for (int i = 0; i < 20; ++i) {
        tell(std::to_string(i));
        told.push_back("extension." + std::to_string(i));
    }
    const auto late = join({}, from), later = join({}, text_of(store::ChangePosition{5, 5}));
    ASSERT_TRUE(live.listener->wait_for_types(20));
    ASSERT_TRUE(late.listener->wait_for_types(20));
    ASSERT_TRUE(later.listener->wait_for_types(15));
    EXPECT_EQ(live.listener->types(), told);
    EXPECT_EQ(late.listener->types(), told);
    EXPECT_EQ(later.listener->types(), std::vector<std::string>(told.begin() + 5, told.end()));
}

TEST_F(FeedTest, WhatCannotBeReplayedIsAResync) {
    start({.page = 2, .replay_max = 4});
    tell("zero");
    for (const char* wrong : {"", "nonsense", "12", "-1-2", "5-x", "99999999999999999999-1"})
        EXPECT_LE(join({}, wrong).listener->types().size(), 1U) << wrong;
    const auto malformed = join({}, "nonsense");
    ASSERT_TRUE(malformed.listener->wait_for_types(1));
    EXPECT_THAT(malformed.listener->types(),
                ElementsAre("resync: the position is not one of this server's"));
    const auto ahead = join({}, "1000000-0");
    ASSERT_TRUE(ahead.listener->wait_for_types(1));
    EXPECT_THAT(ahead.listener->types(),
                ElementsAre("resync: the position lies ahead of this database"));
    tell("one");
    ASSERT_TRUE(malformed.listener->wait_for_types(2));
    EXPECT_EQ(malformed.listener->types().back(), "extension.one");
}

TEST_F(FeedTest, WhatWasPrunedIsAResync) {
    start();
    const std::string from = newest();
    tell("one");
    wall_.advance(std::chrono::hours(24 * 40));
    tell("two");
    ASSERT_OK(stores_.system.upkeep({}));
    const auto late = join({}, from);
    ASSERT_TRUE(late.listener->wait_for_types(1));
    EXPECT_THAT(late.listener->types(),
                ElementsAre("resync: what came after the position is no longer kept"));
}

TEST_F(FeedTest, TooMuchToReplayEndsInAResyncAndGoesOn) {
    start({.page = 2, .replay_max = 4});
    const std::string from = newest();
    for (int i = 0; i < 20; ++i) tell(std::to_string(i));
    const auto late = join({}, from);
    ASSERT_TRUE(late.listener->wait(
        [&] { return !late.listener->types_.empty() && late.listener->types_.back()[0] == 'r'; }));
    tell("new");
    ASSERT_TRUE(
        late.listener->wait([&] { return late.listener->types_.back() == "extension.new"; }));
    EXPECT_THAT(late.listener->types(),
                ElementsAre("extension.0", "extension.1", "extension.2", "extension.3",
                            "resync: too much happened since", "extension.new"));
}

TEST_F(FeedTest, OneWithoutRoomIsToldLaterAndOthersGoOn) {
    start({.page = 2});
    const auto slow = join(), quick = join();
    slow.listener->answer(Took::kFull);
    for (const char* verb : {"one", "two", "three", "four", "five"}) tell(verb);
    ASSERT_TRUE(quick.listener->wait_for_types(5));
    ASSERT_TRUE(slow.listener->wait([&] { return slow.listener->refused_ > 0; }));
    EXPECT_THAT(slow.listener->types(), IsEmpty());
    slow.listener->answer(Took::kYes);
    feed_->resume(slow.ticket);
    ASSERT_TRUE(slow.listener->wait_for_types(5));
    EXPECT_EQ(slow.listener->types(), quick.listener->types());
    EXPECT_EQ(slow.listener->refused_, 1) << "it was asked again without room";
}

TEST_F(FeedTest, OneThatIsGoneIsForgotten) {
    start();
    const auto gone = join(), stays = join();
    gone.listener->answer(Took::kGone);
    tell("one");
    ASSERT_TRUE(stays.listener->wait_for_types(1));
    ASSERT_TRUE(gone.listener->wait([&] { return gone.listener->refused_ > 0; }));
    gone.listener->answer(Took::kYes);
    tell("two");
    ASSERT_TRUE(stays.listener->wait_for_types(2));
    EXPECT_THAT(gone.listener->types(), IsEmpty());
}

TEST_F(FeedTest, AFilterThatNeverFitsStillMovesThePosition) {
    start({.heartbeat = 5ms});
    Filter filter;
    filter.kinds = {"task"};
    const auto quiet = join(filter);
    for (int i = 0; i < 5; ++i) tell(std::to_string(i));
    const auto newest = stores_.changes.bounds()->newest;
    ASSERT_TRUE(quiet.listener->wait([&] { return quiet.listener->at_ >= newest; }));
    EXPECT_THAT(quiet.listener->types(), IsEmpty());
    EXPECT_GT(quiet.listener->beats_, 0);
}

TEST_F(FeedTest, AnAnswerThatTakesItsTimeHoldsUpNobody) {
    start({.heartbeat = 5ms});
    std::promise<void> asked;
    std::promise<bool> answer;
    std::atomic<int> questions{0};
    const auto slow = join({}, {}, [&] {
        if (++questions == 1) asked.set_value();
        return answer.get_future().get();
    });
    const auto other = join();
    asked.get_future().wait();
    const auto beats_go_on = [&](const Joined& each) {
        Listener& listener = *each.listener;
        int before = 0;
        ASSERT_TRUE(listener.wait([&] { return before = listener.beats_, true; }));
        ASSERT_TRUE(listener.wait([&] { return listener.beats_ > before + 3; }));
    };
    beats_go_on(slow);
    beats_go_on(other);
    tell("one");
    ASSERT_TRUE(slow.listener->wait_for_types(1));
    ASSERT_TRUE(other.listener->wait_for_types(1));
    EXPECT_EQ(questions, 1);
    answer.set_value(false);
    ASSERT_TRUE(slow.listener->wait([&] { return slow.listener->refused_entry_; }));
    tell("two");
    ASSERT_TRUE(other.listener->wait_for_types(2));
    EXPECT_THAT(slow.listener->types(), ElementsAre("extension.one"));
    feed_->stop();
    EXPECT_FALSE(slow.listener->left_);
    EXPECT_TRUE(other.listener->left_);
}

TEST_F(FeedTest, WhoMayGoOnIsAskedAgainAndAgain) {
    start({.heartbeat = 5ms});
    std::atomic<int> questions{0};
    const auto one = join({}, {}, [&] { return ++questions < 4; });
    ASSERT_TRUE(one.listener->wait([&] { return one.listener->refused_entry_; }));
    EXPECT_EQ(questions, 4);
}

TEST_F(FeedTest, WhatIsHeldBackComesWithoutAnotherHint) {
    start();
    const auto one = join();
    changes_.held = true;
    tell("one");
    changes_.wait_for_reads(changes_.reads + 2);
    EXPECT_THAT(one.listener->types(), IsEmpty());
    changes_.held = false;
    ASSERT_TRUE(one.listener->wait_for_types(1));
}

TEST_F(FeedTest, AStoreThatIsDownDelaysAndLosesNothing) {
    start({.poll = 5ms});
    const auto one = join();
    changes_.down = true;
    tell("one");
    const auto refused = join();
    EXPECT_TRUE(refused.listener->wait([&] { return refused.listener->left_; }));
    changes_.down = false;
    ASSERT_TRUE(one.listener->wait_for_types(1));
    EXPECT_THAT(one.listener->types(), ElementsAre("extension.one"));
}

TEST_F(FeedTest, AStopTellsEveryoneAndTakesNobodyMore) {
    start({.subscribers_max = 2});
    const auto one = join(), two = join();
    auto third = std::make_shared<Listener>();
    const Status full = feed_->join(feed_->new_ticket(), {{}, {}, third});
    ASSERT_FALSE(full.ok());
    EXPECT_EQ(full.error().code, ErrorCode::kUnavailable);
    feed_->stop();
    EXPECT_TRUE(one.listener->left_);
    EXPECT_TRUE(two.listener->left_);
    EXPECT_FALSE(feed_->join(feed_->new_ticket(), {{}, {}, third}).ok());
}

}  // namespace
}  // namespace ordinaut::live
