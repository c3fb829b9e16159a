#include "scheduler/calendar_cache.h"

namespace ordinaut::scheduler {

Result<std::shared_ptr<const schedule::ExclusionCalendar>> CalendarCache::parsed(
    const Calendar& calendar) {
    const std::pair key(calendar.owner, calendar.name);
    {
        std::lock_guard lock(mutex_);
        if (const auto found = entries_.find(key);
            found != entries_.end() && found->second.version == calendar.version)
            return found->second.calendar;
    }
    const auto fresh = std::make_shared<const schedule::ExclusionCalendar>(
        TRY(schedule::ExclusionCalendar::parse(calendar)));
    std::lock_guard lock(mutex_);
    if (entries_.size() >= capacity_) entries_.clear();
    entries_.insert_or_assign(key, Entry{calendar.version, fresh});
    return fresh;
}

Result<schedule::ExclusionSet> CalendarCache::set_for(const store::DueTask& due,
                                                      const schedule::Zone& zone) {
    schedule::ExclusionSet set(zone);
    for (const std::string& name : due.task.calendars) {
        const auto found =
            std::find_if(due.calendars.begin(), due.calendars.end(),
                         [&](const auto& calendar) { return calendar->name == name; });
        if (found == due.calendars.end())
            return conflict("its calendar '" + name + "' does not exist");
        set.add(name, TRY(parsed(**found)));
    }
    return set;
}

}  // namespace ordinaut::scheduler
