#include "store/postgres/calendar_store.h"

namespace ordinaut::store::postgres {
namespace {

Calendar read_calendar(Row& row) { return row.calendar(); }

Error no_such_calendar(std::string_view name) {
    return not_found("no calendar named '" + std::string(name) + "'");
}

std::string owner_details(const Id& owner) {
    return JsonWriter().begin_object().field("owner", owner).end_object().take();
}

}  // namespace

Result<Calendar> PgCalendarStore::put(const Calendar& calendar, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<Calendar> {
        const auto rows = tx.run("put_calendar", Params()
                                                     .id(calendar.owner)
                                                     .text(calendar.name)
                                                     .text(name_of(calendar.kind))
                                                     .text(calendar.timezone)
                                                     .text(calendar.content));
        if (rows.empty()) return conflict("there are 1000 calendars already; delete one first");
        append_audit(tx, "calendar.set", calendar.name, owner_details(calendar.owner), actor);
        return read_one(rows, read_calendar);
    });
}

Result<Calendar> PgCalendarStore::get(const Id& owner, std::string_view name) {
    return pool_.read([&](Transaction& tx) -> Result<Calendar> {
        const auto rows = tx.run("get_calendar", Params().id(owner).text(name));
        if (rows.empty()) return no_such_calendar(name);
        return read_one(rows, read_calendar);
    });
}

Result<std::vector<Calendar>> PgCalendarStore::list(const Id& owner) {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<Calendar>> {
        return read_all(tx.run("list_calendars", Params().id(owner)), read_calendar);
    });
}

Status PgCalendarStore::remove(const Id& owner, std::string_view name, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        const auto users = tx.run("calendar_user", Params().id(owner).text(name));
        if (!users.empty())
            return conflict("task " + read_one(users, [](Row& row) { return row.text(); }) +
                            " refers to the calendar; take it out there first");
        if (tx.run("delete_calendar", Params().id(owner).text(name)).empty())
            return no_such_calendar(name);
        append_audit(tx, "calendar.deleted", name, owner_details(owner), actor);
        return ok();
    });
}

Result<std::vector<Calendar>> PgCalendarStore::find(const Id& owner,
                                                    const std::vector<std::string>& names) {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<Calendar>> {
        return read_all(tx.run("find_calendars", Params().id(owner).texts(names)), read_calendar);
    });
}

}  // namespace ordinaut::store::postgres
