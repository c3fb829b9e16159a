// Which days of a year match a rule, as one bit per day and per kind of year.
//
// Whether a day matches depends only on the shape of its year (weekday of 1 January, leap, and, for
// week numbers, whether the neighbours are leap): 28 shapes. So the next matching day is a bit
// scan, and a rule that matches no day at all is known as such without searching.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace ordinaut::schedule {

inline constexpr int kYearMax = 9999;
inline constexpr int kWeekdayMax = 6;  // Weekdays count from 0 = Monday here.

// Days since 1970-01-01 of some local calendar.
using DayNumber = int;

struct YearShape {
    int new_year_weekday;  // 0 = Monday.
    bool leap, after_leap, before_leap;

    int length() const { return leap ? 366 : 365; }
    int length_before() const { return after_leap ? 366 : 365; }
    int length_after() const { return before_leap ? 366 : 365; }
};

struct DayOfYear {
    int month;         // 1–12.
    int day;           // 1–31.
    int month_length;  // 28–31.
    int day_of_year;   // 1–366.
    int weekday;       // 0 = Monday.
};

DayNumber day_number(int year, int month, int day);
DayNumber new_year(int year);
int year_of(DayNumber day);
int weekday_of(DayNumber day);  // 0 = Monday.
YearShape shape_of(int year);

// Default: no day at all.
class YearMasks {
public:
    // `matches(shape, day)` decides each day of each shape of year. `by_neighbours`: it looks at
    // the years around, too.
    template <class Predicate>
    static YearMasks build(const Predicate& matches, bool by_neighbours);

    YearMasks without(const YearMasks& other) const;  // The days of this that are not in `other`.

    bool empty() const { return empty_; }
    bool test(DayNumber day) const;
    // The first matching day >= from, to the end of year 9999.
    std::optional<DayNumber> next(DayNumber from) const;
    // The first that does not match; else `limit`.
    DayNumber next_absent(DayNumber from, DayNumber limit) const;
    int count(DayNumber begin, DayNumber end) const;  // Matching days in [begin, end).
    // The n-th (from 0) in [begin, end).
    std::optional<DayNumber> nth(DayNumber begin, DayNumber end, int n) const;

private:
    using Mask = std::array<uint64_t, 6>;
    static int index_of(const YearShape& shape);
    static const YearShape& shape_at(int index);
    static uint64_t bits_from(const Mask& mask, int at, int stop);
    const Mask& mask_of(int year) const;

    std::shared_ptr<const std::array<Mask, 28>> masks_;
    bool empty_ = true;
};

// Implementation of the template.
inline constexpr std::array<int, 13> kDaysBefore = {0,   31,  59,  90,  120, 151, 181,
                                                    212, 243, 273, 304, 334, 365};

template <class Predicate>
YearMasks YearMasks::build(const Predicate& matches, bool by_neighbours) {
    auto masks = std::make_shared<std::array<Mask, 28>>();
    YearMasks result;
    for (int index = 0; index < 28; ++index) {
        const YearShape& shape = shape_at(index);
        Mask& mask = (*masks)[size_t(index)];
        if (!by_neighbours && !shape.leap && index % 4 != 1) {
            mask = (*masks)[size_t(index) / 4 * 4 + 1];
            continue;
        }
        mask = {};
        DayOfYear day{1, 1, 31, 1, shape.new_year_weekday};
        for (; day.month <= 12; ++day.month) {
            const auto month = size_t(day.month);
            day.month_length = kDaysBefore[month] - kDaysBefore[month - 1] +
                               (day.month == 2 && shape.leap ? 1 : 0);
            for (day.day = 1; day.day <= day.month_length; ++day.day, ++day.day_of_year) {
                if (matches(shape, day)) {
                    mask[size_t(day.day_of_year - 1) / 64] |= uint64_t{1}
                                                              << ((day.day_of_year - 1) % 64);
                    result.empty_ = false;
                }
                day.weekday = day.weekday == kWeekdayMax ? 0 : day.weekday + 1;
            }
        }
    }
    result.masks_ = std::move(masks);
    return result;
}

}  // namespace ordinaut::schedule
