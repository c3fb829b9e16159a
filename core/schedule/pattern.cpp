#include "schedule/pattern.h"

#include <algorithm>
#include <numeric>

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr int kDaySeconds = 86400;
// The Gregorian calendar repeats after 400 years: a lattice that met no match in so many periods
// never will.
constexpr int64_t kCycleDays = 146097, kCycleWeeks = kCycleDays / 7, kCycleMonths = 4800,
                  kCycleYears = 400;
// After so many failed tries it pays to ask whether the lattice can meet an allowed time of day at
// all.
constexpr int kTriesBeforeDoubt = 200, kEffortOfDoubt = 500;

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
const LocalTime kEnd = join(new_year(kYearMax + 1), 0);
}  // namespace

std::optional<LocalTime> Pattern::next(LocalTime from, LocalTime limit, seconds shift,
                                       int& effort) const {
    if (last != LocalTime::max()) limit = std::min(limit, last + seconds(1));
    limit = std::min(limit, kEnd);
    const LocalTime origin = start + shift;
    from = std::max(from, origin);
    if (from >= limit || (days.empty() && spilled.empty())) return std::nullopt;
    if (counts_elapsed()) return next_elapsed(from, limit, origin, effort);
    return freq > Freq::kDaily && !positions.empty() ? next_by_position(from, limit)
                                                     : next_by_day(from, limit);
}

std::optional<LocalTime> Pattern::next(LocalTime from, LocalTime limit) const {
    int unused = 0;
    return next(from, limit, seconds(0), unused);
}

int64_t Pattern::period_of(DayNumber day) const {
    switch (freq) {
        case Freq::kYearly: return year_of(day);
        case Freq::kMonthly: {
            const year_month_day date{local_days(std::chrono::days(day))};
            return int64_t(int(date.year())) * 12 + unsigned(date.month()) - 1;
        }
        // Day -3 was a Monday.
        case Freq::kWeekly: return floor_div(int64_t(day) + 3 - week_start, 7);
        default: return day;
    }
}

DayNumber Pattern::period_begin(int64_t period) const {
    switch (freq) {
        case Freq::kYearly: return new_year(int(period));
        case Freq::kMonthly:
            return day_number(int(floor_div(period, 12)),
                              int(period - floor_div(period, 12) * 12) + 1, 1);
        case Freq::kWeekly: return int(period * 7 - 3 + week_start);
        default: return int(period);
    }
}

// How many periods of the lattice make a whole number of calendar cycles.
int64_t Pattern::periods_in_cycle() const {
    const int64_t periods = freq == Freq::kYearly    ? kCycleYears
                            : freq == Freq::kMonthly ? kCycleMonths
                            : freq == Freq::kWeekly  ? kCycleWeeks
                                                     : kCycleDays;
    return periods / std::gcd(periods, interval);
}

// The first day of `mask` at or after `from` that lies in a period of the lattice.
std::optional<DayNumber> Pattern::next_day_of(const YearMasks& mask, DayNumber from,
                                              DayNumber limit) const {
    const int64_t origin = period_of(split(start).day);
    from = std::max(from, period_begin(origin));
    for (int64_t tries = interval == 1 ? 1 : periods_in_cycle() + 1; tries > 0; --tries) {
        const auto match = mask.next(from);
        if (!match || *match > limit) return std::nullopt;
        if (interval == 1) return match;
        const int64_t period = period_of(*match), off = (period - origin) % interval;
        if (off == 0) return match;
        const int64_t wanted = period - off + interval;
        if (wanted > period_of(limit)) return std::nullopt;
        from = period_begin(wanted);
    }
    return std::nullopt;
}

std::optional<DayNumber> Pattern::next_day(DayNumber from, DayNumber limit) const {
    const auto own = next_day_of(days, from, limit);
    if (spilled.empty()) return own;
    const auto before = next_day_of(spilled, from - 1, limit);
    return before && (!own || *before + 1 < *own) ? std::optional(*before + 1) : own;
}

