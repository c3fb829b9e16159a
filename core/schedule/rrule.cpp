#include "schedule/rrule.h"

#include <algorithm>

#include "schedule/rule_text.h"

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr std::string_view kFreqNames[] = {"SECONDLY", "MINUTELY", "HOURLY", "DAILY",
                                           "WEEKLY",   "MONTHLY",  "YEARLY"};
constexpr std::string_view kWeekdayNames[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
constexpr int64_t kNumberMax = 1'000'000'000;
constexpr size_t kValuesMax = 400;

std::optional<int64_t> number(std::string_view text) {
    if (text.empty() || text.size() > 12) return std::nullopt;
    int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}
std::optional<int64_t> signed_number(std::string_view text) {
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    const auto value = number(text);
    return value && negative ? -*value : value;
}

// Parts whose value is a list of numbers.
struct NumberPart {
    std::string_view name;
    std::vector<int> RecurrenceRule::*list;
    int min, max;
    bool negative;  // -max … -min too.
};
constexpr NumberPart kNumberParts[] = {
    {"BYSECOND", &RecurrenceRule::by_second, 0, 60, false},
    {"BYMINUTE", &RecurrenceRule::by_minute, 0, 59, false},
    {"BYHOUR", &RecurrenceRule::by_hour, 0, 23, false},
    {"BYMONTHDAY", &RecurrenceRule::by_month_day, 1, 31, true},
    {"BYYEARDAY", &RecurrenceRule::by_year_day, 1, 366, true},
    {"BYWEEKNO", &RecurrenceRule::by_week_number, 1, 53, true},
    {"BYMONTH", &RecurrenceRule::by_month, 1, 12, false},
    {"BYSETPOS", &RecurrenceRule::by_position, 1, 366, true},
};

class RuleParser {
public:
    explicit RuleParser(const std::string& place) : place_(place) {}

    Result<RecurrenceRule> parse(std::string_view text) {
        for (size_t begin = 0;;) {
            const size_t end = std::min(text.find(';', begin), text.size());
            position_ = begin + 1;
            TRY(part(text.substr(begin, end - begin)));
            if (end == text.size()) break;
            begin = end + 1;
        }
        rule_.text = text;
        if (!seen("FREQ"))
            return invalid(
                "/schedule_expr",
                place_ + " has no FREQ; a rule starts like FREQ=DAILY or FREQ=WEEKLY;BYDAY=MO");
        TRY(check());
        return std::move(rule_);
    }

private:
    Error fail(const std::string& reason) const {
        return invalid("/schedule_expr", place_ + " part " + shown(part_) + " (position " +
                                             std::to_string(position_) + "): " + reason);
    }
    bool seen(std::string_view name) const {
        return std::find(names_.begin(), names_.end(), name) != names_.end();
    }

    Status part(std::string_view text) {
        part_ = text;
        const auto equals = text.find('=');
        if (text.empty()) {
            part_ = "''";
            return fail("an empty part; parts are NAME=VALUE, separated by single ';'");
        }
        if (equals == text.npos) return fail("not of the form NAME=VALUE");
        const std::string name = upper(text.substr(0, equals)),
                          value = upper(text.substr(equals + 1));
        if (seen(name)) return fail(name + " is given twice");
        names_.push_back(name);
        if (value.empty()) return fail("the value is empty");
        for (const auto& numbers : kNumberParts)
            if (numbers.name == name) return number_list(numbers, value);
        if (name == "FREQ") return freq(value);
        if (name == "INTERVAL") return interval(value);
        if (name == "COUNT") return count(value);
        if (name == "UNTIL") return until(value);
        if (name == "WKST") return week_start(value);
        if (name == "BYDAY") return by_day(value);
        if (name == "RSCALE")
            return value == "GREGORIAN" ? ok()
                                        : Status(fail("only the GREGORIAN calendar is known"));
        if (name == "SKIP") return skip(value);
        return fail(
            "unknown part; expected FREQ, INTERVAL, COUNT, UNTIL, WKST, BYSECOND, BYMINUTE, "
            "BYHOUR, BYDAY, "
            "BYMONTHDAY, BYYEARDAY, BYWEEKNO, BYMONTH, BYSETPOS, RSCALE or SKIP");
    }

    Status skip(const std::string& value) {
        if (value == "BACKWARD")
            rule_.skip = Skip::kBackward;
        else if (value == "FORWARD")
            rule_.skip = Skip::kForward;
        else if (value != "OMIT")
            return fail("expected OMIT, BACKWARD or FORWARD");
        return ok();
    }

    Status freq(const std::string& value) {
        for (size_t i = 0; i < std::size(kFreqNames); ++i)
            if (kFreqNames[i] == value) return rule_.freq = static_cast<Freq>(i), ok();
        return fail("expected SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY");
    }
    Status interval(const std::string& value) {
        const auto n = number(value);
        if (!n || *n < 1 || *n > kNumberMax) return fail("expected a number from 1 to 1000000000");
        return rule_.interval = *n, ok();
    }
    Status count(const std::string& value) {
        const auto n = number(value);
        if (!n || *n < 1 || *n > kNumberMax) return fail("expected a number from 1 to 1000000000");
        return rule_.count = *n, ok();
    }
    Status until(const std::string& value) {
        rule_.until = IcalTime::parse(value);
        if (!rule_.until)
            return fail(
                "expected a date or time such as 20261231, 20261231T235959 or 20261231T235959Z");
        return ok();
    }
    Status week_start(const std::string& value) {
        for (size_t i = 0; i < 7; ++i)
            if (kWeekdayNames[i] == value) return rule_.week_start = int(i), ok();
        return fail("expected MO, TU, WE, TH, FR, SA or SU");
    }

    // Calls `each` for every item of a comma-separated list.
    template <class Each>
    Status list(const std::string& value, const Each& each) {
        size_t items = 0;
        for (size_t begin = 0;;) {
            const size_t end = std::min(value.find(',', begin), value.size());
            if (end == begin) return fail("an empty item in the list");
            if (++items > kValuesMax)
                return fail("more than " + std::to_string(kValuesMax) + " values");
            TRY(each(value.substr(begin, end - begin)));
            if (end == value.size()) return ok();
            begin = end + 1;
        }
    }

    Status number_list(const NumberPart& part, const std::string& value) {
        auto& out = rule_.*part.list;
        std::string range = std::to_string(part.min) + "–" + std::to_string(part.max);
        if (part.negative)
            range += " and -" + std::to_string(part.max) + "–-" + std::to_string(part.min);
        TRY(list(value, [&](const std::string& item) -> Status {
            const auto n = signed_number(item);
            if (!n) return fail("'" + shown(item) + "' is not a number; expected " + range);
            const int64_t magnitude = part.negative ? std::abs(*n) : *n;
            if (magnitude < part.min || magnitude > part.max)
                return fail(std::to_string(*n) + " is outside " + range);
            // No leap seconds here.
            out.push_back(part.name == "BYSECOND" && *n == 60 ? 59 : int(*n));
            return ok();
        }));
        std::sort(out.begin(), out.end());
        out.erase(std::unique(out.begin(), out.end()), out.end());
        return ok();
    }

    Status by_day(const std::string& value) {
        return list(value, [&](const std::string& item) -> Status {
            const std::string name = item.size() >= 2 ? item.substr(item.size() - 2) : item;
            const auto* weekday =
                std::find(std::begin(kWeekdayNames), std::end(kWeekdayNames), name);
            const std::string prefix =
                item.substr(0, item.size() - std::min<size_t>(2, item.size()));
            const auto n = prefix.empty() ? std::optional<int64_t>(0) : signed_number(prefix);
            if (weekday == std::end(kWeekdayNames) || !n)
                return fail("'" + shown(item) +
                            "' is not a weekday; expected MO, TU, WE, TH, FR, SA, SU, or with a "
                            "number 2MO, -1FR");
            if (!prefix.empty() && (*n == 0 || std::abs(*n) > 53))
                return fail(shown(item) + ": the number is outside ±1–53");
            rule_.by_day.push_back({int(weekday - std::begin(kWeekdayNames)), int(*n)});
            return ok();
        });
    }

    // Points at the part called `name`, for the checks made after all parts are known.
    Error reject(std::string_view name, const std::string& reason) const {
        return invalid("/schedule_expr", place_ + " part " + std::string(name) + ": " + reason);
    }

    Status check() const {
        const std::string freq = "FREQ=" + std::string(kFreqNames[size_t(rule_.freq)]);
        if (rule_.count && rule_.until)
            return reject("COUNT", "COUNT and UNTIL exclude each other; keep one");
        for (const auto& day : rule_.by_day) {
            const std::string text =
                "BYDAY=" + std::to_string(day.n) + std::string(kWeekdayNames[size_t(day.weekday)]);
            if (day.n == 0) continue;
            if (rule_.freq != Freq::kMonthly && rule_.freq != Freq::kYearly)
                return reject(
                    text,
                    "a numbered weekday needs FREQ=MONTHLY or FREQ=YEARLY, this rule has " + freq);
            if (rule_.freq == Freq::kYearly && !rule_.by_week_number.empty())
                return reject(text, "a numbered weekday cannot stand beside BYWEEKNO");
        }
        if (!rule_.by_month_day.empty() && rule_.freq == Freq::kWeekly)
            return reject("BYMONTHDAY", "not allowed with FREQ=WEEKLY; use FREQ=MONTHLY");
        if (!rule_.by_year_day.empty() &&
            (rule_.freq == Freq::kDaily || rule_.freq == Freq::kWeekly ||
             rule_.freq == Freq::kMonthly))
            return reject("BYYEARDAY", "not allowed with " + freq + "; use FREQ=YEARLY");
        if (!rule_.by_week_number.empty() && rule_.freq != Freq::kYearly)
            return reject("BYWEEKNO", "needs FREQ=YEARLY, this rule has " + freq);
        if (!rule_.by_position.empty() && !rule_.has_by_part())
            return reject("BYSETPOS",
                          "needs another BY… part to choose from, e.g. BYDAY=MO,TU,WE,TH,FR");
        if (seen("SKIP") && !seen("RSCALE")) return reject("SKIP", "needs RSCALE=GREGORIAN");
        return check_skip();
    }

    // Combinations for which RFC 7529 does not say which date is meant.
    Status check_skip() const {
        if (rule_.skip == Skip::kOmit || rule_.freq < Freq::kMonthly) return ok();
        const std::string text = rule_.skip == Skip::kForward ? "SKIP=FORWARD" : "SKIP=BACKWARD";
        if (!rule_.by_week_number.empty())
            return reject(text,
                          "cannot stand beside BYWEEKNO: a date that does not exist is in no week");
        const bool numbered = std::any_of(rule_.by_day.begin(), rule_.by_day.end(),
                                          [](const auto& day) { return day.n != 0; });
        if (numbered && rule_.skip == Skip::kForward)
            return reject(
                text, "cannot stand beside a numbered weekday: the next date is in another month");
        return ok();
    }

    const std::string& place_;
    RecurrenceRule rule_;
    std::vector<std::string> names_;
    std::string_view part_;
    size_t position_ = 1;
};

uint64_t bits_of(const std::vector<int>& values) {
    uint64_t bits = 0;
    for (const int v : values) bits |= uint64_t{1} << v;
    return bits;
}
uint64_t bits_or_all(const std::vector<int>& values, int size) {
    return values.empty() ? (uint64_t{1} << size) - 1 : bits_of(values);
}
bool has(const std::vector<int>& sorted, int value) {
    return std::binary_search(sorted.begin(), sorted.end(), value);
}

// The week (ISO 8601, but weeks begin on `week_start`) of a day, and how many weeks that week's
// year has.
struct WeekNumber {
    int number, of;
};
WeekNumber week_number(const YearShape& shape, const DayOfYear& day, int week_start) {
    // Where week 1 begins, in days from 1 January of a year whose 1 January is `offset` days into
    // its week.
    const auto first_week = [](int offset) { return offset <= 3 ? -offset : 7 - offset; };
    const int offset = (shape.new_year_weekday - week_start + 7) % 7, at = day.day_of_year - 1;
    const int next_offset = (offset + shape.length()) % 7;
    const int begin = first_week(offset), end = shape.length() + first_week(next_offset);
    if (at < begin) {
        const int before = shape.length_before();
        const int weeks = (begin + before - first_week(((offset - before) % 7 + 7) % 7)) / 7;
        return {weeks, weeks};
    }
    if (at >= end) {
        const int after = shape.length_after();
        return {1, (shape.length() + after + first_week((next_offset + after) % 7) - end) / 7};
    }
    return {(at - begin) / 7 + 1, (end - begin) / 7};
}

bool weekday_matches(const RecurrenceRule& rule, const YearShape& shape, const DayOfYear& day) {
    const bool in_year = rule.freq == Freq::kYearly && rule.by_month.empty();
    const int before = in_year ? day.day_of_year - 1 : day.day - 1;
    const int after = in_year ? shape.length() - day.day_of_year : day.month_length - day.day;
    return std::any_of(rule.by_day.begin(), rule.by_day.end(), [&](const WeekdayNumber& wanted) {
        return wanted.weekday == day.weekday &&
               (wanted.n == 0 || wanted.n == before / 7 + 1 || wanted.n == -(after / 7) - 1);
    });
}

// The last day of a month that lacks a named day.
bool misses_month_day(const RecurrenceRule& rule, const DayOfYear& day) {
    return !rule.by_month_day.empty() && day.day == day.month_length &&
           rule.by_month_day.back() > day.month_length;
}
// The last day of a year that lacks the named day 366.
bool misses_year_day(const RecurrenceRule& rule, const YearShape& shape, const DayOfYear& day) {
    return !rule.by_year_day.empty() && day.day_of_year == shape.length() &&
           rule.by_year_day.back() > shape.length();
}

// SKIP=FORWARD: whether the day after this one stands for a date that this month (year) lacks.
bool spills(const RecurrenceRule& rule, const YearShape& shape, const DayOfYear& day) {
    if (!rule.by_month.empty() && !has(rule.by_month, day.month)) return false;
    const int weekday = (day.weekday + 1) % 7;
    if (!rule.by_day.empty() &&
        std::none_of(rule.by_day.begin(), rule.by_day.end(),
                     [&](const auto& wanted) { return wanted.weekday == weekday; }))
        return false;
    if (misses_month_day(rule, day)) return rule.by_year_day.empty();
    return misses_year_day(rule, shape, day) && rule.by_month_day.empty();
}

bool day_matches(const RecurrenceRule& rule, const YearShape& shape, const DayOfYear& day) {
    if (!rule.by_month.empty() && !has(rule.by_month, day.month)) return false;
    if (!rule.by_day.empty() && !weekday_matches(rule, shape, day)) return false;
    const bool backward = rule.skip == Skip::kBackward && rule.freq >= Freq::kMonthly;
    if (!rule.by_month_day.empty() && !has(rule.by_month_day, day.day) &&
        !has(rule.by_month_day, day.day - day.month_length - 1) &&
        !(backward && misses_month_day(rule, day)))
        return false;
    if (!rule.by_year_day.empty() && !has(rule.by_year_day, day.day_of_year) &&
        !has(rule.by_year_day, day.day_of_year - shape.length() - 1) &&
        !(backward && misses_year_day(rule, shape, day)))
        return false;
    if (!rule.by_week_number.empty()) {
        const auto week = week_number(shape, day, rule.week_start);
        if (!has(rule.by_week_number, week.number) &&
            !has(rule.by_week_number, week.number - week.of - 1))
            return false;
    }
    return true;
}
}  // namespace

