// The POSIX TZ rule at the end of a TZif file (RFC 8536 §3.3): which offset holds in years after
// the table.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace ordinaut::schedule {

struct PosixTz {
    // One yearly change. kJulian: day 1–365, 29 February never counted; kDayOfYear: day 0–365;
    // kMonthWeek: the `week`-th (5 = last) `weekday` (0 = Sunday) of `month`. `time` after 00:00
    // local; may be negative or over 24 h.
    struct Change {
        enum Kind { kJulian, kDayOfYear, kMonthWeek } kind;
        int day;
        int month, week, weekday;
        std::chrono::seconds time;
    };
    std::chrono::seconds standard_offset;  // Local = UTC + offset.
    struct Daylight {
        std::chrono::seconds offset;
        Change start, end;
    };
    std::optional<Daylight> daylight;

    // Reads e.g. "EET-2EEST,M3.5.0/3,M10.5.0/4" or "<+0545>-5:45"; nothing when the text is not
    // such a rule.
    static std::optional<PosixTz> parse(std::string_view text);

    struct Transition {
        std::chrono::sys_seconds at;
        std::chrono::seconds offset;  // From `at` on.
    };
    // The year's two changes in order; empty without daylight saving.
    std::vector<Transition> transitions(int year) const;
};

}  // namespace ordinaut::schedule
