// Local times that repeat: what one cron expression or one RRULE comes to, before any zone is
// applied.
//
// A pattern is a lattice of periods (every `interval`-th second … year, counted from `start`) and,
// inside a period, the days and times that match. `next` jumps; it never walks from `start`.
#pragma once
#include <optional>
#include <vector>

#include "schedule/times_of_day.h"
#include "schedule/year_masks.h"
#include "schedule/zone.h"

namespace ordinaut::schedule {

enum class Freq { kSecondly, kMinutely, kHourly, kDaily, kWeekly, kMonthly, kYearly };

struct Pattern {
    Freq freq = Freq::kDaily;
    int64_t interval = 1;
    int week_start = 0;  // 0 = Monday; where weeks begin for kWeekly.
    YearMasks days;
    // SKIP=FORWARD: days of a period whose following day occurs in their stead.
    YearMasks spilled;
    // Below kDaily: hours (and what is coarser than freq) filter, the rest expands.
    TimesOfDay times;
    // kHourly without BYMINUTE: each occurrence keeps its elapsed minute.
    bool minute_of_start = false;
    bool second_of_start = false;       // Below kDaily without BYSECOND.
    std::vector<int> positions;         // BYSETPOS; empty = all.
    LocalTime start{};                  // The origin of the lattice; nothing occurs before it.
    LocalTime last = LocalTime::max();  // Nothing occurs after it.

    // Below kDaily the lattice counts elapsed time, so it moves against the local clock when the
    // zone's offset changes.
    bool counts_elapsed() const { return freq < Freq::kDaily; }

    // The first occurrence in [from, limit). `shift` moves the lattice: the zone's offset now minus
    // the offset at `start`. Bounded: gives up when a whole cycle of the calendar (400 years) holds
    // no occurrence, at the end of the year 9999, and, below kDaily, when `effort` is used up.
    std::optional<LocalTime> next(LocalTime from, LocalTime limit, std::chrono::seconds shift,
                                  int& effort) const;
    // Not below kDaily: no shift, no effort.
    std::optional<LocalTime> next(LocalTime from, LocalTime limit) const;

    // The n-th occurrence (from 0) without walking; kDaily and above, without positions and
    // `spilled`. `last` is ignored. Nothing when there are fewer before the end of the year 9999.
    std::optional<LocalTime> nth(int64_t n) const;

private:
    std::optional<DayNumber> next_day_of(const YearMasks& mask, DayNumber from,
                                         DayNumber limit) const;
    std::optional<DayNumber> next_day(DayNumber from, DayNumber limit) const;
    std::optional<LocalTime> next_by_day(LocalTime from, LocalTime limit) const;
    std::optional<LocalTime> next_by_position(LocalTime from, LocalTime limit) const;
    std::optional<LocalTime> next_elapsed(LocalTime from, LocalTime limit, LocalTime origin,
                                          int& effort) const;
    std::optional<LocalTime> first_position_in(int64_t period, LocalTime from) const;
    std::optional<int> next_in_unit(int time_of_day, int from) const;
    std::optional<int> next_allowed(int time_of_day) const;
    bool meets_allowed_time(int64_t origin, int64_t step) const;
    int64_t unit() const;
    int64_t periods_in_cycle() const;
    int64_t period_of(DayNumber day) const;
    DayNumber period_begin(int64_t period) const;
};

}  // namespace ordinaut::schedule
