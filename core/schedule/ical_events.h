// Reads the VEVENTs of an iCalendar file (RFC 5545 §3.6.1): only what says when they are.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ordinaut::schedule {

struct IcalEvent {
    std::string place;   // For messages: "event 3 (New Year)".
    std::string starts;  // The starts: a recurrence set, or one moment when !repeats.
    std::string zone;    // The moment's zone; UTC for a recurrence set, whose lines name theirs.
    bool repeats = false;
    bool floating = false;  // Local times without a zone, to be read as if they were UTC.
    std::chrono::seconds length{0};
};

// Instances that were moved or cancelled (RECURRENCE-ID) are taken out of their series; cancelled
// events are left out. Bounded by kCalendarBytesMax and kCalendarEventsMax. kInvalid (pointer
// /ical).
Result<std::vector<IcalEvent>> read_events(std::string_view text);

}  // namespace ordinaut::schedule
