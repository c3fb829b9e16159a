#include "schedule/pattern.h"

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr int kDaySeconds = 86400;
// The Gregorian calendar repeats after 146097 days: a lattice that met no matching period in that many tries never will.
constexpr int kTriesMax = 146097 + 1;

int64_t floor_div(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
int64_t ceil_div(int64_t a, int64_t b) { return -floor_div(-a, b); }

struct Split {
    DayNumber day;
    int time;  // Seconds after midnight.
};
Split split(LocalTime local) {
    const int64_t s = local.time_since_epoch().count(), day = floor_div(s, kDaySeconds);
    return {DayNumber(day), int(s - day * kDaySeconds)};
}
LocalTime join(int64_t day, int64_t time) { return LocalTime(seconds(day * kDaySeconds + time)); }
uint64_t bit(int n) { return uint64_t{1} << n; }
}  // namespace

std::optional<LocalTime> Pattern::next(LocalTime from, LocalTime limit, seconds shift) const {
    if (last != LocalTime::max()) limit = std::min(limit, last + seconds(1));
    limit = std::min(limit, join(new_year(kYearMax + 1), 0));
    const LocalTime origin = start + shift;
    from = std::max(from, origin);
    if (from >= limit || days.empty()) return std::nullopt;
    if (counts_elapsed()) return next_elapsed(from, limit, origin);
    return freq > Freq::kDaily && !positions.empty() ? next_by_position(from, limit) : next_by_day(from, limit);
}

int64_t Pattern::period_of(DayNumber day) const {
    switch (freq) {
        case Freq::kYearly: return year_of(day);
        case Freq::kMonthly: {
            const year_month_day date{local_days(std::chrono::days(day))};
            return int64_t(int(date.year())) * 12 + unsigned(date.month()) - 1;
        }
        case Freq::kWeekly: return floor_div(int64_t(day) + 3 - week_start, 7);  // Day -3 was a Monday.
        default: return day;
    }
}

DayNumber Pattern::period_begin(int64_t period) const {
    switch (freq) {
        case Freq::kYearly: return new_year(int(period));
        case Freq::kMonthly: return day_number(int(floor_div(period, 12)), int(period - floor_div(period, 12) * 12) + 1, 1);
        case Freq::kWeekly: return int(period * 7 - 3 + week_start);
        default: return int(period);
    }
}

std::optional<LocalTime> Pattern::next_by_day(LocalTime from, LocalTime limit) const {
    const auto [from_day, from_time] = split(from);
    const DayNumber limit_day = split(limit).day;
    const int64_t origin = period_of(split(start).day);
    DayNumber day = from_day;
    for (int tries = 0; tries < kTriesMax; ++tries) {
        const auto match = days.next(day);
        if (!match || *match > limit_day) return std::nullopt;
        if (interval > 1) {
            const int64_t period = period_of(*match), off = (period - origin) % interval;
            if (off != 0) {
                const int64_t wanted = period - off + interval;
                if (wanted > period_of(limit_day)) return std::nullopt;
                day = period_begin(wanted);
                continue;
            }
        }
        if (const auto time = times.next(*match == from_day ? from_time : 0, positions)) {
            const LocalTime found = join(*match, *time);
            if (found >= limit) return std::nullopt;
            return found;
        }
        day = *match + 1;
    }
    return std::nullopt;
}

std::optional<LocalTime> Pattern::next_by_position(LocalTime from, LocalTime limit) const {
    const int64_t origin = period_of(split(start).day), limit_period = period_of(split(limit).day);
    const int64_t since = period_of(split(from).day) - origin;
    const int per_day = times.count();
    int64_t period = origin + ceil_div(since, interval) * interval;
    for (int tries = 0; tries < kTriesMax && period <= limit_period; ++tries, period += interval) {
        const DayNumber begin = period_begin(period), end = period_begin(period + 1);
        const int64_t total = int64_t(days.count(begin, end)) * per_day;
        if (total == 0) {  // Straight to a period with a matching day.
            const auto match = days.next(end);
            if (!match) return std::nullopt;
            period += (period_of(*match) - period - 1) / interval * interval;
            continue;
        }
        std::optional<LocalTime> best;
        for (const int position : positions) {
            const int64_t index = position > 0 ? position - 1 : total + position;
            if (index < 0 || index >= total) continue;
            const LocalTime found = join(*days.nth(begin, end, int(index / per_day)), times.nth(int(index % per_day)));
            if (found >= from && (!best || found < *best)) best = found;
        }
        if (best) return *best < limit ? best : std::nullopt;
    }
    return std::nullopt;
}

// The first time >= from that the rule names inside the hour (minute, second) containing `time_of_day`.
std::optional<int> Pattern::next_in_unit(int time_of_day, int from) const {
    TimesOfDay inside{bit(time_of_day / 3600), times.minutes, times.seconds};
    if (freq != Freq::kHourly || minute_of_start) inside.minutes = bit(time_of_day / 60 % 60);
    if (freq == Freq::kSecondly || second_of_start) inside.seconds = bit(time_of_day % 60);
    return inside.next(from, positions);
}

std::optional<LocalTime> Pattern::next_elapsed(LocalTime from, LocalTime limit, LocalTime origin) const {
    const int64_t unit = freq == Freq::kHourly ? 3600 : freq == Freq::kMinutely ? 60 : 1;
    const int64_t step = interval * unit, start_at = origin.time_since_epoch().count();
    const auto steps_to = [&](int64_t local) { return std::max<int64_t>(0, ceil_div(local - start_at, step)); };

    int64_t n = steps_to(floor_div(from.time_since_epoch().count(), unit) * unit);
    for (int tries = 0; tries < kTriesMax; ++tries) {
        if (n > (limit.time_since_epoch().count() - start_at + unit) / step) return std::nullopt;
        const auto [day, time] = split(LocalTime(seconds(start_at + n * step)));
        if (!days.test(day)) {
            const auto match = days.next(day + 1);
            if (!match) return std::nullopt;
            n = steps_to(int64_t(*match) * kDaySeconds);
            continue;
        }
        // The first moment of this day at which the filters coarser than the period allow one.
        const TimesOfDay filter{times.hours, freq < Freq::kHourly ? times.minutes : ~uint64_t{0} >> 4,
                                freq < Freq::kMinutely ? times.seconds : ~uint64_t{0} >> 4};
        const auto allowed = filter.next(time / int(unit) * int(unit));
        if (!allowed || *allowed / unit != time / unit) {
            n = std::max(n + 1, steps_to(int64_t(day) * kDaySeconds + (allowed ? *allowed : kDaySeconds)));
            continue;
        }
        const LocalTime midnight = join(day, 0);
        const int earliest = int(std::max<int64_t>(0, (from - midnight).count()));
        if (earliest < kDaySeconds)
            if (const auto found = next_in_unit(time, earliest)) {
                const LocalTime local = midnight + seconds(*found);
                return local < limit ? std::optional(local) : std::nullopt;
            }
        ++n;
    }
    return std::nullopt;
}

}  // namespace ordinaut::schedule
