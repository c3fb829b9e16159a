#include "operations/answer.h"
#include "operations/handlers.h"
#include "schedule/exclusion_calendar.h"

namespace ordinaut::operations {
namespace {

// The dates one a line, as they are kept.
std::string lines_of(const JsonValue& dates) {
    std::string lines;
    for (const auto& date : dates.GetArray()) lines += std::string(view(date)) + "\n";
    return lines;
}

void write_dates(JsonWriter& writer, std::string_view lines) {
    writer.key("dates").begin_array();
    for (size_t begin = 0; begin < lines.size();) {
        const size_t end = std::min(lines.find('\n', begin), lines.size());
        writer.string(lines.substr(begin, end - begin));
        begin = end + 1;
    }
    writer.end_array();
}

void write_info(JsonWriter& writer, const Calendar& calendar) {
    writer.field("name", calendar.name).field("created_by", calendar.owner);
    writer.field("kind", name_of(calendar.kind));
    if (calendar.timezone.empty())
        writer.key("timezone").null();
    else
        writer.field("timezone", calendar.timezone);
    writer.field("version", calendar.version)
        .field("created_at", format_time(calendar.created_at))
        .field("updated_at", format_time(calendar.updated_at));
}

Reply calendar_reply(const Calendar& calendar) {
    JsonWriter writer;
    writer.begin_object();
    write_info(writer, calendar);
    if (calendar.kind == CalendarKind::kIcal)
        writer.field("ical", calendar.content);
    else
        write_dates(writer, calendar.content);
    return {.body_json = writer.end_object().take(), .etag = std::to_string(calendar.version)};
}

// Whose calendar is meant. An admin may name anyone; to others a foreign one is not there.
Result<Id> calendar_owner(const Call& call) {
    if (find(call.input, "created_by") == nullptr) return call.caller.agent_id;
    const Id named = id_of(call, "created_by");
    if (named == call.caller.agent_id || call.caller.admin()) return named;
    return not_found("no such calendar");
}

}  // namespace

Result<Reply> put_calendar(Services& services, const Call& call) {
    const JsonValue* dates = find(call.input, "dates");
    const JsonValue* ical = find(call.input, "ical");
    if ((dates == nullptr) == (ical == nullptr))
        return invalid("", "give either `dates` or `ical`");
    Calendar calendar;
    calendar.owner = TRY(calendar_owner(call));
    if (calendar.owner != call.caller.agent_id && !services.stores.agents.get(calendar.owner).ok())
        return invalid("/created_by", "there is no agent with this id");
    calendar.name = text_of(call, "name");
    calendar.timezone = text_of(call, "timezone");
    calendar.kind = ical != nullptr ? CalendarKind::kIcal : CalendarKind::kDates;
    calendar.content = ical != nullptr ? std::string(view(*ical)) : lines_of(*dates);
    TRY(schedule::ExclusionCalendar::parse(calendar));
    return calendar_reply(TRY(services.stores.calendars.put(calendar, actor(call))));
}

Result<Reply> get_calendar(Services& services, const Call& call) {
    const Id owner = TRY(calendar_owner(call));
    return calendar_reply(TRY(services.stores.calendars.get(owner, text_of(call, "name"))));
}

Result<Reply> list_calendars(Services& services, const Call& call) {
    JsonWriter writer;
    writer.begin_object().key("items").begin_array();
    const Id owner = TRY(calendar_owner(call));
    for (const Calendar& calendar : TRY(services.stores.calendars.list(owner))) {
        writer.begin_object();
        write_info(writer, calendar);
        writer.end_object();
    }
    return Reply{.body_json = writer.end_array().end_object().take()};
}

Result<Reply> delete_calendar(Services& services, const Call& call) {
    const Id owner = TRY(calendar_owner(call));
    TRY(services.stores.calendars.remove(owner, text_of(call, "name"), actor(call)));
    return Reply{};
}

}  // namespace ordinaut::operations
