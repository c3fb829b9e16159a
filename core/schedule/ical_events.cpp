#include "schedule/ical_events.h"

#include <map>
#include <optional>

#include "schedule/exclusion_calendar.h"
#include "schedule/rule_text.h"

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr seconds kLengthMax = days(366);

Error fail(std::string message) { return invalid("/ical", std::move(message)); }

// One content line: NAME;PARAM=VALUE:value. Only the parameters TZID and VALUE matter here.
struct ContentLine {
    std::string name, zone, value_type, value;
    bool is_utc() const { return !value.empty() && value.back() == 'Z'; }
    std::string head() const {  // As the recurrence reader takes it.
        return (zone.empty() || value_type == "DATE" ? "" : ";TZID=" + zone) +
               (value_type.empty() ? "" : ";VALUE=" + value_type) + ":";
    }
};

std::string_view unquoted(std::string_view text) {
    return text.size() > 1 && text.front() == '"' && text.back() == '"'
               ? text.substr(1, text.size() - 2)
               : text;
}

std::optional<ContentLine> read_line(std::string_view text) {
    size_t colon = 0;
    for (bool quoted = false; colon < text.size() && (quoted || text[colon] != ':'); ++colon)
        if (text[colon] == '"') quoted = !quoted;
    if (colon == text.size()) return std::nullopt;
    ContentLine line;
    std::string_view head = text.substr(0, colon);
    line.value = text.substr(colon + 1);
    line.name = upper(head.substr(0, head.find(';')));
    while (head.find(';') != head.npos) {
        head.remove_prefix(head.find(';') + 1);
        const std::string_view parameter = head.substr(0, head.find(';'));
        const auto equals = parameter.find('=');
        if (equals == parameter.npos) continue;
        const std::string name = upper(parameter.substr(0, equals));
        if (name == "TZID") line.zone = unquoted(parameter.substr(equals + 1));
        if (name == "VALUE") line.value_type = upper(unquoted(parameter.substr(equals + 1)));
    }
    return line;
}

// Lines without their ends, folded ones joined (§3.1).
std::vector<std::string> unfold(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (!lines.empty() && !line.empty() && (line[0] == ' ' || line[0] == '\t'))
            lines.back() += line.substr(1);
        else if (!line.empty())
            lines.emplace_back(line);
    }
    return lines;
}

struct RawEvent {
    std::string place, uid, status;
    std::optional<ContentLine> start, end, duration, recurrence_id;
    std::vector<ContentLine> set;  // RRULE, RDATE, EXDATE, EXRULE.
};

// P1W, P1DT2H, PT30M (§3.3.6); nothing when it is not one, or not positive.
std::optional<seconds> read_duration(std::string_view text) {
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    if (text.size() < 3 || text[0] != 'P') return std::nullopt;
    seconds total{0};
    int64_t number = -1;
    for (const char c : text.substr(1)) {
        if (c >= '0' && c <= '9') {
            number = (number < 0 ? 0 : number * 10) + (c - '0');
            if (number > 100'000'000) return std::nullopt;
            continue;
        }
        if (c == 'T' && number < 0) continue;
        if (number < 0) return std::nullopt;
        switch (c) {
            case 'W': total += weeks(number); break;
            case 'D': total += days(number); break;
            case 'H': total += hours(number); break;
            case 'M': total += minutes(number); break;
            case 'S': total += seconds(number); break;
            default: return std::nullopt;
        }
        number = -1;
    }
    return number < 0 ? std::optional(total) : std::nullopt;
}

// The instant of a start or end; floating times as if they were UTC.
Result<SysTime> instant_of(const ContentLine& line, const std::string& place) {
    const auto time = IcalTime::parse(line.value);
    if (!time)
        return fail(place + ": " + line.name + " '" + line.value.substr(0, 40) +
                    "' is not a date or time; expected 20260301 or 20260301T100000Z");
    if (line.zone.empty() || time->utc || time->date_only)
        return SysTime(time->local.time_since_epoch());
    const auto zone = Zone::find(line.zone);
    if (!zone.ok())
        return fail(place + ": " + line.name + ": " + zone.error().details.front().message);
    return zone->read(time->local).first;
}