std::optional<IcalTime> IcalTime::parse(std::string_view text) {
    IcalTime time;
    if (!text.empty() && (text.back() == 'Z' || text.back() == 'z'))
        time.utc = true, text.remove_suffix(1);
    const auto field = [&](size_t at, size_t length) {
        return int(number(text.substr(at, length)).value_or(-1));
    };
    if (text.size() != 8 && (text.size() != 15 || (text[8] != 'T' && text[8] != 't')))
        return std::nullopt;
    time.date_only = text.size() == 8;
    if (time.date_only && time.utc) return std::nullopt;
    const int y = field(0, 4), mo = field(4, 2), d = field(6, 2);
    const int h = time.date_only ? 0 : field(9, 2), mi = time.date_only ? 0 : field(11, 2),
              s = time.date_only ? 0 : field(13, 2);
    if (y < 1 || mo < 1 || d < 1 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60)
        return std::nullopt;
    const year_month_day date{year{y}, month(unsigned(mo)), day(unsigned(d))};
    if (!date.ok()) return std::nullopt;
    time.local = local_days(date) + hours(h) + minutes(mi) + seconds(std::min(s, 59));
    return time;
}

Result<RecurrenceRule> RecurrenceRule::parse(std::string_view text, const std::string& place) {
    return RuleParser(place).parse(text);
}

