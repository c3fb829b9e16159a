// The subscribers of a feed and how far each has been told. Of the feed's thread alone.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "live/filter.h"
#include "live/subscriber.h"

namespace ordinaut::live {

// Whether a member may go on is asked elsewhere; shared with whoever asks.
struct Question {
    explicit Question(std::shared_ptr<Subscriber> asked) : subscriber(std::move(asked)) {}
    const std::shared_ptr<Subscriber> subscriber;
    std::atomic<bool> is_open{false};  // Stays so when the answer was no.
};

struct Member {
    std::shared_ptr<Subscriber> subscriber;
    Filter filter;
    store::ChangePosition told = {};  // Up to here.
    bool behind = false;              // Reads what it missed; else it is told as things happen.
    bool blocked = false;             // Behind, and has no room.
    int64_t replayed = 0;             // Changes read for it since it fell behind.
    MonoTime beat_at = {};
    std::shared_ptr<Question> question = {};  // Null until it was asked.
};

class Members {
public:
    using Id = uint64_t;

    bool empty() const { return members_.empty(); }
    size_t size() const { return members_.size(); }
    void add(Id id, Member member) { members_.emplace(id, std::move(member)); }
    void leave(Id id);   // Tells it.
    void refuse(Id id);  // Tells it.
    void resume(Id id);  // It has room again.
    void leave_all();

    // Tells those who are live, or those who are behind and have room, of `events`: what was
    // settled up to `upto`.
    void tell(const std::vector<Event>& events, const store::ChangePosition& upto, bool live);
    // The least that anyone who is behind and has room was told; none: nobody is.
    std::optional<store::ChangePosition> least_behind() const;
    // Those with room have read `count` changes up to `upto`: with nothing `more` they are live;
    // after `replay_max` they give up and go on from `live_at`.
    void caught_up(size_t count, const store::ChangePosition& upto, bool more, int64_t replay_max,
                   const store::ChangePosition& live_at);

    // Those whose beat is due; `ask` is told of the ones whose last question has an answer.
    using Ask = std::function<void(Id, const std::shared_ptr<Question>&)>;
    void beat(MonoTime now, std::chrono::milliseconds interval, const Ask& ask);
    MonoTime next_beat() const;  // The far future when there is nobody.

private:
    // Calls `step(member)` for each and forgets those that are gone.
    template <class Step>
    void each(Step step);
    void ask_of(Id id, Member& member, const Ask& ask);

    std::unordered_map<Id, Member> members_;
};

}  // namespace ordinaut::live
