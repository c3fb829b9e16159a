// The pieces of a sentence, one implementation per language. Each phrase stands for itself in
// running text.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "schedule/describe.h"
#include "schedule/outline.h"

namespace ordinaut::schedule {

class Phrases {
public:
    virtual ~Phrases() = default;

    virtual std::string every(Freq unit, int64_t interval) const = 0;  // "every 3 days"
    virtual std::string every_minute_step(int step) const = 0;         // "every 15 minutes"
    // "on Mondays and Fridays"
    virtual std::string weekdays(const std::vector<int>& days) const = 0;
    virtual std::string working_week() const = 0;  // "Monday to Friday"
    virtual std::string month_days(const std::vector<int>& days, bool last) const = 0;
    // "on the second Friday of the month"
    virtual std::string numbered(const WeekdayNumber& day) const = 0;
    virtual std::string working_day(int which) const = 0;
    // "on 1 January and 1 July"
    virtual std::string dates(const std::vector<std::pair<int, int>>& month_days) const = 0;
    // "in January and July"
    virtual std::string months(const std::vector<int>& months) const = 0;
    // "only where that date exists"
    virtual std::string missing_date(Skip skip) const = 0;
    virtual std::string week_start(int weekday) const = 0;
    // "at 08:30 and 17:30"
    virtual std::string at(const std::vector<std::string>& times) const = 0;
    virtual std::string at_minutes(const std::string& minutes, bool several,
                                   bool every_hour) const = 0;
    virtual std::string in_hours(const std::string& hours, bool several) const = 0;
    virtual std::string counted_from(const std::string& time) const = 0;
    virtual std::string until(const std::string& time) const = 0;
    virtual std::string count(int64_t n) const = 0;
    virtual std::string extra_dates(const std::vector<std::string>& dates) const = 0;
    virtual std::string excluded_dates(const std::vector<std::string>& dates) const = 0;
    virtual std::string once(const std::vector<std::string>& times) const = 0;
    virtual std::string either(const std::vector<std::string>& items) const = 0;  // "a, b or c"
    // The fallback: the cron fields or the rule, as written.
    virtual std::string cron_field(int field) const = 0;  // 0 = second … 5 = day of week.
    virtual std::string by_rule() const = 0;
    virtual std::string warning(const Warning& warning) const = 0;
};

const Phrases& english();
const Phrases& romanian();
const Phrases& russian();

// "a, b and c" with the language's own word.
std::string join(const std::vector<std::string>& items, const std::string& word);

}  // namespace ordinaut::schedule
