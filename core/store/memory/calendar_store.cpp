#include "store/memory/seams.h"

namespace ordinaut::store::memory {
namespace {
constexpr int kCalendarsMax = 1000;

Error no_such_calendar(std::string_view name) {
    return not_found("no calendar named '" + std::string(name) + "'");
}
}  // namespace

Result<Calendar> MemoryCalendarStore::put(const Calendar& calendar, const Actor& actor) {
    Change change(state_);
    const auto owned =
        std::count_if(state_.calendars.begin(), state_.calendars.end(),
                      [&](const auto& row) { return row.first.first == calendar.owner; });
    const auto found = state_.calendars.find({calendar.owner, calendar.name});
    if (found == state_.calendars.end() && owned >= kCalendarsMax)
        return conflict("there are 1000 calendars already; delete one first");
    Calendar stored = calendar;
    stored.version = found == state_.calendars.end() ? 1 : found->second.version + 1;
    stored.created_at = found == state_.calendars.end() ? state_.now() : found->second.created_at;
    stored.updated_at = state_.now();
    state_.calendars.insert_or_assign({calendar.owner, calendar.name}, stored);
    state_.audit("calendar.set", calendar.name, "", actor);
    return stored;
}

Result<Calendar> MemoryCalendarStore::get(const Id& owner, std::string_view name) {
    Change change(state_);
    const auto found = state_.calendars.find({owner, std::string(name)});
    if (found == state_.calendars.end()) return no_such_calendar(name);
    return found->second;
}

Result<std::vector<Calendar>> MemoryCalendarStore::list(const Id& owner) {
    Change change(state_);
    std::vector<Calendar> calendars;
    for (const auto& [key, calendar] : state_.calendars) {
        if (key.first != owner) continue;
        calendars.push_back(calendar);
        calendars.back().content.clear();
    }
    return calendars;
}

Status MemoryCalendarStore::remove(const Id& owner, std::string_view name, const Actor& actor) {
    Change change(state_);
    for (const auto& [id, task] : state_.tasks) {
        const bool refers =
            task.owner == owner &&
            std::find(task.calendars.begin(), task.calendars.end(), name) != task.calendars.end();
        if (refers && (task.status == TaskStatus::kActive || task.status == TaskStatus::kPaused))
            return conflict("task " + id + " refers to the calendar; take it out there first");
    }
    if (state_.calendars.erase({owner, std::string(name)}) == 0) return no_such_calendar(name);
    state_.audit("calendar.deleted", name, "", actor);
    return ok();
}

Result<std::vector<Calendar>> MemoryCalendarStore::find(const Id& owner,
                                                        const std::vector<std::string>& names) {
    Change change(state_);
    std::vector<Calendar> calendars;
    for (const auto& [key, calendar] : state_.calendars)
        if (key.first == owner && std::find(names.begin(), names.end(), key.second) != names.end())
            calendars.push_back(calendar);
    return calendars;
}

}  // namespace ordinaut::store::memory
