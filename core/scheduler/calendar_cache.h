// Parsed exclusion calendars, by owner, name and version.
#pragma once
#include <map>
#include <mutex>

#include "schedule/exclusion_calendar.h"
#include "store/schedule_store.h"

namespace ordinaut::scheduler {

// Thread-safe.
class CalendarCache {
public:
    explicit CalendarCache(size_t capacity) : capacity_(capacity) {}

    // The calendars of a due task. kConflict: one that it names does not exist. Errors as
    // ExclusionCalendar::parse.
    Result<schedule::ExclusionSet> set_for(const store::DueTask& due, const schedule::Zone& zone);

private:
    struct Entry {
        int64_t version;
        std::shared_ptr<const schedule::ExclusionCalendar> calendar;
    };
    Result<std::shared_ptr<const schedule::ExclusionCalendar>> parsed(const Calendar& calendar);

    const size_t capacity_;  // Full: all go, and those in use come back.
    std::mutex mutex_;
    std::map<std::pair<Id, std::string>, Entry> entries_;
};

}  // namespace ordinaut::scheduler
