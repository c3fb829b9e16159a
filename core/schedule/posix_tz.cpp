#include "schedule/posix_tz.h"

#include <algorithm>

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
// Reads the rule left to right; every reader leaves `rest` after what it took, or reports failure.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    bool accept(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool name() {
        size_t length = 0;
        if (accept('<')) {
            while (length < rest_.size() && rest_[length] != '>') ++length;
            if (length == rest_.size()) return false;
            rest_.remove_prefix(length + 1);
            return length > 0;
        }
        while (length < rest_.size() && is_letter(rest_[length])) ++length;
        rest_.remove_prefix(length);
        return length >= 3;
    }
    std::optional<int> number(int max) {
        int value = 0;
        size_t length = 0;
        while (length < rest_.size() && rest_[length] >= '0' && rest_[length] <= '9' && length < 4)
            value = value * 10 + (rest_[length++] - '0');
        if (length == 0 || value > max) return std::nullopt;
        rest_.remove_prefix(length);
        return value;
    }
    // [+-]h[h[h]][:mm[:ss]]
    std::optional<seconds> time() {
        const bool negative = accept('-');
        if (!negative) accept('+');
        const auto h = number(167);
        if (!h) return std::nullopt;
        seconds total = hours(*h);
        if (accept(':')) {
            const auto m = number(59);
            if (!m) return std::nullopt;
            total += minutes(*m);
            if (accept(':')) {
                const auto s = number(59);
                if (!s) return std::nullopt;
                total += seconds(*s);
            }
        }
        return negative ? -total : total;
    }
    std::optional<PosixTz::Change> change() {
        PosixTz::Change change{PosixTz::Change::kDayOfYear, 0, 0, 0, 0, hours(2)};
        if (accept('M')) {
            change.kind = PosixTz::Change::kMonthWeek;
            const auto month = number(12);
            if (!month || *month < 1 || !accept('.')) return std::nullopt;
            const auto week = number(5);
            if (!week || *week < 1 || !accept('.')) return std::nullopt;
            const auto weekday = number(6);
            if (!weekday) return std::nullopt;
            change.month = *month, change.week = *week, change.weekday = *weekday;
        } else {
            if (accept('J')) change.kind = PosixTz::Change::kJulian;
            const auto day = number(365);
            if (!day || (change.kind == PosixTz::Change::kJulian && *day < 1)) return std::nullopt;
            change.day = *day;
        }
        if (accept('/')) {
            const auto at = time();
            if (!at) return std::nullopt;
            change.time = *at;
        }
        return change;
    }

private:
    static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
    std::string_view rest_;
};

// 00:00 of the change's day, as if local time were UTC.
sys_days day_of(const PosixTz::Change& change, int y) {
    const sys_days new_year = sys_days(year{y} / January / 1);
    switch (change.kind) {
        case PosixTz::Change::kJulian:
            return new_year +
                   days(change.day - 1 + (year{y}.is_leap() && change.day >= 60 ? 1 : 0));
        case PosixTz::Change::kDayOfYear: return new_year + days(change.day);
        case PosixTz::Change::kMonthWeek: break;
    }
    const year_month month = year{y} / std::chrono::month(unsigned(change.month));
    const weekday wanted{unsigned(change.weekday)};
    if (change.week == 5) return sys_days(month / wanted[last]);
    return sys_days(month / wanted[unsigned(change.week)]);
}
}  // namespace

std::optional<PosixTz> PosixTz::parse(std::string_view text) {
    Reader reader(text);
    if (!reader.name()) return std::nullopt;
    const auto standard = reader.time();
    if (!standard) return std::nullopt;
    PosixTz rule{-*standard, std::nullopt};
    if (reader.at_end()) return rule;

    if (!reader.name()) return std::nullopt;
    Daylight daylight{rule.standard_offset + hours(1), {}, {}};
    if (!reader.accept(',')) {
        const auto offset = reader.time();
        if (!offset || !reader.accept(',')) return std::nullopt;
        daylight.offset = -*offset;
    }
    const auto start = reader.change();
    if (!start || !reader.accept(',')) return std::nullopt;
    const auto end = reader.change();
    if (!end || !reader.at_end()) return std::nullopt;
    daylight.start = *start, daylight.end = *end;
    rule.daylight = daylight;
    return rule;
}

std::vector<PosixTz::Transition> PosixTz::transitions(int year) const {
    if (!daylight) return {};
    std::vector<Transition> both = {
        {day_of(daylight->start, year) + daylight->start.time - standard_offset, daylight->offset},
        {day_of(daylight->end, year) + daylight->end.time - daylight->offset, standard_offset},
    };
    if (both[1].at < both[0].at) std::swap(both[0], both[1]);
    return both;
}

}  // namespace ordinaut::schedule