bool RecurrenceRule::has_day_part() const {
    return !by_day.empty() || !by_month_day.empty() || !by_year_day.empty() ||
           !by_week_number.empty();
}
bool RecurrenceRule::has_by_part() const {
    return has_day_part() || !by_second.empty() || !by_minute.empty() || !by_hour.empty() ||
           !by_month.empty();
}

RecurrenceRule RecurrenceRule::completed(LocalTime start) const {
    const auto midnight = floor<days>(start);
    const year_month_day date{midnight};
    RecurrenceRule full = *this;
    if (!has_day_part()) {
        if (freq == Freq::kYearly && by_month.empty())
            full.by_month = {int(unsigned(date.month()))};
        if (freq == Freq::kYearly || freq == Freq::kMonthly)
            full.by_month_day = {int(unsigned(date.day()))};
    }
    const bool only_week_numbers =
        !by_week_number.empty() && by_day.empty() && by_month_day.empty() && by_year_day.empty();
    if (only_week_numbers || (freq == Freq::kWeekly && by_day.empty()))
        full.by_day = {{weekday_of(int(midnight.time_since_epoch().count())), 0}};
    return full;
}

Pattern RecurrenceRule::pattern(LocalTime start) const {
    const hh_mm_ss clock{start - floor<days>(start)};
    const RecurrenceRule full = completed(start);

    Pattern pattern;
    pattern.freq = freq;
    pattern.interval = interval;
    pattern.week_start = week_start;
    pattern.start = start;
    pattern.positions = by_position;
    pattern.days = YearMasks::build(
        [&](const YearShape& shape, const DayOfYear& day) { return day_matches(full, shape, day); },
        !by_week_number.empty());
    if (skip == Skip::kForward && freq >= Freq::kMonthly)
        pattern.spilled = YearMasks::build(
            [&](const YearShape& shape, const DayOfYear& day) { return spills(full, shape, day); },
            false);
    if (pattern.counts_elapsed()) {
        pattern.times = {bits_or_all(by_hour, 24), bits_or_all(by_minute, 60),
                         bits_or_all(by_second, 60)};
        pattern.minute_of_start = by_minute.empty();
        pattern.second_of_start = by_second.empty();
    } else {
        pattern.times.hours =
            by_hour.empty() ? uint64_t{1} << clock.hours().count() : bits_of(by_hour);
        pattern.times.minutes =
            by_minute.empty() ? uint64_t{1} << clock.minutes().count() : bits_of(by_minute);
        pattern.times.seconds =
            by_second.empty() ? uint64_t{1} << clock.seconds().count() : bits_of(by_second);
    }
    return pattern;
}

}  // namespace ordinaut::schedule
