#include "schedule/calendar.h"

#include <map>

namespace ordinaut::schedule {
using namespace std::chrono;

SysTime begin_of_day(local_days day, const Zone& zone) {
    const LocalReading reading = zone.read(day);
    return reading.kind == LocalReading::kGap ? reading.gap_end : reading.first;
}

std::vector<CalendarDay> days_of_year(const Schedule& schedule, year year) {
    const Zone& zone = schedule.zone();
    const SysTime end = begin_of_day(local_days((year + years(1)) / January / 1), zone);
    // Sorted by day: where the clocks go back over midnight, a day comes twice.
    std::map<local_days, int> runs;
    WallTime before = begin_of_day(local_days(year / January / 1), zone) - microseconds(1);
    for (auto at = schedule.next_after(before); at && *at < end; at = schedule.next_after(before)) {
        const local_days day = floor<days>(zone.local(floor<seconds>(*at)));
        before = *at;
        if (++runs[day] == kRunsCountedMax)
            before =
                std::max<WallTime>(before, begin_of_day(day + days(1), zone) - microseconds(1));
    }
    std::vector<CalendarDay> found;
    for (const auto& [day, count] : runs)
        found.push_back({year_month_day(day), std::min(count, kRunsCountedMax)});
    return found;
}

}  // namespace ordinaut::schedule
