// Cron expressions: five fields (minute hour day month weekday) or six with leading seconds.
//
// Names (JAN, MON), ranges, lists, steps; `?` in the day fields; `L`, `L-3`, `LW`, `15W` in the day
// of the month; `5L`, `5#2` in the day of the week; @hourly @daily @midnight @weekly @monthly
// @yearly @annually. Sunday is 0 and 7. When neither day field begins with `*` (or is `?`) they
// combine as OR (POSIX, as Debian's cron reads it); otherwise as AND.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "schedule/pattern.h"

namespace ordinaut::schedule {

struct Cron {
    uint64_t seconds = 1, minutes = 0, hours = 0;  // Bit n = value n.
    uint64_t months = 0;                           // Bits 1–12.

    uint64_t days = 0;           // Bits 1–31: days of the month.
    uint64_t days_from_end = 0;  // Bit n: the last day of the month, minus n.
    // Bit n: the working day (Monday to Friday) of this month nearest to day n.
    uint64_t nearest_days = 0;
    bool last_working_day = false;

    uint64_t weekdays = 0;  // Bits 0–6, 0 = Monday (not cron's numbering).
    // [n]: weekdays that match as the (n+1)-th of the month.
    std::array<uint64_t, 5> nth_weekdays = {};
    uint64_t last_weekdays = 0;  // Weekdays that match as the last of the month.

    bool any_day = false, any_weekday = false;                // The field is `*` or `?`.
    bool day_restricted = false, weekday_restricted = false;  // Does not begin with `*` or `?`.
    bool elapsed = false;      // `*` or a step in minute or hour: it counts elapsed time.
    bool has_seconds = false;  // Six fields.

    // kInvalid (pointer /schedule_expr) names the field, the position in the text, and what would
    // be right.
    static Result<Cron> parse(std::string_view text);

    bool matches(const DayOfYear& day) const;
    Pattern pattern() const;
};

}  // namespace ordinaut::schedule
