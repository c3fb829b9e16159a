// A named exclusion calendar, as its owner wrote it. What falls into it does not run.
#pragma once
#include <string>

#include "base/clock.h"
#include "base/id.h"

namespace ordinaut {

enum class CalendarKind { kDates, kIcal };

std::string_view name_of(CalendarKind value);

struct Calendar {
    Id owner;
    std::string name;
    CalendarKind kind = CalendarKind::kDates;
    std::string timezone;  // Whose days; empty = those of the schedule.
    std::string content;   // kDates: one date or range a line. kIcal: the file.
    int64_t version = 1;   // Grows with every change.
    WallTime created_at{}, updated_at{};
};

}  // namespace ordinaut
