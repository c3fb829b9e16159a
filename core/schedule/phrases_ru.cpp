#include "schedule/phrases.h"

namespace ordinaut::schedule {
namespace {
enum Gender { kMasculine, kFeminine, kNeuter };
struct Weekday {
    const char *accusative, *every;  // "в пятницу", "по пятницам"
    Gender gender;
};
constexpr Weekday kWeekdays[] = {{"понедельник", "понедельникам", kMasculine},
                                 {"вторник", "вторникам", kMasculine},
                                 {"среду", "средам", kFeminine},
                                 {"четверг", "четвергам", kMasculine},
                                 {"пятницу", "пятницам", kFeminine},
                                 {"субботу", "субботам", kFeminine},
                                 {"воскресенье", "воскресеньям", kNeuter}};
constexpr const char* kFromWeekday[] = {"понедельника", "вторника", "среды",      "четверга",
                                        "пятницы",      "субботы",  "воскресенья"};
constexpr const char* kInMonths[] = {"январе",   "феврале", "марте",  "апреле",
                                     "мае",      "июне",    "июле",   "августе",
                                     "сентябре", "октябре", "ноябре", "декабре"};
constexpr const char* kOfMonths[] = {"января",   "февраля", "марта",  "апреля",
                                     "мая",      "июня",    "июля",   "августа",
                                     "сентября", "октября", "ноября", "декабря"};
constexpr const char* kOrdinals[][3] = {{"последний", "последнюю", "последнее"},
                                        {"", "", ""},
                                        {"первый", "первую", "первое"},
                                        {"второй", "вторую", "второе"},
                                        {"третий", "третью", "третье"},
                                        {"четвёртый", "четвёртую", "четвёртое"},
                                        {"пятый", "пятую", "пятое"}};
struct Unit {
    const char *every, *one, *few, *many;  // каждую минуту, 2 минуты, 5 минут
};
constexpr Unit kUnits[] = {{"каждую", "секунду", "секунды", "секунд"},
                           {"каждую", "минуту", "минуты", "минут"},
                           {"каждый", "час", "часа", "часов"},
                           {"каждый", "день", "дня", "дней"},
                           {"каждую", "неделю", "недели", "недель"},
                           {"каждый", "месяц", "месяца", "месяцев"},
                           {"каждый", "год", "года", "лет"}};

template <class T>
T plural(int64_t n, T one, T few, T many) {
    if (n % 100 >= 11 && n % 100 <= 14) return many;
    return n % 10 == 1 ? one : n % 10 >= 2 && n % 10 <= 4 ? few : many;
}

class Russian final : public Phrases {
public:
    std::string every(Freq unit, int64_t n) const override {
        const Unit& name = kUnits[size_t(unit)];
        const std::string counted = plural(n, name.one, name.few, name.many);
        if (n == 1) return name.every + (" " + counted);
        const bool singular = n % 10 == 1 && n % 100 != 11;
        return (singular ? std::string(name.every) : "каждые") + " " + std::to_string(n) + " " +
               counted;
    }
    std::string every_minute_step(int step) const override { return every(Freq::kMinutely, step); }
    std::string weekdays(const std::vector<int>& days) const override {
        std::vector<std::string> names;
        for (const int day : days) names.emplace_back(kWeekdays[day].every);
        return "по " + join(names, "и");
    }
    std::string working_week() const override { return "с понедельника по пятницу"; }
    std::string month_days(const std::vector<int>& days, bool last) const override {
        std::vector<std::string> numbers;
        for (const int day : days) numbers.push_back(std::to_string(day) + "-го");
        if (numbers.empty()) return "в последний день месяца";
        const std::string text = join(numbers, "и") + " числа месяца";
        return last ? text + " и в последний день месяца" : text;
    }
    std::string numbered(const WeekdayNumber& day) const override {
        const Weekday& name = kWeekdays[day.weekday];
        return (day.n == 2 ? "во " : "в ") + std::string(kOrdinals[day.n + 1][name.gender]) + " " +
               name.accusative + " месяца";
    }
    std::string working_day(int which) const override {
        return "в " + std::string(kOrdinals[which + 1][kMasculine]) +
               " рабочий день месяца (понедельник–пятница)";
    }
    std::string dates(const std::vector<std::pair<int, int>>& month_days) const override {
        std::vector<std::string> names;
        for (const auto& [month, day] : month_days)
            names.push_back(std::to_string(day) + " " + kOfMonths[month - 1]);
        return join(names, "и");
    }
    std::string months(const std::vector<int>& months) const override {
        std::vector<std::string> names;
        for (const int month : months) names.emplace_back(kInMonths[month - 1]);
        return "в " + join(names, "и");
    }
    std::string missing_date(Skip skip) const override {
        switch (skip) {
            case Skip::kBackward: return "если такой даты нет — в последний день перед ней";
            case Skip::kForward: return "если такой даты нет — в первый день после неё";
            case Skip::kOmit: break;
        }
        return "только если такая дата есть";
    }
    std::string week_start(int weekday) const override {
        return "неделя начинается с " + std::string(kFromWeekday[weekday]);
    }
    std::string at(const std::vector<std::string>& times) const override {
        return "в " + join(times, "и");
    }
    std::string at_minutes(const std::string& minutes, bool several,
                           bool every_hour) const override {
        return (several ? "на минутах " : "на минуте ") + minutes +
               (every_hour ? " каждого часа" : "");
    }
    std::string in_hours(const std::string& hours, bool several) const override {
        return (several ? "в часы " : "в час ") + hours;
    }
    std::string counted_from(const std::string& time) const override { return "считая с " + time; }
    std::string until(const std::string& time) const override {
        return "до " + time + " включительно";
    }
    std::string count(int64_t n) const override {
        return "всего " + std::to_string(n) + " " + plural(n, "раз", "раза", "раз");
    }
    std::string extra_dates(const std::vector<std::string>& dates) const override {
        return "плюс " + join(dates, "и");
    }
    std::string excluded_dates(const std::vector<std::string>& dates) const override {
        return "кроме " + join(dates, "и");
    }
    std::string once(const std::vector<std::string>& times) const override {
        return (times.size() > 1 ? "" : "один раз, ") + join(times, "и");
    }
    std::string either(const std::vector<std::string>& items) const override {
        return join(items, "или");
    }
    std::string cron_field(int field) const override {
        constexpr const char* kNames[] = {"секунда",     "минута", "час",
                                          "день месяца", "месяц",  "день недели"};
        return kNames[field];
    }
    std::string by_rule() const override { return "по правилу"; }
    std::string warning(const Warning& w) const override {
        const std::string gap =
            "в " + w.zone + " нет времени " + w.time + " (часы переводят вперёд): ";
        const std::string fold = "в " + w.zone + " время " + w.time +
                                 " наступает дважды (часы переводят назад): запуск ";
        switch (w.kind) {
            case Warning::Kind::kEnded: return "после " + w.time + " запусков больше нет";
            case Warning::Kind::kLast: return "после " + w.time + " больше никогда не запустится";
            case Warning::Kind::kGapMoved: return gap + "запуск в " + w.runs_at;
            case Warning::Kind::kGapSkipped: return gap + "тогда запуска нет";
            case Warning::Kind::kFoldFirst: return fold + "в первый раз";
            case Warning::Kind::kFoldSecond: return fold + "во второй раз";
            case Warning::Kind::kFoldBoth: return fold + "оба раза";
            case Warning::Kind::kOtherZone:
                return "DTSTART отсчитывается в " + w.zone + ", а не в часовом поясе задачи " +
                       w.task_zone;
            case Warning::Kind::kUntilBeginning: break;
        }
        return "UNTIL — дата без времени: это " + w.time + ", начало того дня";
    }
};
}  // namespace

const Phrases& russian() {
    static const Russian phrases;
    return phrases;
}

}  // namespace ordinaut::schedule
