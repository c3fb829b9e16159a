#include "schedule/outline.h"

#include <algorithm>
#include <bit>

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr uint64_t kAllHours = (uint64_t{1} << 24) - 1;
constexpr uint64_t kAllMonths = ((uint64_t{1} << 12) - 1) << 1;
constexpr uint64_t kWorkingDays = 0b11111;
constexpr uint64_t kAllMinutes = (uint64_t{1} << 60) - 1;
constexpr int kTimesMax = 8;
constexpr size_t kDatesMax = 4;

std::vector<int> values_of(uint64_t bits) {
    std::vector<int> values;
    for (int v = next_bit(bits, 0); v >= 0; v = next_bit(bits, v + 1)) values.push_back(v);
    return values;
}

// Listed when they are few; as minutes of hours when they are many and at second 0; otherwise
// false.
bool list_times(const TimesOfDay& times, Outline& out) {
    if (times.count() <= kTimesMax) {
        for (int i = 0; i < times.count(); ++i) out.times.push_back(times.nth(i));
        return true;
    }
    if (times.seconds != 1) return false;
    out.minutes = times.minutes;
    out.hours = times.hours == kAllHours ? 0 : times.hours;
    return true;
}

std::optional<Outline> of_cron(const Cron& cron) {
    if (cron.nearest_days || (cron.days_from_end & ~uint64_t{1})) return std::nullopt;
    Outline out;
    // Two restricted fields that combine as AND, or a `*/n` day field: too subtle for a sentence.
    const bool either = cron.day_restricted && cron.weekday_restricted;
    if (!either && !cron.any_day && !cron.any_weekday) return std::nullopt;
    if (!cron.any_day) {
        out.month_days = values_of(cron.days);
        if (cron.days_from_end) out.month_days.push_back(-1);
        if (cron.last_working_day) out.working_day = -1;
        out.some_dates_missing = cron.days >> 29 != 0;
    }
    if (!cron.any_weekday) {
        out.weekdays = cron.weekdays;
        for (size_t n = 0; n < cron.nth_weekdays.size(); ++n)
            for (const int day : values_of(cron.nth_weekdays[n]))
                out.numbered.push_back({day, int(n) + 1});
        for (const int day : values_of(cron.last_weekdays)) out.numbered.push_back({day, -1});
        out.some_dates_missing |= cron.nth_weekdays[4] != 0;
    }
    if (cron.months != kAllMonths) out.months = cron.months;

    if (!cron.elapsed)
        return list_times({cron.hours, cron.minutes, cron.seconds}, out) ? std::optional(out)
                                                                         : std::nullopt;
    out.elapsed = true;
    if (cron.seconds != 1) return std::nullopt;
    out.minutes = cron.minutes;
    out.hours = cron.hours == kAllHours ? 0 : cron.hours;
    return out;
}

bool add_months(const RecurrenceRule& rule, Outline& out) {
    for (const int month : rule.by_month) out.months |= uint64_t{1} << month;
    return true;
}

// BYDAY as plain weekdays or as numbered ones, not both.
bool add_weekdays(const RecurrenceRule& rule, Outline& out) {
    for (const auto& day : rule.by_day) {
        if (day.n == 0)
            out.weekdays |= uint64_t{1} << day.weekday;
        else if (day.n >= -1 && day.n <= 5)
            out.numbered.push_back(day);
        else
            return false;
        out.some_dates_missing |= day.n == 5;
    }
    return out.weekdays == 0 || out.numbered.empty();
}

bool add_month_days(const RecurrenceRule& rule, LocalTime start, Outline& out) {
    if (!rule.by_day.empty() && !rule.by_month_day.empty()) return false;
    if (!rule.by_day.empty()) return add_weekdays(rule, out);
    const year_month_day date{floor<days>(start)};
    out.month_days =
        rule.by_month_day.empty() ? std::vector<int>{int(unsigned(date.day()))} : rule.by_month_day;
    if (out.month_days.front() < -1) return false;
    if (out.month_days.front() == -1)
        std::rotate(out.month_days.begin(), out.month_days.begin() + 1, out.month_days.end());
    out.some_dates_missing = *std::max_element(out.month_days.begin(), out.month_days.end()) > 28;
    return true;
}

// BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1 or -1, once that day.
bool is_working_day_rule(const RecurrenceRule& rule) {
    uint64_t weekdays = 0;
    for (const auto& day : rule.by_day)
        if (day.n == 0)
            weekdays |= uint64_t{1} << day.weekday;
        else
            return false;
    return rule.freq == Freq::kMonthly && weekdays == kWorkingDays && rule.by_month_day.empty() &&
           rule.by_position.size() == 1 && std::abs(rule.by_position[0]) == 1 &&
           rule.by_hour.size() < 2 && rule.by_minute.size() < 2 && rule.by_second.size() < 2;
}

