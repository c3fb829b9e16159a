#include "schedule/ical_events.h"

#include <libical/ical.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <optional>

#include "base/excerpt.h"
#include "schedule/exclusion_calendar.h"
#include "schedule/rule_text.h"

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr seconds kLengthMax = days(366);
constexpr size_t kDepthMax = 10;
// Name and parameters of a line; libical's time grows with the square of it.
constexpr size_t kHeadBytesMax = 2048;

struct Release {
    void operator()(icalparser* parser) const { icalparser_free(parser); }
    void operator()(icalcomponent* component) const { icalcomponent_free(component); }
    void operator()(char* buffer) const { icalmemory_free_buffer(buffer); }
};
using Parser = std::unique_ptr<icalparser, Release>;
using Component = std::unique_ptr<icalcomponent, Release>;
using Buffer = std::unique_ptr<char, Release>;

Error fail(std::string message) { return invalid("/ical", std::move(message)); }

// The next line of a string_view, or as much of it as fits: fgets for icalparser_get_line.
char* next_line(char* out, size_t size, void* text) {
    auto& rest = *static_cast<std::string_view*>(text);
    if (rest.empty() || size < 2) return nullptr;
    const size_t length = std::min({rest.find('\n'), rest.size() - 1, size - 2}) + 1;
    std::memcpy(out, rest.data(), length);
    out[length] = '\0';
    rest.remove_prefix(length);
    return out;
}

// How much of a line is its name and parameters: up to the first ':' outside quotes.
size_t head_length(std::string_view line) {
    bool quoted = false;
    size_t at = 0;
    for (; at < line.size() && (quoted || line[at] != ':'); ++at)
        if (line[at] == '"') quoted = !quoted;
    return at;
}

// Keeps account of the open components, about which libical is silent: an END too many, one that
// is missing, text around them, nesting without end.
class Nesting {
public:
    Status enter(std::string_view line) {
        const auto colon = line.find(':');
        const std::string name = upper(line.substr(0, std::min(colon, line.find(';'))));
        const std::string value = colon == line.npos ? "" : upper(line.substr(colon + 1));
        if (name == "BEGIN") {
            open_.push_back(value);
            if (open_.size() > kDepthMax) return fail("components are nested too deep");
        } else if (name == "END") {
            if (open_.empty() || open_.back() != value)
                return fail("END:" + excerpt(value, 40) + " has no BEGIN");
            open_.pop_back();
        } else if (open_.empty()) {
            return fail("'" + excerpt(line, 40) +
                        "' stands outside BEGIN:VCALENDAR … END:VCALENDAR; expected an iCalendar "
                        "file (RFC 5545)");
        }
        return ok();
    }
    Status finish() const {
        return open_.empty() ? ok()
                             : Status(fail("BEGIN:" + excerpt(open_.back()) + " has no END"));
    }

private:
    std::vector<std::string> open_;  // The innermost last.
};

Result<std::vector<Component>> read_calendars(std::string_view text) {
    if (text.find('\0') != text.npos) return fail("it contains a NUL byte; expected text");
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark)
        text.remove_prefix(kByteOrderMark.size());
    const Parser parser(icalparser_new());
    icalparser_set_gen_data(parser.get(), &text);
    std::vector<Component> calendars;
    Nesting nesting;
    while (const Buffer line{icalparser_get_line(parser.get(), next_line)}) {
        const std::string_view shown = line.get();
        if (shown.find_first_not_of(" \t\r") == shown.npos) continue;
        TRY(nesting.enter(shown));
        if (head_length(shown) > kHeadBytesMax)
            return fail("'" + excerpt(shown, 40) + "' has more than " +
                        std::to_string(kHeadBytesMax) + " bytes before its value");
        Component done(icalparser_add_line(parser.get(), line.get()));
        if (done && icalcomponent_isa(done.get()) == ICAL_VCALENDAR_COMPONENT)
            calendars.push_back(std::move(done));
    }
    TRY(nesting.finish());
    if (calendars.empty())
        return fail("there is no BEGIN:VCALENDAR; expected an iCalendar file (RFC 5545)");
    return calendars;
}

