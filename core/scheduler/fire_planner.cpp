#include "scheduler/fire_planner.h"

#include "base/check.h"

namespace ordinaut::scheduler {
namespace {

// Collects what does not run; neighbours with the same reason become one range.
class SkipList {
public:
    void add(WallTime at, std::string_view reason) {
        if (open_ && skips_.back().reason == reason && at >= skips_.back().last) {
            skips_.back().last = at;
            ++skips_.back().count;
        } else {
            skips_.push_back({at, at, 1, std::string(reason), 0});
            open_ = true;
        }
    }
    void close() { open_ = false; }  // Something that runs comes between.
    std::vector<store::Skip> take() { return std::move(skips_); }

private:
    std::vector<store::Skip> skips_;
    bool open_ = false;
};

struct DueOccurrences {
    // ≤ now, ascending, without the excluded ones.
    std::vector<WallTime> times;
    std::vector<std::pair<WallTime, std::string>> excluded;  // Ascending.
    std::optional<WallTime> next;                            // The one after them.
    bool complete = true;  // False: more are due than one plan looks at.
};

DueOccurrences collect(WallTime first, WallTime now, const NextAfter& next_after,
                       const ExcludedBy& excluded_by) {
    DueOccurrences due;
    std::optional<WallTime> at = first;
    while (at && *at <= now && due.times.size() + due.excluded.size() < kOccurrencesPerPlanMax) {
        std::string reason = excluded_by ? excluded_by(*at) : std::string();
        if (reason.empty())
            due.times.push_back(*at);
        else
            due.excluded.emplace_back(*at, std::move(reason));
        at = next_after(*at);
    }
    due.next = at;
    due.complete = !at || *at > now;
    return due;
}

// Whether a missed occurrence (late by more than a minute) is made up for, or the reason why not.
std::string_view missed_reason(const Task& task, const DueOccurrences& due, size_t index,
                               size_t missed_count, WallTime now) {
    if (task.misfire == Misfire::kSkip) return "missed(skipped)";
    if (due.times[index] < now - std::chrono::seconds(task.catchup_window_seconds))
        return "missed(window)";
    if (!due.complete) return "missed(coalesced)";
    if (task.misfire == Misfire::kFireAll)
        return missed_count - index <= static_cast<size_t>(task.catchup_max) ? ""
                                                                             : "missed(coalesced)";
    // fire_last: one run for all that was missed, unless an occurrence that is on time does that
    // anyway.
    return index + 1 == due.times.size() ? "" : "missed(coalesced)";
}

// Fires what may start, beside the runs that are live and those fired before it.
class OverlapGate {
public:
    OverlapGate(const store::DueTask& due, store::FirePlan& plan, SkipList& skips)
        : due_(due),
          plan_(plan),
          skips_(skips),
          live_(due.live_runs),
          buffered_(due.buffered_runs) {}

    void fire(WallTime at) { fire(at, at, 0); }
    void fire(WallTime at, WallTime not_before, size_t event) {
        store::Fire fire{at, not_before + jitter_of(due_.task, at), false, event};
        switch (due_.task.overlap) {
            case Overlap::kAllow: break;
            case Overlap::kSkip:
                if (live_ > 0) return skips_.add(at, "overlap");
                break;
            case Overlap::kBufferOne:
                if (live_ > 0 && buffered_ > 0) return skips_.add(at, "overlap");
                fire.buffered = live_ > 0;
                break;
            case Overlap::kBufferAll:
                if (buffered_ >= kBufferedMax) return skips_.add(at, "overlap(full)");
                fire.buffered = live_ > 0;
                break;
            case Overlap::kCancelOther:  // The newest of one plan makes way for none.
                for (const auto& older : plan_.fires) skips_.add(older.nominal_at, "overlap");
                plan_.fires.clear();
                plan_.cancel_others = due_.live_runs > 0;
                fire.buffered = due_.running_runs > 0;
                break;
        }
        ++live_;
        buffered_ += fire.buffered;
        // Else it may still make way.
        if (due_.task.overlap != Overlap::kCancelOther) skips_.close();
        plan_.fires.push_back(fire);
    }

private:
    const store::DueTask& due_;
    store::FirePlan& plan_;
    SkipList& skips_;
    int live_, buffered_;
};

}  // namespace

std::chrono::microseconds jitter_of(const Task& task, WallTime nominal_at) {
    if (task.jitter_seconds <= 0) return {};
    const Id hash =
        derived_id("jitter", task.id + "|" + std::to_string(nominal_at.time_since_epoch().count()));
    const uint64_t number = std::stoull(hash.substr(0, 8), nullptr, 16);
    return std::chrono::milliseconds(number % (static_cast<uint64_t>(task.jitter_seconds) * 1000));
}

store::FirePlan plan_fires(const store::DueTask& due_task, WallTime now,
                           const NextAfter& next_after, const ExcludedBy& excluded_by) {
    const Task& task = due_task.task;
    CHECK(task.next_run_at.has_value());
    const DueOccurrences due = collect(*task.next_run_at, now, next_after, excluded_by);
    const auto on_time = std::lower_bound(due.times.begin(), due.times.end(), now - kOnTimeWithin);
    const auto missed_count = static_cast<size_t>(on_time - due.times.begin());

    store::FirePlan plan;
    plan.next_run_at = due.next;
    SkipList skips;
    OverlapGate gate(due_task, plan, skips);
    auto excluded = due.excluded.begin();
    const auto note_excluded_before = [&](WallTime limit) {
        for (; excluded != due.excluded.end() && excluded->first < limit; ++excluded)
            skips.add(excluded->first, excluded->second);
    };
    for (size_t i = 0; i < due.times.size(); ++i) {
        const WallTime at = due.times[i];
        note_excluded_before(at);
        if (i < missed_count) {
            if (const auto reason = missed_reason(task, due, i, missed_count, now);
                !reason.empty()) {
                skips.add(at, reason);
                continue;
            }
        }
        gate.fire(at);
    }
    note_excluded_before(WallTime::max());
    plan.skips = skips.take();
    return plan;
}

store::FirePlan plan_events(const store::DueTask& due, const std::vector<WallTime>& published,
                            WallTime now, const ExcludedBy& excluded_by) {
    store::FirePlan plan;
    SkipList skips;
    OverlapGate gate(due, plan, skips);
    for (size_t i = 0; i < published.size(); ++i) {
        const WallTime at = published[i];
        if (const auto reason = excluded_by ? excluded_by(at) : std::string(); !reason.empty())
            skips.add(at, reason);
        else
            gate.fire(at, std::min(at, now), i);  // The spine's clock may be ahead.
    }
    plan.skips = skips.take();
    return plan;
}

}  // namespace ordinaut::scheduler