// Dates of the year: each month with each day.
bool add_dates(const RecurrenceRule& rule, LocalTime start, Outline& out) {
    constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const RecurrenceRule full = rule.completed(start);
    if (full.by_month.size() * full.by_month_day.size() > kDatesMax ||
        full.by_month_day.front() < 1)
        return false;
    for (const int month : full.by_month)
        for (const int day : full.by_month_day) {
            out.dates.emplace_back(month, day);
            out.some_dates_missing |= day > kLengths[month - 1];
        }
    return true;
}

bool add_days_of_year(const RecurrenceRule& rule, LocalTime start, Outline& out) {
    if (!rule.by_day.empty() && !rule.by_month_day.empty()) return false;
    if (rule.by_day.empty() && !(rule.by_month.empty() && !rule.by_month_day.empty()) &&
        add_dates(rule, start, out))
        return true;
    // Every year, so it is the same as every month of those named.
    if (rule.interval != 1) return false;
    out.unit = Freq::kMonthly;
    const bool numbered = std::any_of(rule.by_day.begin(), rule.by_day.end(),
                                      [](const auto& day) { return day.n != 0; });
    if (numbered && rule.by_month.empty()) return false;  // Numbered within the year.
    return add_months(rule, out) && add_month_days(rule, start, out);
}

// BYMINUTE and BYHOUR below a day, when they alone say which minutes.
bool add_minutes(const RecurrenceRule& rule, LocalTime start, const Zone& zone, Outline& out) {
    if (!rule.has_by_part()) return true;
    const int64_t in_hour = (start.time_since_epoch().count() % 3600 + 3600) % 3600;
    const bool second_zero =
        rule.by_second.empty() ? in_hour % 60 == 0 : rule.by_second == std::vector<int>{0};
    if (rule.interval != 1 || rule.freq == Freq::kSecondly || !second_zero ||
        !rule.by_month_day.empty())
        return false;
    if (rule.freq == Freq::kHourly && rule.by_minute.empty()) {
        // The minute of the start, unless a change of the clocks moves it.
        const auto offsets = zone.offsets_from(to_utc(start, hours(26)));
        if (std::any_of(offsets.begin(), offsets.end(),
                        [&](auto offset) { return (offset - offsets[0]).count() % 3600 != 0; }))
            return false;
        out.minutes = uint64_t{1} << in_hour / 60;
    } else if (rule.by_minute.empty()) {
        out.minutes = kAllMinutes;
    }
    for (const int minute : rule.by_minute) out.minutes |= uint64_t{1} << minute;
    for (const int hour : rule.by_hour) out.hours |= uint64_t{1} << hour;
    out.elapsed = true;
    return add_months(rule, out) && add_weekdays(rule, out);
}

bool add_days(const RecurrenceRule& rule, LocalTime start, const Zone& zone, Outline& out) {
    if (!rule.by_week_number.empty() || !rule.by_year_day.empty()) return false;
    if (is_working_day_rule(rule)) {
        out.working_day = rule.by_position[0];
        return add_months(rule, out);
    }
    if (!rule.by_position.empty()) return false;
    switch (rule.freq) {
        case Freq::kDaily:
            if (!rule.by_month_day.empty() || (rule.interval > 1 && rule.has_day_part()))
                return false;
            return add_months(rule, out) && add_weekdays(rule, out);
        case Freq::kWeekly:
            if (rule.by_day.empty())
                out.weekdays = uint64_t{1}
                               << weekday_of(int(floor<days>(start).time_since_epoch().count()));
            if (rule.interval > 1 && rule.week_start != 0) out.week_start = rule.week_start;
            return add_months(rule, out) && add_weekdays(rule, out);
        case Freq::kMonthly: return add_months(rule, out) && add_month_days(rule, start, out);
        case Freq::kYearly: return add_days_of_year(rule, start, out);
        default: return add_minutes(rule, start, zone, out);
    }
}

std::optional<Outline> of_recurrence(const RecurrenceText& text, LocalTime start,
                                     const Zone& zone) {
    if (text.rules.size() != 1 || !text.excluded_rules.empty()) return std::nullopt;
    const RecurrenceRule& rule = text.rules.front();
    Outline out;
    out.unit = rule.freq;
    out.interval = rule.interval;
    if (!add_days(rule, start, zone, out)) return std::nullopt;
    out.skip = rule.skip;
    if (rule.freq >= Freq::kDaily && !list_times(rule.pattern(start).times, out))
        return std::nullopt;
    if (rule.interval > 1 || rule.freq < Freq::kDaily || text.start || rule.count)
        out.counted_from = start;
    out.until = rule.until;
    out.count = rule.count;
    if (text.dates.size() > kDatesMax || text.excluded_dates.size() > kDatesMax)
        return std::nullopt;
    out.extra_dates = text.dates;
    out.excluded_dates = text.excluded_dates;
    return out;
}
}  // namespace

std::optional<Outline> outline_of(const Schedule& schedule) {
    if (const Cron* cron = schedule.cron()) return of_cron(*cron);
    if (const RecurrenceText* text = schedule.recurrence())
        return of_recurrence(*text, schedule.start(), schedule.counting_zone());
    return std::nullopt;
}

}  // namespace ordinaut::schedule