// A property that says when: NAME;TZID=zone;VALUE=type:value.
struct Line {
    std::string name, zone, value_type, value;

    static Line of(icalproperty* property) {
        const auto parameter = [&](const char* name) -> std::string {
            const Buffer text(icalproperty_get_parameter_as_string_r(property, name));
            return text ? text.get() : "";
        };
        const Buffer value(icalproperty_get_value_as_string_r(property));
        return {icalproperty_get_property_name(property), parameter("TZID"),
                upper(parameter("VALUE")), value ? value.get() : ""};
    }
    bool is_utc() const { return !value.empty() && value.back() == 'Z'; }
    std::string head() const {  // As the recurrence reader takes it.
        return (zone.empty() || value_type == "DATE" ? "" : ";TZID=" + zone) +
               (value_type.empty() ? "" : ";VALUE=" + value_type) + ":";
    }
};

struct RawEvent {
    std::string place, uid;
    bool cancelled = false;
    std::optional<Line> start, end, recurrence_id;
    std::optional<icaldurationtype> duration;
    std::vector<Line> set;  // RRULE, RDATE, EXDATE, EXRULE.
};

// libical leaves out what it cannot read and puts a note in its place. Properties that do not say
// when an event is may be as they like, and so may unknown parameters.
bool matters(icalproperty* note, const std::string& text) {
    auto* type = icalproperty_get_first_parameter(note, ICAL_XLICERRORTYPE_PARAMETER);
    const auto kind = type ? icalparameter_get_xlicerrortype(type) : ICAL_XLICERRORTYPE_NONE;
    if (kind == ICAL_XLICERRORTYPE_COMPONENTPARSEERROR ||
        kind == ICAL_XLICERRORTYPE_PROPERTYPARSEERROR)
        return true;
    constexpr std::string_view kWhen[] = {"DTSTART", "DTEND",  "DURATION", "RECURRENCE-ID",
                                          "RRULE",   "EXRULE", "RDATE",    "EXDATE"};
    return std::any_of(std::begin(kWhen), std::end(kWhen), [&](std::string_view name) {
        return text.find(" " + std::string(name) + " property") != text.npos;
    });
}

Status check_note(const RawEvent& event, icalproperty* note) {
    std::string text = icalproperty_get_xlicerror(note);
    if (!matters(note, text)) return ok();
    constexpr std::string_view kRemoving = ". Removing entire property";
    if (const auto at = text.find(kRemoving); at != text.npos) text.erase(at, kRemoving.size());
    return fail(event.place + ": " + excerpt(text, 200));
}

Status take(RawEvent& event, icalproperty* property) {
    switch (icalproperty_isa(property)) {
        case ICAL_DTSTART_PROPERTY: event.start = Line::of(property); break;
        case ICAL_DTEND_PROPERTY: event.end = Line::of(property); break;
        case ICAL_DURATION_PROPERTY: event.duration = icalproperty_get_duration(property); break;
        case ICAL_RECURRENCEID_PROPERTY: event.recurrence_id = Line::of(property); break;
        case ICAL_UID_PROPERTY: event.uid = icalproperty_get_uid(property); break;
        case ICAL_STATUS_PROPERTY:
            event.cancelled = icalproperty_get_status(property) == ICAL_STATUS_CANCELLED;
            break;
        case ICAL_RRULE_PROPERTY:
        case ICAL_EXRULE_PROPERTY:
        case ICAL_RDATE_PROPERTY:
        case ICAL_EXDATE_PROPERTY: event.set.push_back(Line::of(property)); break;
        case ICAL_XLICERROR_PROPERTY: return check_note(event, property);
        default: break;
    }
    return ok();
}

Result<RawEvent> read_event(icalcomponent* component, size_t number) {
    RawEvent event;
    event.place = "event " + std::to_string(number);
    if (const char* summary = icalcomponent_get_summary(component))
        event.place += " (" + excerpt(summary, 60) + ")";
    for (auto* property = icalcomponent_get_first_property(component, ICAL_ANY_PROPERTY); property;
         property = icalcomponent_get_next_property(component, ICAL_ANY_PROPERTY))
        TRY(take(event, property));
    return event;
}

