#include "schedule/cron.h"

#include <optional>
#include <vector>

#include "base/excerpt.h"

namespace ordinaut::schedule {
namespace {

constexpr std::array<std::string_view, 12> kMonthNames = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdayNames = {"SUN", "MON", "TUE", "WED",
                                                           "THU", "FRI", "SAT"};
constexpr size_t kLengthMax = 1000;

enum FieldKind { kSecond, kMinute, kHour, kDay, kMonth, kWeekday };
struct FieldRule {
    std::string_view name;
    int min, max;
};
constexpr FieldRule kFields[] = {{"second", 0, 59},       {"minute", 0, 59}, {"hour", 0, 23},
                                 {"day of month", 1, 31}, {"month", 1, 12},  {"day of week", 0, 7}};

struct Field {
    FieldKind kind;
    std::string_view text;
    size_t at;  // Offset in the expression.
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; }

// "'x'" with control characters made visible and the length bounded.
std::string quoted(std::string_view text) { return "'" + excerpt(text, 40) + "'"; }

std::string range_of(const FieldRule& rule) {
    return std::to_string(rule.min) + "–" + std::to_string(rule.max);
}

// Cron counts from Sunday = 0 (and 7); a bit of Cron::weekdays from Monday = 0.
int from_cron_weekday(int value) { return (value + 6) % 7; }

class FieldParser {
public:
    FieldParser(Cron& cron, const Field& field)
        : cron_(cron), field_(field), rule_(kFields[field.kind]) {}

    Status parse() {
        if (field_.text.empty()) return fail(0, "is empty");
        size_t begin = 0;
        for (;;) {
            const size_t comma = std::min(field_.text.find(',', begin), field_.text.size());
            if (comma == begin) return fail(begin, "has an empty item in its list");
            TRY(item(field_.text.substr(begin, comma - begin), begin));
            if (comma == field_.text.size()) break;
            begin = comma + 1;
        }
        const bool star = field_.text.front() == '*' || field_.text.front() == '?';
        const bool any = field_.text == "*" || field_.text == "?";
        if (field_.kind == kDay) cron_.any_day = any, cron_.day_restricted = !star;
        if (field_.kind == kWeekday) cron_.any_weekday = any, cron_.weekday_restricted = !star;
        return ok();
    }

private:
    // `at` is an offset inside the field.
    Error fail(size_t at, const std::string& what) const {
        return invalid("/schedule_expr", "field '" + std::string(rule_.name) + "' " + what +
                                             " (position " + std::to_string(field_.at + at + 1) +
                                             ")");
    }

    Status item(std::string_view text, size_t at) {
        if (text == "?") {
            if (field_.kind != kDay && field_.kind != kWeekday)
                return fail(at, "cannot be '?'; only the day of month and the day of week can");
            if (text.size() != field_.text.size())
                return fail(at, "has '?' in a list; '?' stands alone");
            add_range(rule_.min, rule_.max, 1);
            return ok();
        }
        if (field_.kind == kDay && special_day(text)) return ok();
        if (field_.kind == kWeekday) {
            if (text == "L" || text == "l")
                return fail(at,
                            "has 'L' without a day; write 5L for the last Friday of the month, or "
                            "6 for Saturday");
            if (text.size() > 1 && upper(text.back()) == 'L')
                return last_weekday(text.substr(0, text.size() - 1), at);
            if (const auto hash = text.find('#'); hash != text.npos)
                return nth_weekday(text, hash, at);
        }
        return range(text, at);
    }

    // L, L-3, LW, 15W. False when the text is none of these.
    bool special_day(std::string_view text) {
        std::string word(text);
        for (char& c : word) c = upper(c);
        if (word == "L") return cron_.days_from_end |= 1, true;
        if (word == "LW" || word == "WL") return cron_.last_working_day = true;
        if (word.rfind("L-", 0) == 0) {
            const auto offset = number(std::string_view(word).substr(2));
            if (!offset || *offset > 30) return false;
            return cron_.days_from_end |= uint64_t{1} << *offset, true;
        }
        if (word.size() > 1 && word.back() == 'W') {
            const auto day = number(std::string_view(word).substr(0, word.size() - 1));
            if (!day || *day < 1 || *day > 31) return false;
            return cron_.nearest_days |= uint64_t{1} << *day, true;
        }
        return false;
    }

