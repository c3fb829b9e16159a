// A year of a schedule, day by day.
#pragma once
#include <chrono>
#include <vector>

#include "schedule/schedule.h"

namespace ordinaut::schedule {

inline constexpr int kRunsCountedMax = 100;

struct CalendarDay {
    std::chrono::year_month_day date;
    int runs;  // At most kRunsCountedMax; more are not counted.
};

// The first instant of a day in that zone (midnight may not exist).
SysTime begin_of_day(std::chrono::local_days day, const Zone& zone);

// The days of `year` in the schedule's zone on which it runs, in order. Bounded: some 15 ms for a
// schedule that runs all the time.
std::vector<CalendarDay> days_of_year(const Schedule& schedule, std::chrono::year year);

}  // namespace ordinaut::schedule