// The instant of a start or end; floating times as if they were UTC.
Result<SysTime> instant_of(const Line& line, const std::string& place) {
    const auto time = IcalTime::parse(line.value);
    if (!time)
        return fail(place + ": " + line.name + " '" + excerpt(line.value, 40) +
                    "' is not a date or time; expected 20260301 or 20260301T100000Z");
    if (line.zone.empty() || time->utc || time->date_only)
        return SysTime(time->local.time_since_epoch());
    const auto zone = Zone::find(line.zone);
    if (!zone.ok())
        return fail(place + ": " + line.name + ": " + zone.error().details.front().message);
    return zone->read(time->local).first;
}

seconds seconds_of(const icaldurationtype& duration) {
    const seconds length = weeks(duration.weeks) + days(duration.days) + hours(duration.hours) +
                           minutes(duration.minutes) + seconds(duration.seconds);
    return duration.is_neg ? -length : length;
}

Result<seconds> length_of(const RawEvent& event) {
    seconds length = IcalTime::parse(event.start->value)->date_only ? seconds(days(1)) : seconds(0);
    if (event.end)
        length =
            TRY(instant_of(*event.end, event.place)) - TRY(instant_of(*event.start, event.place));
    else if (event.duration)
        length = seconds_of(*event.duration);
    if (length < seconds(0)) return fail(event.place + ": it ends before it begins");
    if (length > kLengthMax) return fail(event.place + ": it is longer than 366 days");
    return length;
}

Result<IcalEvent> finish(const RawEvent& raw) {
    if (!raw.start) return fail(raw.place + ": it has no DTSTART");
    TRY(instant_of(*raw.start, raw.place));
    IcalEvent event;
    event.place = raw.place;
    event.length = TRY(length_of(raw));
    const bool all_day = IcalTime::parse(raw.start->value)->date_only;
    event.floating = all_day || (raw.start->zone.empty() && !raw.start->is_utc());
    event.zone = raw.start->zone.empty() || all_day ? "UTC" : raw.start->zone;
    if (raw.set.empty()) {
        const auto time = IcalTime::parse(raw.start->value);
        event.starts = format_local(time->local) + (time->utc ? "Z" : "");
        return event;
    }
    event.repeats = true;
    event.zone = "UTC";
    event.starts = "DTSTART" + raw.start->head() + raw.start->value;
    bool has_rule = false;
    for (const Line& line : raw.set) {
        event.starts += "\n" + line.name + line.head() + line.value;
        has_rule = has_rule || line.name == "RRULE";
    }
    // The first instance is DTSTART itself.
    if (!has_rule) event.starts += "\nRDATE" + raw.start->head() + raw.start->value;
    return event;
}

// Takes instances that were moved or cancelled out of their series.
void take_out_instances(std::vector<RawEvent>& events) {
    std::map<std::string, RawEvent*> series;
    for (RawEvent& event : events)
        if (!event.recurrence_id && !event.uid.empty()) series[event.uid] = &event;
    for (const RawEvent& event : events) {
        if (!event.recurrence_id) continue;
        const auto master = series.find(event.uid);
        if (master == series.end()) continue;
        Line instance = *event.recurrence_id;
        instance.name = "EXDATE";
        master->second->set.push_back(std::move(instance));
    }
}

}  // namespace

Result<std::vector<IcalEvent>> read_events(std::string_view text) {
    if (text.size() > kCalendarBytesMax)
        return fail("larger than " + std::to_string(kCalendarBytesMax / 1024) + " KiB");
    const auto calendars = TRY(read_calendars(text));
    std::vector<RawEvent> raw;
    for (const Component& calendar : calendars)
        for (auto* component =
                 icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
             component;
             component = icalcomponent_get_next_component(calendar.get(), ICAL_VEVENT_COMPONENT)) {
            if (raw.size() >= kCalendarEventsMax)
                return fail("more than " + std::to_string(kCalendarEventsMax) + " events");
            raw.push_back(TRY(read_event(component, raw.size() + 1)));
        }
    take_out_instances(raw);
    std::vector<IcalEvent> events;
    for (const RawEvent& event : raw)
        if (!event.cancelled) events.push_back(TRY(finish(event)));
    return events;
}

}  // namespace ordinaut::schedule
