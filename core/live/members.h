// The subscribers of a feed and how far each has been told. Of the feed's thread alone.
#pragma once
#include <memory>
#include <optional>
#include <unordered_map>

#include "live/filter.h"
#include "live/subscriber.h"

namespace ordinaut::live {

struct Member {
    std::shared_ptr<Subscriber> subscriber;
    Filter filter;
    store::ChangePosition told = {};  // Up to here.
    bool behind = false;              // Reads what it missed; else it is told as things happen.
    bool blocked = false;             // Behind, and has no room.
    int64_t replayed = 0;             // Changes read for it since it fell behind.
    MonoTime beat_at = {};
};

class Members {
public:
    using Id = uint64_t;

    bool empty() const { return members_.empty(); }
    size_t size() const { return members_.size(); }
    void add(Id id, Member member) { members_.emplace(id, std::move(member)); }
    void leave(Id id);   // Tells it.
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

    void beat(MonoTime now, std::chrono::milliseconds interval);
    MonoTime next_beat() const;  // The far future when there is nobody.

private:
    // Calls `step(member)` for each and forgets those that are gone.
    template <class Step>
    void each(Step step);

    std::unordered_map<Id, Member> members_;
};

}  // namespace ordinaut::live
