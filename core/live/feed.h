// The one reader of changes in a process. It tells all subscribers, with one query for all of them.
//
// A notification is a hint to look; without one it looks every `poll`. Nothing is read while nobody
// subscribes. It reads on only past transactions that have ended (store/change_store.h), so nothing
// is lost and nothing told twice to one subscriber. While the store cannot be read, subscribers
// wait and are told afterwards.
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/work_pool.h"
#include "live/members.h"
#include "store/change_store.h"
#include "store/wakeup.h"

namespace ordinaut::live {

struct FeedOptions {
    int page = 500;               // Changes per query.
    int64_t replay_max = 10'000;  // Changes read to bring a subscriber up to date, before a resync.
    size_t subscribers_max = 20'000;
    std::chrono::milliseconds poll{1000};
    // Hints closer together than this are one: bounds the queries of a busy server.
    std::chrono::milliseconds gather{20};
    // The first wait for a transaction that holds others back; doubled up to `poll`.
    std::chrono::milliseconds held_back{10};
    std::chrono::milliseconds heartbeat{15'000};
};

struct Subscription {
    Filter filter;
    // Everything after this position, as text_of() wrote it; what cannot be found there becomes a
    // resync. None: from now on.
    std::optional<std::string> after = {};
    std::shared_ptr<Subscriber> subscriber;
};

// Thread-safe. The stores and the clock must outlive it.
class Feed {
public:
    Feed(store::ChangeStore& changes, store::Wakeup& wakeup, const Clock& clock,
         FeedOptions options);
    ~Feed();  // As stop().

    // A number for join, leave and resume.
    uint64_t new_ticket();
    // kUnavailable: it stops, or there are too many.
    Status join(uint64_t ticket, Subscription subscription);
    void leave(uint64_t ticket);   // Nothing, when it is not (or no longer) in.
    void resume(uint64_t ticket);  // After Took::kFull: there is room.

    // All subscribers have left when it returns. Idempotent.
    void stop();

private:
    struct Orders {
        std::vector<std::pair<uint64_t, Subscription>> joining;
        std::vector<uint64_t> leaving, resuming, refused;
    };

    void loop();
    // Sleeps until there is something to do. False: stopping.
    bool wait(Orders& orders);
    std::chrono::nanoseconds time_to_sleep() const;
    void carry_out(Orders orders);
    // Asks on the other thread whether a member may go on.
    void ask(uint64_t ticket, const std::shared_ptr<Question>& question);
    void admit(std::vector<std::pair<uint64_t, Subscription>>&& joining);
    // Members that are live get what is new, then those that are behind get a page.
    Status read_on();
    Status catch_up();
    void note_failure(const Status& status);

    store::ChangeStore& changes_;
    const Clock& clock_;
    const FeedOptions options_;

    std::mutex mutex_;
    std::condition_variable wake_;
    Orders orders_;
    bool hinted_ = false;
    bool stopping_ = false;
    uint64_t tickets_ = 0;
    size_t inside_ = 0;  // Members, and those who wait to be.

    // Of the thread.
    Members members_;
    store::ChangePosition told_;  // All who are live were told up to here.
    MonoTime looked_at_;
    bool more_ = false;                       // There is more to read at once.
    bool failing_ = false;                    // The store could not be read.
    std::chrono::milliseconds held_back_{0};  // 0 = nothing is.

    // Whether members may go on: one question each at most. Answers need the store, so the feed's
    // thread cannot wait for them.
    WorkPool questions_;
    std::shared_ptr<void> listening_;
    std::thread thread_;
};

}  // namespace ordinaut::live
