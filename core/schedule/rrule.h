// One recurrence rule: the value of RRULE or EXRULE (RFC 5545 §3.3.10), read and validated.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "schedule/pattern.h"

namespace ordinaut::schedule {

// A DATE or DATE-TIME value: 20260301, 20260301T100000, 20260301T080000Z.
struct IcalTime {
    LocalTime local{};
    bool utc = false;        // Ends with Z.
    bool date_only = false;  // `local` is its midnight.

    // Nothing when the text is not exactly such a value, or there is no such date or time of day.
    static std::optional<IcalTime> parse(std::string_view text);
};

struct WeekdayNumber {
    int weekday;  // 0 = Monday.
    int n;        // 0 = every one; 2 = the second; -1 = the last.
};

// What becomes of a date that does not exist, such as 31 April (RFC 7529 §4.1).
enum class Skip { kOmit, kBackward, kForward };

struct RecurrenceRule {
    std::string text;  // As written.
    Freq freq = Freq::kDaily;
    int64_t interval = 1;
    std::optional<int64_t> count;
    std::optional<IcalTime> until;
    int week_start = 0;  // 0 = Monday.
    Skip skip = Skip::kOmit;
    std::vector<int> by_second, by_minute, by_hour, by_month_day, by_year_day, by_week_number,
        by_month, by_position;
    std::vector<WeekdayNumber> by_day;

    // `place` names where the text stands, e.g. "RRULE" or "line 2, RRULE". kInvalid (pointer
    // /schedule_expr) with the part, the value, the position in the text, and the reason; what RFC
    // 5545 forbids is rejected too. Part names and values ignore case. RSCALE=GREGORIAN and SKIP
    // (RFC 7529): a date that does not exist moves to the last day before it or to the first day
    // after it; days counted from the end that do not exist are left out.
    static Result<RecurrenceRule> parse(std::string_view text, const std::string& place);

    // The rule counted from `start` (DTSTART), which also gives what the rule leaves out. COUNT and
    // UNTIL are not in it.
    Pattern pattern(LocalTime start) const;
    // With the day parts it leaves out taken from `start`.
    RecurrenceRule completed(LocalTime start) const;
    bool has_day_part() const;  // BYDAY, BYMONTHDAY, BYYEARDAY or BYWEEKNO.
    bool has_by_part() const;
};

}  // namespace ordinaut::schedule
