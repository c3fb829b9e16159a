#include "schedule/describe.h"

#include <bit>

#include "schedule/phrases.h"

namespace ordinaut::schedule {
namespace {
constexpr uint64_t kWorkingDays = 0b11111;

const Phrases& phrases_of(Language language) {
    switch (language) {
        case Language::kRomanian: return romanian();
        case Language::kRussian: return russian();
        default: return english();
    }
}

std::vector<int> values_of(uint64_t bits) {
    std::vector<int> values;
    for (int v = next_bit(bits, 0); v >= 0; v = next_bit(bits, v + 1)) values.push_back(v);
    return values;
}

std::string two_digits(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }

std::string clock_text(int seconds) {
    std::string text = two_digits(seconds / 3600) + ":" + two_digits(seconds / 60 % 60);
    return seconds % 60 == 0 ? text : text + ":" + two_digits(seconds % 60);
}

std::string moment_text(LocalTime time) {
    std::string text = format_local(time);
    text[10] = ' ';
    return text.substr(16) == ":00" ? text.substr(0, 16) : text;
}

// A date alone is a whole day where `whole_days`, else its midnight.
std::vector<std::string> moment_texts(const std::vector<IcalMoment>& moments, bool whole_days) {
    std::vector<std::string> texts;
    for (const auto& moment : moments) {
        std::string text = moment_text(moment.time.local);
        if (moment.time.date_only && whole_days) text.resize(10);
        texts.push_back(text + (moment.time.utc ? " UTC"
                                : moment.zone   ? " " + moment.zone->name()
                                                : ""));
    }
    return texts;
}

// "00, 02, 09–17"
std::string number_list(uint64_t bits) {
    std::string text;
    for (int v = next_bit(bits, 0); v >= 0;) {
        int last = v;
        while (last < 63 && (bits >> (last + 1) & 1)) ++last;
        if (last - v < 2) last = v;
        text +=
            (text.empty() ? "" : ", ") + two_digits(v) + (last > v ? "–" + two_digits(last) : "");
        v = next_bit(bits, last + 1);
    }
    return text;
}

// n when the minutes are 0, n, 2n … and n divides the hour; else 0.
int minute_step(uint64_t minutes) {
    for (const int step : {1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30}) {
        uint64_t bits = 0;
        for (int m = 0; m < 60; m += step) bits |= uint64_t{1} << m;
        if (bits == minutes) return step;
    }
    return 0;
}

std::string days_phrase(const Outline& outline, const Phrases& say) {
    std::vector<std::string> kinds;
    const bool last = !outline.month_days.empty() && outline.month_days.back() == -1;
    std::vector<int> month_days = outline.month_days;
    if (last) month_days.pop_back();
    if (!month_days.empty() || last) kinds.push_back(say.month_days(month_days, last));
    if (outline.working_day) kinds.push_back(say.working_day(outline.working_day));
    if (outline.weekdays == kWorkingDays)
        kinds.push_back(say.working_week());
    else if (outline.weekdays)
        kinds.push_back(say.weekdays(values_of(outline.weekdays)));
    for (const auto& day : outline.numbered) kinds.push_back(say.numbered(day));
    if (!outline.dates.empty()) kinds.push_back(say.dates(outline.dates));

    std::string text;
    if (kinds.empty() || outline.interval > 1 || outline.unit == Freq::kYearly)
        text = say.every(outline.unit, outline.interval);
    if (kinds.empty()) return text;
    return (text.empty() ? "" : text + " ") + say.either(kinds);
}

std::string minutes_phrase(const Outline& outline, const Phrases& say) {
    const int step = outline.elapsed ? minute_step(outline.minutes) : 0;
    const bool several = std::popcount(outline.minutes) > 1;
    std::string text =
        step ? say.every_minute_step(step)
             : say.at_minutes(number_list(outline.minutes), several, outline.hours == 0);
    if (outline.hours)
        text += ", " + say.in_hours(number_list(outline.hours), std::popcount(outline.hours) > 1);
    return text;
}

std::string sentence(const Outline& outline, const Phrases& say) {
    std::string text;
    if (outline.minutes) {
        text = minutes_phrase(outline, say);
        const bool every_day = !outline.weekdays && outline.month_days.empty() &&
                               outline.numbered.empty() && !outline.working_day &&
                               outline.dates.empty();
        if (!every_day || (outline.unit >= Freq::kDaily && outline.interval > 1))
            text += ", " + days_phrase(outline, say);
    } else {
        text = days_phrase(outline, say);
        std::vector<std::string> times;
        for (const int time : outline.times) times.push_back(clock_text(time));
        if (!times.empty()) text += " " + say.at(times);
    }
    const auto add = [&](const std::string& more) { text += ", " + more; };
    if (outline.months) add(say.months(values_of(outline.months)));
    if (outline.some_dates_missing) add(say.missing_date(outline.skip));
    if (outline.week_start) add(say.week_start(*outline.week_start));
    if (outline.counted_from) add(say.counted_from(moment_text(*outline.counted_from)));
    if (outline.count) add(say.count(*outline.count));
    if (outline.until)
        add(say.until(moment_text(outline.until->local) + (outline.until->utc ? " UTC" : "")));
    if (!outline.extra_dates.empty())
        add(say.extra_dates(moment_texts(outline.extra_dates, false)));
    if (!outline.excluded_dates.empty())
        add(say.excluded_dates(moment_texts(outline.excluded_dates, true)));
    return text;
}

// The text with runs of white space made single; line ends become "; ".
std::string one_line(std::string_view text) {
    std::string out;
    bool gap = false;
    for (const char c : text) {
        if (c == '\n' && !out.empty()) out += ';';
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            gap = !out.empty();
            continue;
        }
        if (gap) out += ' ';
        gap = false;
        out += c;
    }
    while (!out.empty() && out.back() == ';') out.pop_back();
    return out;
}

std::string listing(const Schedule& schedule, const Phrases& say) {
    const std::string text = one_line(schedule.text());
    if (const Cron* cron = schedule.cron()) {
        std::string out;
        int field = cron->has_seconds ? 0 : 1;
        for (size_t begin = 0; begin < text.size(); ++field) {
            const size_t end = std::min(text.find(' ', begin), text.size());
            out += (out.empty() ? "" : "; ") + say.cron_field(field) + " " +
                   text.substr(begin, end - begin);
            begin = end + 1;
        }
        return out;
    }
    return say.by_rule() + " " + text + ", " + say.counted_from(moment_text(schedule.start()));
}

std::string once_phrase(const Schedule& schedule, const Phrases& say) {
    std::vector<std::string> times;
    for (auto at = schedule.next_after(WallTime::min()); at; at = schedule.next_after(*at))
        times.push_back(format_local(*at, schedule.zone()));
    return say.once(times);
}

// The first letter large: ASCII, and the Cyrillic and Romanian letters sentences begin with.
std::string capitalized(std::string text) {
    if (text.empty()) return text;
    const auto first = static_cast<unsigned char>(text[0]);
    if (first >= 'a' && first <= 'z') {
        text[0] = char(first - 'a' + 'A');
    } else if (text.size() > 1) {
        const auto second = static_cast<unsigned char>(text[1]);
        // а–п
        if (first == 0xD0 && second >= 0xB0 && second <= 0xBF)
            text[1] = char(second - 0x20);
        else if (first == 0xD1 && second >= 0x80 && second <= 0x8F)
            text[0] = char(0xD0), text[1] = char(second + 0x20);  // р–я
        else if (first == 0xC3 && second == 0xAE)
            text[1] = char(0x8E);  // î
    }
    return text;
}
}  // namespace

std::string join(const std::vector<std::string>& items, const std::string& word) {
    std::string text;
    for (size_t i = 0; i < items.size(); ++i) {
        if (i > 0) text += i + 1 == items.size() ? " " + word + " " : ", ";
        text += items[i];
    }
    return text;
}

std::string describe(const Schedule& schedule, Language language) {
    const Phrases& say = phrases_of(language);
    std::string text;
    if (schedule.once())
        text = once_phrase(schedule, say);
    else if (const auto outline = outline_of(schedule))
        text = sentence(*outline, say);
    else
        text = listing(schedule, say);
    return capitalized(text) + " (" + schedule.counting_zone().name() + ").";
}

std::string describe(const Warning& warning, Language language) {
    return phrases_of(language).warning(warning);
}

}  // namespace ordinaut::schedule
