#include "schedule/count_limit.h"

#include <mutex>
#include <unordered_map>

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr int64_t kWalkedMax = 1'000'000;
constexpr size_t kRememberedMax = 1024;

struct End {
    LocalTime last = LocalTime::max();
    SysTime until = SysTime::max();
};

// The last of the first `count`, by visiting each. Unlimited when there are fewer.
End walk(const Stream& stream, int64_t count) {
    End end;
    if (stream.elapsed) {
        SysTime at = to_utc(stream.pattern.start, hours(26));
        for (int64_t n = 0; n < count; ++n) {
            const auto next = stream.at_or_after(at);
            if (!next) return end;
            at = *next + seconds(1);
        }
        end.until = at - seconds(1);
        return end;
    }
    LocalTime at = stream.pattern.start;
    for (int64_t n = 0; n < count; ++n) {
        const auto next = stream.pattern.next(at, LocalTime::max());
        if (!next) return end;
        at = *next + seconds(1);
    }
    end.last = at - seconds(1);
    return end;
}

// A schedule is read again for every run, and a walk is long: the ends of the latest rules are
// kept. They depend on nothing but the key and the zone's data, which does not change while the
// process lives.
End remembered_walk(const Stream& stream, const RecurrenceRule& rule) {
    static std::mutex mutex;
    static std::unordered_map<std::string, End> ends;
    const std::string key =
        rule.text + '\n' + stream.zone.name() + '\n' + format_local(stream.pattern.start);
    {
        std::lock_guard lock(mutex);
        if (const auto found = ends.find(key); found != ends.end()) return found->second;
    }
    const End end = walk(stream, *rule.count);
    std::lock_guard lock(mutex);
    if (ends.size() >= kRememberedMax) ends.clear();
    ends.emplace(key, end);
    return end;
}
}  // namespace

Status limit_by_count(Stream& stream, const RecurrenceRule& rule) {
    constexpr int64_t kUnits[] = {1, 60, 3600, 86400, int64_t{7} * 86400};
    const int64_t count = *rule.count;
    if (rule.freq <= Freq::kWeekly && !rule.has_by_part()) {
        const int64_t step = kUnits[size_t(rule.freq)] * rule.interval;
        const LocalTime end = local_days(year{kYearMax} / December / 31);
        // Beyond what is ever reached.
        if (count - 1 >= (end - stream.pattern.start).count() / step) return ok();
        const seconds length((count - 1) * step);
        if (stream.elapsed)
            stream.until = to_utc(stream.pattern.start, stream.start_offset) + length;
        else
            stream.pattern.last = stream.pattern.start + length;
        return ok();
    }
    if (!stream.elapsed && rule.by_position.empty() && stream.pattern.spilled.empty()) {
        if (const auto last = stream.pattern.nth(count - 1)) stream.pattern.last = *last;
        return ok();
    }
    if (count > kWalkedMax)
        return invalid("/schedule_expr", "COUNT=" + std::to_string(count) +
                                             " is more than 1000000, too many to count for a "
                                             "rule of this kind; use UNTIL");
    const End end = remembered_walk(stream, rule);
    stream.pattern.last = std::min(stream.pattern.last, end.last);
    stream.until = std::min(stream.until, end.until);
    return ok();
}

}  // namespace ordinaut::schedule
