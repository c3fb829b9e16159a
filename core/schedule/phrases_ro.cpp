#include "schedule/phrases.h"

namespace ordinaut::schedule {
namespace {
constexpr const char* kWeekdays[] = {"luni",   "marți",   "miercuri", "joi",
                                     "vineri", "sâmbătă", "duminică"};
constexpr const char* kEveryWeekday[] = {"lunea",   "marțea",  "miercurea", "joia",
                                         "vinerea", "sâmbăta", "duminica"};
constexpr const char* kMonths[] = {"ianuarie",   "februarie", "martie",    "aprilie",
                                   "mai",        "iunie",     "iulie",     "august",
                                   "septembrie", "octombrie", "noiembrie", "decembrie"};
constexpr const char* kOrdinals[] = {"ultima",  "",        "prima",   "a doua",
                                     "a treia", "a patra", "a cincea"};
struct Unit {
    const char *one, *many;
};
constexpr Unit kUnits[] = {{"secundă", "secunde"}, {"minut", "minute"},        {"oră", "ore"},
                           {"zi", "zile"},         {"săptămână", "săptămâni"}, {"lună", "luni"},
                           {"an", "ani"}};

// "2 zile", "20 de zile".
std::string number(int64_t n, const std::string& many) {
    const int64_t rest = n % 100;
    return std::to_string(n) + (n != 0 && rest >= 1 && rest <= 19 ? " " : " de ") + many;
}

class Romanian final : public Phrases {
public:
    std::string every(Freq unit, int64_t n) const override {
        const Unit& name = kUnits[size_t(unit)];
        return n == 1 ? "în fiecare " + std::string(name.one)
                      : "la fiecare " + number(n, name.many);
    }
    std::string every_minute_step(int step) const override { return every(Freq::kMinutely, step); }
    std::string weekdays(const std::vector<int>& days) const override {
        std::vector<std::string> names;
        for (const int day : days) names.emplace_back(kEveryWeekday[day]);
        return join(names, "și");
    }
    std::string working_week() const override { return "de luni până vineri"; }
    std::string month_days(const std::vector<int>& days, bool last) const override {
        std::vector<std::string> numbers;
        for (const int day : days) numbers.push_back(std::to_string(day));
        if (numbers.empty()) return "în ultima zi a lunii";
        const bool many = numbers.size() > 1;
        std::string text = (many ? "în zilele de " : "în ziua de ") + join(numbers, "și") +
                           (many ? " ale lunii" : " a lunii");
        return last ? text + " și în ultima zi a lunii" : text;
    }
    std::string numbered(const WeekdayNumber& day) const override {
        return "în " + std::string(kOrdinals[day.n + 1]) + " zi de " + kWeekdays[day.weekday] +
               " a lunii";
    }
    std::string working_day(int which) const override {
        return "în " + std::string(kOrdinals[which + 1]) + " zi lucrătoare (luni–vineri) a lunii";
    }
    std::string dates(const std::vector<std::pair<int, int>>& month_days) const override {
        std::vector<std::string> names;
        for (const auto& [month, day] : month_days)
            names.push_back(std::to_string(day) + " " + kMonths[month - 1]);
        return "pe " + join(names, "și");
    }
    std::string months(const std::vector<int>& months) const override {
        std::vector<std::string> names;
        for (const int month : months) names.emplace_back(kMonths[month - 1]);
        return "în " + join(names, "și");
    }
    std::string missing_date(Skip skip) const override {
        switch (skip) {
            case Skip::kBackward: return "dacă data nu există: în ultima zi dinaintea ei";
            case Skip::kForward: return "dacă data nu există: în prima zi de după ea";
            case Skip::kOmit: break;
        }
        return "doar dacă data există";
    }
    std::string week_start(int weekday) const override {
        return "săptămâna începe " + std::string(kEveryWeekday[weekday]);
    }
    std::string at(const std::vector<std::string>& times) const override {
        return "la " + join(times, "și");
    }
    std::string at_minutes(const std::string& minutes, bool several,
                           bool every_hour) const override {
        if (several) return "la minutele " + minutes + (every_hour ? " ale fiecărei ore" : "");
        return "la minutul " + minutes + (every_hour ? " al fiecărei ore" : "");
    }
    std::string in_hours(const std::string& hours, bool several) const override {
        return (several ? "la orele " : "la ora ") + hours;
    }
    std::string counted_from(const std::string& time) const override {
        return "numărând de la " + time;
    }
    std::string until(const std::string& time) const override {
        return "până la " + time + " inclusiv";
    }
    std::string count(int64_t n) const override {
        return n == 1 ? "o singură dată" : "de " + number(n, "ori");
    }
    std::string extra_dates(const std::vector<std::string>& dates) const override {
        return "plus " + join(dates, "și");
    }
    std::string excluded_dates(const std::vector<std::string>& dates) const override {
        return "în afară de " + join(dates, "și");
    }
    std::string once(const std::vector<std::string>& times) const override {
        return (times.size() > 1 ? "la " : "o singură dată, la ") + join(times, "și");
    }
    std::string either(const std::vector<std::string>& items) const override {
        return join(items, "sau");
    }
    std::string cron_field(int field) const override {
        constexpr const char* kNames[] = {"secunda",    "minutul", "ora",
                                          "ziua lunii", "luna",    "ziua săptămânii"};
        return kNames[field];
    }
    std::string by_rule() const override { return "conform regulii"; }
    std::string warning(const Warning& w) const override {
        const std::string gap =
            w.time + " nu există în " + w.zone + " (ceasurile se dau înainte): ";
        const std::string fold =
            w.time + " are loc de două ori în " + w.zone + " (ceasurile se dau înapoi): rulează ";
        switch (w.kind) {
            case Warning::Kind::kEnded: return "nu mai rulează după " + w.time;
            case Warning::Kind::kLast: return "după " + w.time + " nu mai rulează niciodată";
            case Warning::Kind::kGapMoved: return gap + "rulează la " + w.runs_at;
            case Warning::Kind::kGapSkipped: return gap + "atunci nu rulează";
            case Warning::Kind::kFoldFirst: return fold + "prima dată";
            case Warning::Kind::kFoldSecond: return fold + "a doua oară";
            case Warning::Kind::kFoldBoth: return fold + "de ambele ori";
            case Warning::Kind::kOtherZone:
                return "DTSTART se numără în " + w.zone + ", nu în fusul orar al sarcinii, " +
                       w.task_zone;
            case Warning::Kind::kUntilBeginning: break;
        }
        return "UNTIL este o dată fără oră: înseamnă " + w.time + ", începutul acelei zile";
    }
};
}  // namespace

const Phrases& romanian() {
    static const Romanian phrases;
    return phrases;
}

}  // namespace ordinaut::schedule