    Status last_weekday(std::string_view text, size_t at) {
        const int day = TRY(value(text, at));
        cron_.last_weekdays |= uint64_t{1} << from_cron_weekday(day);
        return ok();
    }

    Status nth_weekday(std::string_view text, size_t hash, size_t at) {
        const int day = TRY(value(text.substr(0, hash), at));
        const auto n = number(text.substr(hash + 1));
        if (!n || *n < 1 || *n > 5)
            return fail(
                at + hash + 1,
                "has " + quoted(text) + "; after '#' comes 1–5, as in 5#2 for the second Friday");
        cron_.nth_weekdays[size_t(*n - 1)] |= uint64_t{1} << from_cron_weekday(day);
        return ok();
    }

    // *, a, a-b, each with an optional /step. `a/n` means from a to the field's end.
    Status range(std::string_view text, size_t at) {
        int step = 1;
        const auto slash = text.find('/');
        const std::string_view base = text.substr(0, slash);
        if (slash != text.npos) {
            const auto n = number(text.substr(slash + 1));
            if (!n || *n < 1)
                return fail(at + slash + 1, "has the step " + quoted(text.substr(slash + 1)) +
                                                "; a step is a number from 1");
            if (*n > rule_.max - rule_.min)
                return fail(at + slash + 1, "has the step " + std::to_string(*n) +
                                                ", larger than its range " + range_of(rule_));
            step = *n;
        }
        if ((base == "*" || slash != text.npos) && (field_.kind == kMinute || field_.kind == kHour))
            cron_.elapsed = true;
        const int highest = field_.kind == kWeekday ? 6 : rule_.max;
        if (base == "*") return add_range(rule_.min, highest, step), ok();
        const auto dash = base.find('-', 1);
        const int first = TRY(value(base.substr(0, dash), at));
        if (dash == base.npos)
            return add_range(first, slash == text.npos ? first : std::max(first, highest), step),
                   ok();
        int last = TRY(value(base.substr(dash + 1), at + dash + 1));
        if (field_.kind == kWeekday && last == 0 && first > 0) last = 7;  // SAT-SUN
        if (last < first)
            return fail(at, "has the range " + quoted(base) +
                                ", which runs backwards; write it as two, e.g. " +
                                std::string(base.substr(0, dash)) + "-" + std::to_string(highest) +
                                "," + std::to_string(rule_.min) + "-" +
                                std::string(base.substr(dash + 1)));
        return add_range(first, last, step), ok();
    }

    static std::optional<int> number(std::string_view text) {
        if (text.empty() || text.size() > 4) return std::nullopt;
        int value = 0;
        for (const char c : text) {
            if (!is_digit(c)) return std::nullopt;
            value = value * 10 + (c - '0');
        }
        return value;
    }

    Result<int> value(std::string_view text, size_t at) const {
        if (const auto n = number(text)) {
            if (*n < rule_.min || *n > rule_.max)
                return fail(at, "has " + std::to_string(*n) + ", outside " + range_of(rule_));
            return *n;
        }
        std::string word(text);
        for (char& c : word) c = upper(c);
        if (field_.kind == kMonth)
            for (size_t i = 0; i < kMonthNames.size(); ++i)
                if (kMonthNames[i] == word) return int(i) + 1;
        if (field_.kind == kWeekday)
            for (size_t i = 0; i < kWeekdayNames.size(); ++i)
                if (kWeekdayNames[i] == word) return int(i);
        std::string right = "a number " + range_of(rule_);
        if (field_.kind == kMonth) right += " or JAN–DEC";
        if (field_.kind == kWeekday) right += ", SUN–SAT, 5L or 5#2";
        if (field_.kind == kDay) right += ", L, L-3, LW or 15W";
        return fail(at, "has " + quoted(text) + "; expected " + right);
    }

    void add_range(int first, int last, int step) {
        uint64_t bits = 0;
        for (int v = first; v <= last; v += step)
            bits |= uint64_t{1} << (field_.kind == kWeekday ? from_cron_weekday(v) : v);
        switch (field_.kind) {
            case kSecond: cron_.seconds |= bits; break;
            case kMinute: cron_.minutes |= bits; break;
            case kHour: cron_.hours |= bits; break;
            case kDay: cron_.days |= bits; break;
            case kMonth: cron_.months |= bits; break;
            case kWeekday: cron_.weekdays |= bits; break;
        }
    }