std::optional<LocalTime> Pattern::next_by_day(LocalTime from, LocalTime limit) const {
    const auto [from_day, from_time] = split(from);
    const DayNumber limit_day = split(limit).day;
    auto day = next_day(from_day, limit_day);
    if (!day) return std::nullopt;
    auto time = times.next(*day == from_day ? from_time : 0, positions);
    if (!time && *day == from_day) {
        day = next_day(from_day + 1, limit_day);
        if (!day) return std::nullopt;
        time = times.next(0, positions);
    }
    if (!time) return std::nullopt;  // No day has as many times as BYSETPOS asks for.
    const LocalTime found = join(*day, *time);
    return found < limit ? std::optional(found) : std::nullopt;
}

// The first occurrence at or after `from` that BYSETPOS chooses in one period.
std::optional<LocalTime> Pattern::first_position_in(int64_t period, LocalTime from) const {
    const DayNumber begin = period_begin(period), end = period_begin(period + 1);
    const int own_days = days.count(begin, end);
    const bool spills = spilled.count(end - 1, end) > 0;
    const int per_day = times.count();
    const int64_t total = int64_t(own_days + (spills ? 1 : 0)) * per_day;
    std::optional<LocalTime> best;
    if (total == 0) return best;
    for (const int position : positions) {
        const int64_t index = position > 0 ? position - 1 : total + position;
        if (index < 0 || index >= total) continue;
        const int day_index = int(index / per_day);
        const DayNumber day = day_index < own_days ? *days.nth(begin, end, day_index) : end;
        const LocalTime found = join(day, times.nth(int(index % per_day)));
        if (found >= from && (!best || found < *best)) best = found;
    }
    return best;
}

std::optional<LocalTime> Pattern::next_by_position(LocalTime from, LocalTime limit) const {
    const int64_t origin = period_of(split(start).day), limit_period = period_of(split(limit).day);
    // What the period before spilled may still lie ahead.
    const int64_t first = period_of(split(from).day) - (spilled.empty() ? 0 : 1);
    int64_t period = origin + std::max<int64_t>(0, ceil_div(first - origin, interval)) * interval;
    int least = std::abs(positions.front());
    for (const int position : positions) least = std::min(least, std::abs(position));
    const int days_needed = (least + times.count() - 1) / times.count();
    for (int64_t tries = periods_in_cycle() + 2; tries > 0 && period <= limit_period;
         --tries, period += interval) {
        if (days_needed > 1 &&
            days.count(period_begin(period), period_begin(period + 1)) + 1 < days_needed)
            continue;
        auto best = first_position_in(period, from);
        if (best && !spilled.empty())
            if (const auto rival = first_position_in(period + interval, from);
                rival && *rival < *best)
                best = rival;
        if (best) return *best < limit ? best : std::nullopt;
        // Straight to a period with a matching day.
        const DayNumber end = period_begin(period + 1);
        const auto own = days.next(end), before = spilled.next(end);
        if (!own && !before) return std::nullopt;
        const DayNumber match = own && before ? std::min(*own, *before) : own ? *own : *before;
        period += (period_of(match) - period - 1) / interval * interval;
    }
    return std::nullopt;
}

std::optional<LocalTime> Pattern::nth(int64_t n) const {
    const int64_t per_day = times.count();
    const auto [start_day, start_time] = split(start);
    int64_t period = interval == 1 ? year_of(start_day) : period_of(start_day);
    const auto begin_of = [&](int64_t at) {
        return interval == 1 ? new_year(int(at)) : period_begin(at);
    };
    const DayNumber end = new_year(kYearMax + 1);
    // What the first period holds before the start.
    n += int64_t(days.count(begin_of(period), start_day)) * per_day;
    if (days.test(start_day)) n += times.rank(start_time);
    for (;; period += interval) {
        const DayNumber first = begin_of(period);
        if (first >= end) return std::nullopt;
        const DayNumber next = std::min(end, begin_of(period + 1));
        const int64_t held = int64_t(days.count(first, next)) * per_day;
        if (n < held)
            return join(*days.nth(first, next, int(n / per_day)), times.nth(int(n % per_day)));
        n -= held;
    }
}

