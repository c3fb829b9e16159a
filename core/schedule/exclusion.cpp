#include "schedule/exclusion.h"

#include <algorithm>

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr uint64_t kAllHours = (uint64_t{1} << 24) - 1, kAllSixty = (uint64_t{1} << 60) - 1;
// Before it some zones had offsets of odd seconds, which move the lattices of wall clock and
// elapsed time apart.
constexpr SysTime kWholeMinutes = sys_days(year{1980} / January / 1);

bool within(uint64_t bits, uint64_t all) { return (bits & ~all) == 0; }

bool unlimited(const Stream& stream) {
    return stream.until == SysTime::max() && stream.pattern.last == LocalTime::max();
}

// Every occurrence lies a multiple of so many seconds after the start.
int64_t grid_of(const Stream& stream) {
    const Pattern& pattern = stream.pattern;
    const uint64_t second = uint64_t{1}
                            << (pattern.start.time_since_epoch().count() % 60 + 60) % 60;
    if (!pattern.counts_elapsed()) return pattern.times.seconds == second ? 60 : 1;
    if (pattern.freq == Freq::kSecondly) return pattern.interval;
    if (!pattern.second_of_start) return 1;
    if (pattern.freq == Freq::kMinutely) return 60 * pattern.interval;
    return pattern.minute_of_start ? 3600 * pattern.interval : 60;
}
}  // namespace

void subtract_days(Stream& included, const Stream& excluded) {
    const Pattern& from = excluded.pattern;
    if (from.counts_elapsed() || from.interval != 1 || !from.positions.empty() ||
        !unlimited(excluded))
        return;
    Pattern& pattern = included.pattern;
    if (pattern.counts_elapsed() || !pattern.positions.empty()) return;
    if (!within(pattern.times.hours, from.times.hours) ||
        !within(pattern.times.minutes, from.times.minutes) ||
        !within(pattern.times.seconds, from.times.seconds))
        return;
    pattern.days = pattern.days.without(from.days);
}

bool covers(const Stream& excluded, const Stream& included) {
    const Pattern &from = excluded.pattern, &pattern = included.pattern;
    if (!from.counts_elapsed() || !from.positions.empty() || !unlimited(excluded)) return false;
    if (from.freq == pattern.freq && pattern.interval % from.interval == 0 &&
        from.minute_of_start == pattern.minute_of_start &&
        from.second_of_start == pattern.second_of_start &&
        within(pattern.times.minutes, from.times.minutes) &&
        within(pattern.times.seconds, from.times.seconds))
        return true;
    const bool expands = (from.freq == Freq::kHourly && !from.minute_of_start) ||
                         (from.freq > Freq::kSecondly && !from.second_of_start);
    return !expands && grid_of(included) % grid_of(excluded) == 0;
}

SysTime end_of_exclusion(const Stream& excluded, SysTime at) {
    const Pattern& pattern = excluded.pattern;
    const ZoneSegment segment = excluded.zone.segment(at);
    const bool filters_within_hour =
        (pattern.freq < Freq::kHourly && pattern.times.minutes != kAllSixty) ||
        (pattern.freq < Freq::kMinutely && pattern.times.seconds != kAllSixty);
    if (filters_within_hour || at < kWholeMinutes) return at + seconds(1);
    const LocalTime local = to_local(at, segment.offset);
    local_days day = floor<days>(local);
    int hour = int(floor<hours>(local - day).count());
    while (hour < 24 && (pattern.times.hours >> hour & 1)) ++hour;
    if (hour == 24 && pattern.times.hours == kAllHours) {
        const auto last =
            int(floor<days>(std::min(segment.end, at + days(4000))).time_since_epoch().count()) + 1;
        day = local_days(days(pattern.days.next_absent(int(day.time_since_epoch().count()), last)));
        hour = 0;
    }
    return std::max(at + seconds(1),
                    std::min(segment.end, to_utc(day + hours(hour), segment.offset)));
}

}  // namespace ordinaut::schedule