    Cron& cron_;
    const Field& field_;
    const FieldRule& rule_;
};

bool is_space(char c) { return c == ' ' || c == '\t'; }

Result<std::string_view> expand_macro(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> kMacros[] = {
        {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
        {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
        {"@hourly", "0 * * * *"},
    };
    for (const auto& [name, meaning] : kMacros)
        if (text == name) return meaning;
    return invalid("/schedule_expr",
                   quoted(text) +
                       " is not a known macro; expected @hourly, @daily, @midnight, "
                       "@weekly, @monthly, @yearly or @annually");
}

std::vector<Field> split_fields(std::string_view text) {
    std::vector<Field> fields;
    for (size_t at = 0; at < text.size();) {
        if (is_space(text[at])) {
            ++at;
            continue;
        }
        size_t end = at;
        while (end < text.size() && !is_space(text[end])) ++end;
        fields.push_back({kSecond, text.substr(at, end - at), at});
        at = end;
    }
    return fields;
}

// The day on which `nW` falls: the working day nearest to day n, inside the month.
int nearest_working_day(int n, int weekday, int month_length) {
    if (weekday == 5) return n > 1 ? n - 1 : n + 2;
    if (weekday == 6) return n < month_length ? n + 1 : n - 2;
    return n;
}

bool has(uint64_t bits, int n) { return bits >> n & 1; }

bool day_matches(const Cron& cron, const DayOfYear& day) {
    if (has(cron.days, day.day) || has(cron.days_from_end, day.month_length - day.day)) return true;
    if (cron.nearest_days)
        for (int n = std::max(1, day.day - 2); n <= std::min(day.month_length, day.day + 2); ++n)
            if (has(cron.nearest_days, n) &&
                nearest_working_day(n, (day.weekday + n - day.day + 7) % 7, day.month_length) ==
                    day.day)
                return true;
    if (!cron.last_working_day || day.weekday > 4) return false;
    const int left = day.month_length - day.day;
    return left == 0 || (day.weekday == 4 && left <= 2);
}

bool weekday_matches(const Cron& cron, const DayOfYear& day) {
    return has(cron.weekdays, day.weekday) ||
           has(cron.nth_weekdays[size_t(day.day - 1) / 7], day.weekday) ||
           (has(cron.last_weekdays, day.weekday) && day.day + 7 > day.month_length);
}
}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
    if (text.size() > kLengthMax)
        return invalid("/schedule_expr", "the expression is longer than " +
                                             std::to_string(kLengthMax) + " characters");
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    if (!text.empty() && text.front() == '@') text = TRY(expand_macro(text));

    auto fields = split_fields(text);
    if (fields.size() != 5 && fields.size() != 6)
        return invalid(
            "/schedule_expr",
            "a cron expression has 5 fields (minute hour day month weekday) or 6 with leading "
            "seconds; this one has " +
                std::to_string(fields.size()));
    Cron cron;
    cron.has_seconds = fields.size() == 6;
    if (cron.has_seconds) cron.seconds = 0;
    for (size_t i = 0; i < fields.size(); ++i) {
        fields[i].kind = static_cast<FieldKind>(i + (cron.has_seconds ? 0 : 1));
        TRY(FieldParser(cron, fields[i]).parse());
    }
    return cron;
}

bool Cron::matches(const DayOfYear& day) const {
    if (!has(months, day.month)) return false;
    const bool by_day = day_matches(*this, day), by_weekday = weekday_matches(*this, day);
    return day_restricted && weekday_restricted ? by_day || by_weekday : by_day && by_weekday;
}

Pattern Cron::pattern() const {
    Pattern pattern;
    pattern.start = std::chrono::local_days(std::chrono::year{1} / std::chrono::January / 1);
    pattern.times = {hours, minutes, seconds};
    pattern.days = YearMasks::build(
        [this](const YearShape&, const DayOfYear& day) { return matches(day); }, false);
    return pattern;
}

}  // namespace ordinaut::schedule
