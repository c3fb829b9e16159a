#include "schedule/times_of_day.h"

#include <bit>

namespace ordinaut::schedule {

int next_bit(uint64_t bits, int from) {
    if (from > 63) return -1;
    bits &= ~uint64_t{0} << from;
    return bits ? std::countr_zero(bits) : -1;
}

namespace {
int nth_bit(uint64_t bits, int n) {
    while (n-- > 0) bits &= bits - 1;
    return std::countr_zero(bits);
}
}  // namespace

int TimesOfDay::count() const {
    return std::popcount(hours) * std::popcount(minutes) * std::popcount(seconds);
}

int TimesOfDay::nth(int n) const {
    const int per_minute = std::popcount(seconds), per_hour = per_minute * std::popcount(minutes);
    return nth_bit(hours, n / per_hour) * 3600 + nth_bit(minutes, n % per_hour / per_minute) * 60 +
           nth_bit(seconds, n % per_minute);
}

int TimesOfDay::rank(int time) const {
    const auto below = [](uint64_t bits, int n) {
        return std::popcount(bits & ((uint64_t{1} << n) - 1));
    };
    const int hour = time / 3600, minute = time / 60 % 60;
    int earlier = below(hours, hour) * std::popcount(minutes) * std::popcount(seconds);
    if (!(hours >> hour & 1)) return earlier;
    earlier += below(minutes, minute) * std::popcount(seconds);
    return minutes >> minute & 1 ? earlier + below(seconds, time % 60) : earlier;
}

std::optional<int> TimesOfDay::next(int from) const {
    const int first_minute = next_bit(minutes, 0), first_second = next_bit(seconds, 0);
    int hour = next_bit(hours, from / 3600);
    if (hour == from / 3600) {
        const int from_minute = from / 60 % 60;
        int minute = next_bit(minutes, from_minute);
        if (minute == from_minute) {
            const int second = next_bit(seconds, from % 60);
            if (second >= 0) return hour * 3600 + minute * 60 + second;
            minute = next_bit(minutes, from_minute + 1);
        }
        if (minute >= 0) return hour * 3600 + minute * 60 + first_second;
        hour = next_bit(hours, hour + 1);
    }
    if (hour < 0) return std::nullopt;
    return hour * 3600 + first_minute * 60 + first_second;
}

std::optional<int> TimesOfDay::next(int from, const std::vector<int>& positions) const {
    if (positions.empty()) return next(from);
    const int total = count();
    std::optional<int> best;
    for (const int position : positions) {
        const int index = position > 0 ? position - 1 : total + position;
        if (index < 0 || index >= total) continue;
        const int time = nth(index);
        if (time >= from && (!best || time < *best)) best = time;
    }
    return best;
}

}  // namespace ordinaut::schedule
