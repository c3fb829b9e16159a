#include "schedule/year_masks.h"

#include <bit>

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr std::array<uint64_t, 6> kEveryDay = {~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0},
                                               ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}};
}

DayNumber day_number(int y, int m, int d) {
    return int(
        local_days(year{y} / month(unsigned(m)) / day(unsigned(d))).time_since_epoch().count());
}
DayNumber new_year(int y) {
    if (y < 1) return day_number(y, 1, 1);
    const int before = y - 1;
    // 1 January of the year 1 is day -719162.
    return before * 365 + before / 4 - before / 100 + before / 400 - 719162;
}
int year_of(DayNumber number) { return int(year_month_day(local_days(days(number))).year()); }
// 1970-01-01 was a Thursday.
int weekday_of(DayNumber number) { return number >= -3 ? (number + 3) % 7 : (number + 4) % 7 + 6; }

YearShape shape_of(int y) {
    return {weekday_of(new_year(y)), year{y}.is_leap(), year{y - 1}.is_leap(),
            year{y + 1}.is_leap()};
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

// Years repeat after 400.
const YearMasks::Mask& YearMasks::mask_of(int year) const {
    static const auto indices = [] {
        std::array<uint8_t, 400> all{};
        for (int i = 0; i < 400; ++i) all[size_t(i)] = uint8_t(index_of(shape_of(2000 + i)));
        return all;
    }();
    return (*masks_)[indices[size_t(unsigned(year + 400) % 400)]];
}

YearMasks YearMasks::without(const YearMasks& other) const {
    if (empty_ || other.empty_) return *this;
    auto masks = std::make_shared<std::array<Mask, 28>>(*masks_);
    YearMasks result;
    for (size_t shape = 0; shape < masks->size(); ++shape)
        for (size_t word = 0; word < Mask().size(); ++word) {
            (*masks)[shape][word] &= ~(*other.masks_)[shape][word];
            if ((*masks)[shape][word]) result.empty_ = false;
        }
    result.masks_ = std::move(masks);
    return result;
}

// Days from `at` to the end of its word, `stop` excluded; bit 0 is `at`.
uint64_t YearMasks::bits_from(const Mask& mask, int at, int stop) {
    const uint64_t bits = mask[size_t(at) / 64] >> (at % 64);
    const int length = std::min(stop, (at / 64 + 1) * 64) - at;
    return length < 64 ? bits & ((uint64_t{1} << length) - 1) : bits;
}

bool YearMasks::test(DayNumber day) const {
    if (empty_) return false;
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

DayNumber YearMasks::next_absent(DayNumber from, DayNumber limit) const {
    while (!empty_ && from < limit) {
        const int y = year_of(from), first = new_year(y), length = new_year(y + 1) - first;
        const Mask& mask = mask_of(y);
        for (int at = from - first; at < length; at = (at / 64 + 1) * 64) {
            const uint64_t missing = bits_from(mask, at, length) ^ bits_from(kEveryDay, at, length);
            if (missing) return std::min(limit, first + at + std::countr_zero(missing));
        }
        from = first + length;
    }
    return std::min(from, limit);
}

int YearMasks::count(DayNumber begin, DayNumber end) const {
    int total = 0;
    while (!empty_ && begin < end) {
        const int y = year_of(begin), first = new_year(y);
        const int stop = std::min(end, new_year(y + 1)) - first;
        const Mask& mask = mask_of(y);
        for (int at = begin - first; at < stop; at = (at / 64 + 1) * 64)
            total += std::popcount(bits_from(mask, at, stop));
        begin = first + stop;
    }
    return total;
}

std::optional<DayNumber> YearMasks::nth(DayNumber begin, DayNumber end, int n) const {
    while (!empty_ && begin < end) {
        const int y = year_of(begin), first = new_year(y);
        const int stop = std::min(end, new_year(y + 1)) - first;
        const Mask& mask = mask_of(y);
        for (int at = begin - first; at < stop; at = (at / 64 + 1) * 64) {
            uint64_t bits = bits_from(mask, at, stop);
            const int held = std::popcount(bits);
            if (n >= held) {
                n -= held;
                continue;
            }
            while (n-- > 0) bits &= bits - 1;
            return first + at + std::countr_zero(bits);
        }
        begin = first + stop;
    }
    return std::nullopt;
}

}  // namespace ordinaut::schedule
