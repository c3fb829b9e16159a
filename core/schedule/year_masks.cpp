#include "schedule/year_masks.h"

#include <bit>

namespace ordinaut::schedule {
using namespace std::chrono;

DayNumber day_number(int y, int m, int d) {
    return int(local_days(year{y} / month(unsigned(m)) / day(unsigned(d))).time_since_epoch().count());
}
DayNumber new_year(int y) { return day_number(y, 1, 1); }
int year_of(DayNumber number) { return int(year_month_day(local_days(days(number))).year()); }
// 1970-01-01 was a Thursday.
int weekday_of(DayNumber number) { return number >= -3 ? (number + 3) % 7 : (number + 4) % 7 + 6; }

YearShape shape_of(int y) {
    return {weekday_of(new_year(y)), year{y}.is_leap(), year{y - 1}.is_leap(), year{y + 1}.is_leap()};
}

// Per weekday: leap, after a leap year, before one, neither.
int YearMasks::index_of(const YearShape& shape) {
    const int kind = shape.leap ? 0 : shape.after_leap ? 1 : shape.before_leap ? 2 : 3;
    return shape.new_year_weekday * 4 + kind;
}

const YearShape& YearMasks::shape_at(int index) {
    static const auto shapes = [] {
        std::array<YearShape, 28> all{};
        for (int i = 0; i < 28; ++i) all[size_t(i)] = {i / 4, i % 4 == 0, i % 4 == 1, i % 4 == 2};
        return all;
    }();
    return shapes[size_t(index)];
}

bool YearMasks::test(DayNumber day) const {
    const int y = year_of(day), at = day - new_year(y);
    return mask_of(y)[size_t(at) / 64] >> (at % 64) & 1;
}

std::optional<DayNumber> YearMasks::next(DayNumber from) const {
    if (empty_) return std::nullopt;
    int y = year_of(from), at = from - new_year(y);
    for (; y <= kYearMax; ++y, at = 0) {
        const Mask& mask = mask_of(y);
        uint64_t keep = ~uint64_t{0} << (at % 64);
        for (size_t word = size_t(at) / 64; word < mask.size(); ++word, keep = ~uint64_t{0})
            if (const uint64_t bits = mask[word] & keep)
                return new_year(y) + int(word) * 64 + std::countr_zero(bits);
    }
    return std::nullopt;
}

int YearMasks::count(DayNumber begin, DayNumber end) const {
    int total = 0;
    while (begin < end) {
        const int y = year_of(begin), first = new_year(y);
        const int stop = std::min(end, new_year(y + 1)) - first;
        const Mask& mask = mask_of(y);
        for (int at = begin - first; at < stop;) {
            const int word_end = std::min(stop, (at / 64 + 1) * 64);
            uint64_t bits = mask[size_t(at) / 64] >> (at % 64);
            if (word_end - at < 64) bits &= (uint64_t{1} << (word_end - at)) - 1;
            total += std::popcount(bits);
            at = word_end;
        }
        begin = first + stop;
    }
    return total;
}

std::optional<DayNumber> YearMasks::nth(DayNumber begin, DayNumber end, int n) const {
    for (auto day = next(begin); day && *day < end; day = next(*day + 1))
        if (n-- == 0) return day;
    return std::nullopt;
}

}  // namespace ordinaut::schedule