Result<seconds> length_of(const RawEvent& event) {
    seconds length = IcalTime::parse(event.start->value)->date_only ? seconds(days(1)) : seconds(0);
    if (event.end) {
        length =
            TRY(instant_of(*event.end, event.place)) - TRY(instant_of(*event.start, event.place));
    } else if (event.duration) {
        const auto read = read_duration(event.duration->value);
        if (!read)
            return fail(event.place + ": DURATION '" + event.duration->value.substr(0, 40) +
                        "' is not a duration; expected e.g. P1D or PT2H30M");
        length = *read;
    }
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
    for (const ContentLine& line : raw.set) {
        event.starts += "\n" + line.name + line.head() + line.value;
        has_rule = has_rule || line.name == "RRULE";
    }
    // The first instance is DTSTART itself.
    if (!has_rule) event.starts += "\nRDATE" + raw.start->head() + raw.start->value;
    return event;
}

void take(RawEvent& event, ContentLine line) {
    if (line.name == "DTSTART")
        event.start = std::move(line);
    else if (line.name == "DTEND")
        event.end = std::move(line);
    else if (line.name == "DURATION")
        event.duration = std::move(line);
    else if (line.name == "RECURRENCE-ID")
        event.recurrence_id = std::move(line);
    else if (line.name == "UID")
        event.uid = std::move(line.value);
    else if (line.name == "STATUS")
        event.status = upper(line.value);
    else if (line.name == "SUMMARY")
        event.place += " (" + line.value.substr(0, 60) + ")";
    else if (line.name == "RRULE" || line.name == "RDATE" || line.name == "EXDATE" ||
             line.name == "EXRULE")
        event.set.push_back(std::move(line));
}

Result<std::vector<RawEvent>> split(std::string_view text) {
    std::vector<RawEvent> events;
    std::vector<std::string> open;  // Components, the innermost last.
    bool is_calendar = false;
    for (const std::string& folded : unfold(text)) {
        auto line = read_line(folded);
        if (!line)
            return fail("'" + folded.substr(0, 40) +
                        "' is not a line of an iCalendar file; expected NAME:value");
        if (line->name == "BEGIN") {
            open.push_back(upper(line->value));
            is_calendar = is_calendar || open.front() == "VCALENDAR";
            if (open.size() > 10) return fail("components are nested too deep");
            if (open.back() != "VEVENT") continue;
            if (events.size() >= kCalendarEventsMax)
                return fail("more than " + std::to_string(kCalendarEventsMax) + " events");
            events.emplace_back();
            events.back().place = "event " + std::to_string(events.size());
        } else if (line->name == "END") {
            if (open.empty() || open.back() != upper(line->value))
                return fail("END:" + line->value.substr(0, 40) + " has no BEGIN");
            open.pop_back();
        } else if (!open.empty() && open.back() == "VEVENT") {
            take(events.back(), std::move(*line));
        }
    }
    if (!open.empty()) return fail("BEGIN:" + open.back() + " has no END");
    if (!is_calendar)
        return fail("there is no BEGIN:VCALENDAR; expected an iCalendar file (RFC 5545)");
    return events;
}

}  // namespace

Result<std::vector<IcalEvent>> read_events(std::string_view text) {
    if (text.size() > kCalendarBytesMax)
        return fail("larger than " + std::to_string(kCalendarBytesMax / 1024) + " KiB");
    auto raw = TRY(split(text));
    std::map<std::string, RawEvent*> series;
    for (RawEvent& event : raw)
        if (!event.recurrence_id && !event.uid.empty()) series[event.uid] = &event;
    for (const RawEvent& event : raw) {
        if (!event.recurrence_id) continue;
        const auto master = series.find(event.uid);
        if (master == series.end()) continue;
        ContentLine moved = *event.recurrence_id;
        moved.name = "EXDATE";
        master->second->set.push_back(std::move(moved));
    }
    std::vector<IcalEvent> events;
    for (const RawEvent& event : raw)
        if (event.status != "CANCELLED") events.push_back(TRY(finish(event)));
    return events;
}

}  // namespace ordinaut::schedule
