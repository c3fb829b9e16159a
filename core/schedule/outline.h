// What a sentence about a schedule has to say, before any language is chosen.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "schedule/schedule.h"

namespace ordinaut::schedule {

struct Outline {
    // How often: every `interval` of `unit`. Interval 1 of kDaily, kWeekly and kMonthly goes
    // without saying beside days.
    Freq unit = Freq::kDaily;
    int64_t interval = 1;
    std::optional<int> week_start;  // Said where it matters: weekly, interval over 1, not Monday.

    // Which days; several at once mean "or". None of them = every day.
    uint64_t weekdays = 0;                // Bit 0 = Monday.
    std::vector<int> month_days;          // 1–31, -1 = the last.
    std::vector<WeekdayNumber> numbered;  // n is 1–5 or -1, inside the month.
    // 1 = the first, -1 = the last of Monday to Friday in the month.
    int working_day = 0;
    std::vector<std::pair<int, int>> dates;  // Month and day, every year.
    uint64_t months = 0;                     // Bits 1–12; 0 = all.
    // Names a date that not every month (or year) has; `skip` says what happens then.
    bool some_dates_missing = false;
    Skip skip = Skip::kOmit;

    // When in the day: either these times, or these minutes of these hours, or neither (units below
    // a day).
    std::vector<int> times;  // Seconds after midnight.
    uint64_t minutes = 0, hours = 0;
    // The minutes may be said as "every 15 minutes": they go on through a change of the clocks.
    bool elapsed = false;

    std::optional<LocalTime> counted_from;
    std::optional<IcalTime> until;
    std::optional<int64_t> count;
    std::vector<IcalMoment> extra_dates, excluded_dates;
};

// Nothing when the schedule has a part that an Outline cannot express exactly. Not for kOnce.
std::optional<Outline> outline_of(const Schedule& schedule);

}  // namespace ordinaut::schedule
