#include "schedule/exclusion_calendar.h"

#include <algorithm>

#include "base/excerpt.h"
#include "schedule/ical_events.h"

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == text.npos) return "";
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// 2026-12-25
std::optional<local_days> read_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    std::string compact;
    for (const char c : text)
        if (c != '-') compact += c;
    const auto time = IcalTime::parse(compact);
    if (!time || !time->date_only) return std::nullopt;
    return floor<days>(time->local);
}

Result<std::optional<Zone>> read_zone(std::string_view timezone) {
    if (timezone.empty()) return std::optional<Zone>();
    return std::optional<Zone>(TRY(Zone::find(timezone)));
}

WallTime instant(LocalTime local, const Zone& zone) { return zone.read(local).first; }

}  // namespace

Result<ExclusionCalendar> ExclusionCalendar::parse_dates(std::string_view lines,
                                                         std::string_view timezone) {
    ExclusionCalendar calendar;
    calendar.zone_ = TRY(read_zone(timezone));
    std::vector<ErrorDetail> problems;
    for (size_t number = 0; !lines.empty(); ++number) {
        const auto end = std::min(lines.find('\n'), lines.size());
        const std::string_view line =
            trim(lines.substr(0, std::min(lines.substr(0, end).find('#'), end)));
        lines.remove_prefix(std::min(end + 1, lines.size()));
        if (line.empty()) continue;
        const auto slash = line.find('/');
        const auto first = read_date(trim(line.substr(0, slash)));
        const auto last = slash == line.npos ? first : read_date(trim(line.substr(slash + 1)));
        const std::string where = "/dates/" + std::to_string(number);
        if (!first || !last)
            problems.push_back(
                {where, "'" + excerpt(line, 40) +
                            "' is not a date; expected 2026-12-25 or 2026-12-24/2027-01-02"});
        else if (*last < *first)
            problems.push_back({where, "'" + excerpt(line, 40) + "' ends before it begins"});
        else if (calendar.days_.size() >= kCalendarDatesMax)
            return invalid("/dates", "more than " + std::to_string(kCalendarDatesMax) + " dates");
        else
            calendar.days_.push_back({*first, *last});
        if (problems.size() >= 20) break;
    }
    if (!problems.empty()) return invalid(std::move(problems));
    calendar.sort_days();
    return calendar;
}

Result<ExclusionCalendar> ExclusionCalendar::parse_ical(std::string_view text,
                                                        std::string_view timezone) {
    ExclusionCalendar calendar;
    calendar.zone_ = TRY(read_zone(timezone));
    for (const IcalEvent& event : TRY(read_events(text))) {
        if (event.length <= seconds(0)) continue;  // A moment without length excludes nothing.
        ScheduleSpec spec;
        spec.kind = event.repeats ? ScheduleKind::kRrule : ScheduleKind::kOnce;
        spec.expr = event.starts;
        spec.timezone = event.zone;
        auto starts = Schedule::parse(spec);
        if (!starts.ok())
            return invalid("/ical", event.place + ": " + starts.error().details.front().message);
        calendar.events_.push_back({std::move(*starts), event.length, event.floating});
    }
    return calendar;
}

Result<ExclusionCalendar> ExclusionCalendar::parse(const Calendar& calendar) {
    return calendar.kind == CalendarKind::kIcal ? parse_ical(calendar.content, calendar.timezone)
                                                : parse_dates(calendar.content, calendar.timezone);
}

void ExclusionCalendar::sort_days() {
    std::sort(days_.begin(), days_.end(),
              [](const Days& a, const Days& b) { return a.first < b.first; });
    std::vector<Days> apart;
    for (const Days& range : days_) {
        if (!apart.empty() && range.first <= apart.back().last + days(1))
            apart.back().last = std::max(apart.back().last, range.last);
        else
            apart.push_back(range);
    }
    days_ = std::move(apart);
}

void ExclusionCalendar::ask_days(LocalTime local, const Zone& zone, Exclusion& answer,
                                 WallTime& next) const {
    const auto today = floor<days>(local);
    const auto after =
        std::upper_bound(days_.begin(), days_.end(), today,
                         [](local_days day, const Days& range) { return day < range.first; });
    if (after != days_.begin() && std::prev(after)->last >= today) {
        answer.excluded = true;
        answer.until = instant(std::prev(after)->last + days(1), zone);
    } else if (after != days_.end()) {
        next = instant(after->first, zone);
    }
}

Exclusion ExclusionCalendar::ask(WallTime at, const Zone& schedule_zone) const {
    const Zone& zone = zone_ ? *zone_ : schedule_zone;
    const LocalTime local = zone.local(floor<seconds>(at));
    Exclusion answer{false, WallTime::min()};
    WallTime next = WallTime::max();  // When an exclusion begins that does not hold now.
    ask_days(local, zone, answer, next);
    for (const Event& event : events_) {
        const WallTime clock =
            event.floating ? WallTime(local.time_since_epoch()) + (at - floor<seconds>(at)) : at;
        const auto start = event.starts.next_after(clock - event.length);
        if (!start) continue;
        const bool holds = *start <= clock;
        const WallTime change = holds ? *start + event.length : *start;
        const WallTime change_at =
            event.floating ? instant(LocalTime(floor<seconds>(change).time_since_epoch()), zone)
                           : change;
        if (holds) {
            answer.excluded = true;
            answer.until = std::max(answer.until, change_at);
        } else {
            next = std::min(next, change_at);
        }
    }
    if (!answer.excluded) answer.until = next;
    // A change of the clocks may lie between.
    answer.until = std::max(answer.until, at + microseconds(1));
    return answer;
}

void ExclusionSet::add(const std::string& name, std::shared_ptr<const ExclusionCalendar> calendar) {
    members_.push_back({"excluded(" + name + ")", std::move(calendar), WallTime::max(), {}});
}

std::string ExclusionSet::reason(WallTime at) {
    for (Member& member : members_) {
        if (at < member.asked || at >= member.answer.until) {
            member.asked = at;
            member.answer = member.calendar->ask(at, zone_);
        }
        if (member.answer.excluded) return member.reason;
    }
    return "";
}

}  // namespace ordinaut::schedule
