#include "schedule/phrases.h"

namespace ordinaut::schedule {
namespace {
constexpr const char* kWeekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                     "Friday", "Saturday", "Sunday"};
constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};
constexpr const char* kOrdinals[] = {"last", "", "first", "second", "third", "fourth", "fifth"};
constexpr const char* kUnits[] = {"second", "minute", "hour", "day", "week", "month", "year"};

class English final : public Phrases {
public:
    std::string every(Freq unit, int64_t n) const override {
        const std::string name = kUnits[size_t(unit)];
        return n == 1 ? "every " + name : "every " + std::to_string(n) + " " + name + "s";
    }
    std::string every_minute_step(int step) const override { return every(Freq::kMinutely, step); }
    std::string weekdays(const std::vector<int>& days) const override {
        std::vector<std::string> names;
        for (const int day : days) names.push_back(kWeekdays[day] + std::string("s"));
        return "on " + join(names, "and");
    }
    std::string working_week() const override { return "Monday to Friday"; }
    std::string month_days(const std::vector<int>& days, bool last) const override {
        std::vector<std::string> numbers;
        for (const int day : days) numbers.push_back(std::to_string(day));
        if (numbers.empty()) return "on the last day of the month";
        const std::string text =
            (numbers.size() > 1 ? "on days " : "on day ") + join(numbers, "and");
        return text + (last ? " and on the last day of the month" : " of the month");
    }
    std::string numbered(const WeekdayNumber& day) const override {
        return "on the " + std::string(kOrdinals[day.n + 1]) + " " + kWeekdays[day.weekday] +
               " of the month";
    }
    std::string working_day(int which) const override {
        return "on the " + std::string(kOrdinals[which + 1]) +
               " working day (Monday to Friday) of the month";
    }
    std::string dates(const std::vector<std::pair<int, int>>& month_days) const override {
        std::vector<std::string> names;
        for (const auto& [month, day] : month_days)
            names.push_back(std::to_string(day) + " " + kMonths[month - 1]);
        return "on " + join(names, "and");
    }
    std::string months(const std::vector<int>& months) const override {
        std::vector<std::string> names;
        for (const int month : months) names.emplace_back(kMonths[month - 1]);
        return "in " + join(names, "and");
    }
    std::string missing_date(Skip skip) const override {
        switch (skip) {
            case Skip::kBackward:
                return "where that date does not exist: on the last day before it";
            case Skip::kForward: return "where that date does not exist: on the first day after it";
            case Skip::kOmit: break;
        }
        return "only where that date exists";
    }
    std::string week_start(int weekday) const override {
        return "weeks begin on " + std::string(kWeekdays[weekday]);
    }
    std::string at(const std::vector<std::string>& times) const override {
        return "at " + join(times, "and");
    }
    std::string at_minutes(const std::string& minutes, bool several,
                           bool every_hour) const override {
        return (several ? "at minutes " : "at minute ") + minutes +
               (every_hour ? " of every hour" : "");
    }
    std::string in_hours(const std::string& hours, bool several) const override {
        return (several ? "in the hours " : "in the hour ") + hours;
    }
    std::string counted_from(const std::string& time) const override {
        return "counted from " + time;
    }
    std::string until(const std::string& time) const override { return "until " + time; }
    std::string count(int64_t n) const override {
        return n == 1 ? "once" : std::to_string(n) + " times";
    }
    std::string extra_dates(const std::vector<std::string>& dates) const override {
        return "plus " + join(dates, "and");
    }
    std::string excluded_dates(const std::vector<std::string>& dates) const override {
        return "except " + join(dates, "and");
    }
    std::string once(const std::vector<std::string>& times) const override {
        return (times.size() > 1 ? "at " : "once, at ") + join(times, "and");
    }
    std::string either(const std::vector<std::string>& items) const override {
        return join(items, "or");
    }
    std::string cron_field(int field) const override {
        constexpr const char* kNames[] = {"second",       "minute", "hour",
                                          "day of month", "month",  "day of week"};
        return kNames[field];
    }
    std::string by_rule() const override { return "by the rule"; }
    std::string warning(const Warning& w) const override {
        const std::string gap =
            w.time + " does not exist in " + w.zone + " (the clocks go forward): it ";
        const std::string fold =
            w.time + " happens twice in " + w.zone + " (the clocks go back): it runs ";
        switch (w.kind) {
            case Warning::Kind::kEnded: return "it does not run again after " + w.time;
            case Warning::Kind::kLast: return "it never runs again after " + w.time;
            case Warning::Kind::kGapMoved: return gap + "runs at " + w.runs_at;
            case Warning::Kind::kGapSkipped: return gap + "does not run then";
            case Warning::Kind::kFoldFirst: return fold + "the first time";
            case Warning::Kind::kFoldSecond: return fold + "the second time";
            case Warning::Kind::kFoldBoth: return fold + "both times";
            case Warning::Kind::kOtherZone:
                return "DTSTART counts in " + w.zone + ", not in the task's time zone " +
                       w.task_zone;
            case Warning::Kind::kUntilBeginning: break;
        }
        return "UNTIL is a date without a time: it means " + w.time + ", the beginning of that day";
    }
};
}  // namespace

const Phrases& english() {
    static const English phrases;
    return phrases;
}

}  // namespace ordinaut::schedule
