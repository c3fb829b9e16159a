// Exclusion calendars of agents. Thread-safe.
#pragma once
#include "model/calendar.h"
#include "store/actor.h"

namespace ordinaut::store {

class CalendarStore {
public:
    virtual ~CalendarStore() = default;

    // Inserts or replaces (owner, name); version + 1. Audited. kConflict: the owner has 1,000
    // already.
    virtual Result<Calendar> put(const Calendar& calendar, const Actor& actor) = 0;
    virtual Result<Calendar> get(const Id& owner, std::string_view name) = 0;  // kNotFound.
    // By name, without their content.
    virtual Result<std::vector<Calendar>> list(const Id& owner) = 0;
    // kNotFound; kConflict while an active or paused task of the owner refers to it.
    virtual Status remove(const Id& owner, std::string_view name, const Actor& actor) = 0;
    // Those of these names that exist, by name.
    virtual Result<std::vector<Calendar>> find(const Id& owner,
                                               const std::vector<std::string>& names) = 0;
};

}  // namespace ordinaut::store
