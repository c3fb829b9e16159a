// A single moment: ISO 8601, extended or basic form; without an offset it is local to the
// schedule's zone.
#pragma once
#include <chrono>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "schedule/zone.h"

namespace ordinaut::schedule {

struct Once {
    LocalTime local;  // As written.
    // Of a second; digits after the sixth are cut.
    std::chrono::microseconds fraction{0};
    // As written; none = local to the schedule's zone.
    std::optional<std::chrono::seconds> offset = {};

    // Date and time with at least minutes: 2026-03-01T10:00, 2026-03-01 10:00:30.5+02:00,
    // 20260301T080000Z. kInvalid (pointer /schedule_expr) says what is wrong and where.
    static Result<Once> parse(std::string_view text);
};

}  // namespace ordinaut::schedule