int64_t Pattern::unit() const {
    return freq == Freq::kHourly ? 3600 : freq == Freq::kMinutely ? 60 : 1;
}

// The first time of day, not before the unit of `time_of_day`, at which the filters coarser than
// the period allow one.
std::optional<int> Pattern::next_allowed(int time_of_day) const {
    constexpr uint64_t kAll = ~uint64_t{0} >> 4;
    const TimesOfDay filter{times.hours, freq < Freq::kHourly ? times.minutes : kAll,
                            freq < Freq::kMinutely ? times.seconds : kAll};
    return filter.next(time_of_day / int(unit()) * int(unit()));
}

// The first time >= from that the rule names inside the hour (minute, second) containing
// `time_of_day`.
std::optional<int> Pattern::next_in_unit(int time_of_day, int from) const {
    TimesOfDay inside{bit(time_of_day / 3600), times.minutes, times.seconds};
    if (freq != Freq::kHourly || minute_of_start) inside.minutes = bit(time_of_day / 60 % 60);
    if (freq == Freq::kSecondly || second_of_start) inside.seconds = bit(time_of_day % 60);
    return inside.next(from, positions);
}

// Whether any time of day that the lattice comes to, ever, is allowed.
bool Pattern::meets_allowed_time(int64_t origin, int64_t step) const {
    const int64_t grid = std::gcd(step, int64_t{kDaySeconds});
    const int64_t phase = origin - floor_div(origin, grid) * grid;
    // A grid that divides the minute meets each second of its class in every minute of the day;
    // likewise the hour.
    const int64_t span = 60 % grid == 0 ? 60 : 3600 % grid == 0 ? 3600 : kDaySeconds;
    for (int64_t time = phase; time < span; time += grid) {
        const bool hour = span < kDaySeconds || (times.hours >> (time / 3600) & 1);
        const bool minute =
            span < 3600 || freq >= Freq::kHourly || (times.minutes >> (time / 60 % 60) & 1);
        const bool second = freq >= Freq::kMinutely || (times.seconds >> (time % 60) & 1);
        if (hour && minute && second) return true;
    }
    return false;
}

std::optional<LocalTime> Pattern::next_elapsed(LocalTime from, LocalTime limit, LocalTime origin,
                                               int& effort) const {
    const int64_t unit = this->unit(), step = interval * unit,
                  start_at = origin.time_since_epoch().count();
    const auto steps_to = [&](int64_t local) {
        return std::max<int64_t>(0, ceil_div(local - start_at, step));
    };

    int64_t n = steps_to(floor_div(from.time_since_epoch().count(), unit) * unit);
    const int64_t cycle = kCycleDays * kDaySeconds;
    const int64_t n_max =
        std::min(floor_div(limit.time_since_epoch().count() - start_at + unit, step),
                 n + 1 + cycle / std::gcd(cycle, step));
    for (int tries = 0; n <= n_max && effort > 0; ++tries, --effort) {
        if (tries == kTriesBeforeDoubt) {
            effort -= kEffortOfDoubt;
            if (!meets_allowed_time(start_at, step)) return std::nullopt;
        }
        const auto [day, time] = split(LocalTime(seconds(start_at + n * step)));
        const auto match = days.next(day);
        if (!match) return std::nullopt;
        if (*match != day) {
            n = steps_to(int64_t(*match) * kDaySeconds);
            continue;
        }
        const auto allowed = next_allowed(time);
        if (!allowed || *allowed / unit != time / unit) {
            n = std::max(n + 1,
                         steps_to(int64_t(day) * kDaySeconds + (allowed ? *allowed : kDaySeconds)));
            continue;
        }
        // Every unit holds the same times.
        if (!positions.empty() && !next_in_unit(time, 0)) return std::nullopt;
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
