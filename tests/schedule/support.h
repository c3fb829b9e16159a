// What the tests of schedule/ share: a schedule in one line, its occurrences as one string.
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "schedule/schedule.h"

namespace ordinaut::schedule {

inline WallTime at(std::string_view text) { return *parse_time(text); }

inline ScheduleSpec cron(std::string_view expr, std::string_view zone = "UTC") {
    return {ScheduleKind::kCron, expr, zone, at("2026-01-01T00:00:00Z")};
}
inline ScheduleSpec rrule(std::string_view expr, std::string_view zone = "UTC") {
    return {ScheduleKind::kRrule, expr, zone, at("2026-01-01T09:00:30Z")};
}
inline ScheduleSpec once(std::string_view expr, std::string_view zone = "UTC") {
    return {ScheduleKind::kOnce, expr, zone};
}

inline ScheduleSpec with_dst(ScheduleSpec spec, std::string_view gap, std::string_view fold = "") {
    spec.dst_gap = gap;
    spec.dst_fold = fold;
    return spec;
}

// The next `count` occurrences in local time, joined by spaces; an error's message when the
// schedule is refused.
inline std::string occurrences(const ScheduleSpec& spec, std::string_view after, int count) {
    const auto schedule = Schedule::parse(spec);
    if (!schedule) return schedule.error().message;
    std::string text;
    for (const auto& occurrence : schedule->preview(at(after), count).occurrences)
        text += (text.empty() ? "" : " ") + occurrence.local;
    return text;
}

// The message of a refused schedule; empty when it was accepted.
inline std::string refusal(const ScheduleSpec& spec) {
    const auto schedule = Schedule::parse(spec);
    return schedule ? "" : schedule.error().message;
}

}  // namespace ordinaut::schedule
