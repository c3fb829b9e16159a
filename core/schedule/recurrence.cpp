#include "schedule/recurrence.h"

#include <algorithm>

#include "schedule/count_limit.h"
#include "schedule/exclusion.h"
#include "schedule/rule_text.h"

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr size_t kTextMax = 32 << 10;
constexpr size_t kRulesMax = 50;
constexpr size_t kDatesMax = 1000;
constexpr int kExcludedInRowMax = 2000;

Error fail(const std::string& message) { return invalid("/schedule_expr", message); }

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == text.npos) return "";
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Lines without their ends; a line that begins with a space or tab continues the one before (RFC
// 5545 §3.1).
std::vector<std::string> unfolded_lines(std::string_view text) {
    std::vector<std::string> lines;
    for (size_t begin = 0; begin <= text.size();) {
        const size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line = text.substr(begin, end - begin);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (!lines.empty() && !line.empty() && (line[0] == ' ' || line[0] == '\t'))
            lines.back() += line.substr(1);
        else if (!trim(line).empty())
            lines.emplace_back(trim(line));
        begin = end + 1;
    }
    return lines;
}

// NAME;PARAM=VALUE;…:value
struct Line {
    std::string place;  // For messages.
    std::string name;
    std::string zone_name;   // TZID.
    std::string value_type;  // VALUE; empty when not given.
    std::string_view value;
};

Result<Line> read_line(const std::string& text, size_t number, size_t of) {
    Line line;
    const std::string where = of > 1 ? "line " + std::to_string(number) + ": " : "";
    const auto colon = text.find(':');
    if (colon == text.npos) {
        line.place = where + "RRULE";
        line.name = "RRULE";
        line.value = text;
        return line;
    }
    std::string_view head = std::string_view(text).substr(0, colon);
    line.value = std::string_view(text).substr(colon + 1);
    line.name = upper(head.substr(0, head.find(';')));
    line.place = where + shown(line.name);
    while (head.find(';') != head.npos) {
        head.remove_prefix(head.find(';') + 1);
        const std::string_view parameter = head.substr(0, head.find(';'));
        const auto equals = parameter.find('=');
        const std::string name = upper(parameter.substr(0, equals));
        std::string_view value = equals == parameter.npos ? "" : parameter.substr(equals + 1);
        if (value.size() > 1 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        if (name == "TZID" && !value.empty())
            line.zone_name = value;
        else if (name == "VALUE" && !value.empty())
            line.value_type = upper(value);
        else
            return fail(line.place + ": unknown parameter '" + shown(parameter) +
                        "'; expected TZID=… or VALUE=DATE or DATE-TIME");
    }
    if (!line.value_type.empty() && line.value_type != "DATE" && line.value_type != "DATE-TIME")
        return fail(line.place + ": VALUE=" + shown(line.value_type) +
                    " is not accepted; expected DATE or DATE-TIME");
    return line;
}

Status read_moments(const Line& line, std::vector<IcalMoment>& out) {
    std::optional<Zone> zone;
    if (!line.zone_name.empty()) {
        auto found = Zone::find(line.zone_name);
        if (!found) return fail(line.place + ": " + found.error().details.front().message);
        zone = *found;
    }
    for (size_t begin = 0;;) {
        const size_t end = std::min(line.value.find(',', begin), line.value.size());
        const std::string_view item = trim(line.value.substr(begin, end - begin));
        const auto time = IcalTime::parse(item);
        if (!time)
            return fail(line.place + ": '" + shown(item) +
                        "' is not a date or time; expected 20260301T100000, " +
                        "20260301T080000Z or, with VALUE=DATE, 20260301");
        if (line.value_type == "DATE-TIME" && time->date_only)
            return fail(line.place + ": '" + shown(item) + "' has no time of day");
        if (line.value_type == "DATE" && !time->date_only)
            return fail(line.place + ": '" + shown(item) + "' is not a DATE");
        if (time->utc && zone)
            return fail(line.place + ": '" + shown(item) + "' is in UTC and has a TZID; keep one");
        if (out.size() >= kDatesMax)
            return fail(line.place + ": more than " + std::to_string(kDatesMax) + " dates");
        out.push_back({*time, zone});
        if (end == line.value.size()) return ok();
        begin = end + 1;
    }
}

Status read_rule(const Line& line, std::vector<RecurrenceRule>& out) {
    if (!line.zone_name.empty() || !line.value_type.empty())
        return fail(line.place + " takes no parameters");
    if (out.size() >= kRulesMax)
        return fail(line.place + ": more than " + std::to_string(kRulesMax) + " rules");
    out.push_back(TRY(RecurrenceRule::parse(trim(line.value), line.place)));
    return ok();
}

// RFC 5545 §3.3.10: with a DTSTART that is a date, a rule names no time of day.
Status check_date_rules(const RecurrenceText& set) {
    const auto check = [](const RecurrenceRule& rule, const std::string& name) -> Status {
        const char* part = !rule.by_hour.empty()     ? "BYHOUR"
                           : !rule.by_minute.empty() ? "BYMINUTE"
                           : !rule.by_second.empty() ? "BYSECOND"
                                                     : nullptr;
        if (part)
            return fail(name + " part " + part +
                        ": not allowed when DTSTART is a date without a time; give DTSTART a time");
        if (rule.freq < Freq::kDaily)
            return fail(name + " part FREQ: below DAILY it needs a DTSTART with a time");
        return ok();
    };
    for (const auto& rule : set.rules) TRY(check(rule, "RRULE"));
    for (const auto& rule : set.excluded_rules) TRY(check(rule, "EXRULE"));
    return ok();
}

SysTime instant(const IcalMoment& moment, const Zone& zone) {
    if (moment.time.utc) return to_utc(moment.time.local, seconds(0));
    return (moment.zone ? *moment.zone : zone).read(moment.time.local).first;
}

void sort_unique(std::vector<SysTime>& times) {
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
}

Result<Stream> make_stream(const RecurrenceRule& rule, const Zone& zone, LocalTime start,
                           DstPolicy policy) {
    Stream stream{rule.pattern(start), zone, policy.gap, policy.fold};
    stream.elapsed = stream.pattern.counts_elapsed();
    if (stream.elapsed) {
        stream.gap = DstGap::kSkip;
        stream.fold = DstFold::kBoth;
        stream.start_offset = start.time_since_epoch() - zone.read(start).first.time_since_epoch();
    }
    if (rule.until) {
        if (rule.until->utc)
            stream.until = to_utc(rule.until->local, seconds(0));
        else if (stream.elapsed)
            stream.until = zone.read(rule.until->local).second;
        else
            stream.pattern.last = rule.until->local;
    }
    if (rule.count) TRY(limit_by_count(stream, rule));
    return stream;
}
}  // namespace

Result<RecurrenceText> RecurrenceText::parse(std::string_view text) {
    if (text.size() > kTextMax) return fail("the expression is longer than 32 KiB");
    const auto lines = unfolded_lines(text);
    if (lines.empty()) return fail("the expression is empty; expected a rule such as FREQ=DAILY");
    RecurrenceText set;
    for (size_t i = 0; i < lines.size(); ++i) {
        const Line line = TRY(read_line(lines[i], i + 1, lines.size()));
        if (line.name == "RRULE")
            TRY(read_rule(line, set.rules));
        else if (line.name == "EXRULE")
            TRY(read_rule(line, set.excluded_rules));
        else if (line.name == "RDATE")
            TRY(read_moments(line, set.dates));
        else if (line.name == "EXDATE")
            TRY(read_moments(line, set.excluded_dates));
        else if (line.name == "DTSTART") {
            std::vector<IcalMoment> starts;
            TRY(read_moments(line, starts));
            if (set.start || starts.size() != 1)
                return fail(line.place + " is given more than once");
            set.start = starts.front();
        } else {
            return fail(line.place +
                        " is not known here; expected DTSTART, RRULE, RDATE, EXDATE or EXRULE");
        }
    }
    if (set.rules.empty() && set.dates.empty())
        return fail("there is neither an RRULE nor an RDATE, so it would never run");
    if (set.start && set.start->time.date_only) TRY(check_date_rules(set));
    for (const auto& date : set.dates)
        if (date.time.date_only && !(set.start && set.start->time.date_only))
            return fail("RDATE has a date without a time of day; write it as 20260301T100000");
    return set;
}

Result<Recurrence> Recurrence::build(const RecurrenceText& text, const Zone& zone, WallTime anchor,
                                     DstPolicy policy) {
    Zone own = zone;
    LocalTime start = floor<minutes>(zone.local(floor<seconds>(anchor)));
    if (text.start) {
        start = text.start->time.local;
        if (text.start->zone)
            own = *text.start->zone;
        else if (text.start->time.utc)
            own = Zone::utc();
    }
    Recurrence set(own, start);
    for (const auto& rule : text.rules)
        set.includes_.push_back(TRY(make_stream(rule, own, start, policy)));
    for (const auto& rule : text.excluded_rules)
        set.excludes_.push_back(TRY(make_stream(rule, own, start, policy)));
    for (auto& stream : set.includes_)
        for (const auto& excluded : set.excludes_) subtract_days(stream, excluded);
    for (auto& excluded : set.excludes_)
        set.covering_.push_back(
            std::all_of(set.includes_.begin(), set.includes_.end(),
                        [&](const Stream& stream) { return covers(excluded, stream); }));
    for (const auto& date : text.dates) set.dates_.push_back(instant(date, own));
    for (const auto& date : text.excluded_dates) {
        if (date.time.date_only)
            set.excluded_days_.push_back(floor<days>(date.time.local));
        else
            set.excluded_dates_.push_back(instant(date, own));
    }
    sort_unique(set.dates_);
    sort_unique(set.excluded_dates_);
    std::sort(set.excluded_days_.begin(), set.excluded_days_.end());
    return set;
}

// The earliest time after `at` at which the set may have something, when `at` itself is taken away.
std::optional<SysTime> Recurrence::after_exclusion(SysTime at) const {
    std::optional<SysTime> free;
    if (std::binary_search(excluded_dates_.begin(), excluded_dates_.end(), at))
        free = at + seconds(1);
    if (!excluded_days_.empty() && std::binary_search(excluded_days_.begin(), excluded_days_.end(),
                                                      floor<days>(zone_.local(at))))
        free = at + seconds(1);
    for (size_t i = 0; i < excludes_.size(); ++i)
        if (excludes_[i].at_or_after(at) == at)
            free = std::max(free.value_or(at),
                            covering_[i] ? end_of_exclusion(excludes_[i], at) : at + seconds(1));
    return free;
}

std::optional<SysTime> Recurrence::at_or_after(SysTime from) const {
    for (int tries = 0; tries < kExcludedInRowMax; ++tries) {
        std::optional<SysTime> best;
        for (const auto& stream : includes_)
            if (const auto at = stream.at_or_after(from); at && (!best || *at < *best)) best = at;
        if (const auto date = std::lower_bound(dates_.begin(), dates_.end(), from);
            date != dates_.end())
            if (!best || *date < *best) best = *date;
        if (!best) return best;
        const auto free = after_exclusion(*best);
        if (!free) return best;
        from = *free;
        // Covering is about rules; a date on its own may lie in between.
        if (const auto date = std::upper_bound(dates_.begin(), dates_.end(), *best);
            date != dates_.end())
            from = std::min(from, *date);
    }
    return std::nullopt;
}

}  // namespace ordinaut::schedule
