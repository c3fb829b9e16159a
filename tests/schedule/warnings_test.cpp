// Goal: a preview warns of what may surprise, in three languages, and only of what is true.
// Method: each kind of warning word for word; and schedules whose end or exceptions take away what
// would have been warned of.
#include "schedule/describe.h"
#include "tests/schedule/support.h"

namespace ordinaut::schedule {
namespace {

constexpr const char* kZone = "Europe/Chisinau";

// One line each, seen on 1 January 2026.
std::string warnings(const ScheduleSpec& spec, Language language = Language::kEnglish) {
    const auto schedule = Schedule::parse(spec);
    if (!schedule) return schedule.error().message;
    std::string lines;
    for (const auto& warning : schedule->preview(at("2026-01-01T00:00:00Z"), 3).warnings)
        lines += (lines.empty() ? "" : "\n") + describe(warning, language);
    return lines;
}

struct Case {
    ScheduleSpec spec;
    const char *en, *ro, *ru;
};

void expect(const std::vector<Case>& cases) {
    for (const auto& c : cases) {
        EXPECT_EQ(warnings(c.spec, Language::kEnglish), c.en) << c.spec.expr;
        EXPECT_EQ(warnings(c.spec, Language::kRomanian), c.ro) << c.spec.expr;
        EXPECT_EQ(warnings(c.spec, Language::kRussian), c.ru) << c.spec.expr;
    }
}

TEST(Warnings, OfTimesThatDoNotExist) {
    const char* spring = "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=29;BYHOUR=3;BYMINUTE=30";
    expect({
        {cron("30 3 29 3 *", kZone),
         "2026-03-29T03:30:00 does not exist in Europe/Chisinau (the clocks go forward): it runs "
         "at 2026-03-29T04:00:00+03:00",
         "2026-03-29T03:30:00 nu există în Europe/Chisinau (ceasurile se dau înainte): rulează la "
         "2026-03-29T04:00:00+03:00",
         "в Europe/Chisinau нет времени 2026-03-29T03:30:00 (часы переводят вперёд): запуск в "
         "2026-03-29T04:00:00+03:00"},
        {rrule(spring, kZone),
         "2026-03-29T03:30:00 does not exist in Europe/Chisinau (the clocks go forward): it runs "
         "at 2026-03-29T04:30:00+03:00",
         "2026-03-29T03:30:00 nu există în Europe/Chisinau (ceasurile se dau înainte): rulează la "
         "2026-03-29T04:30:00+03:00",
         "в Europe/Chisinau нет времени 2026-03-29T03:30:00 (часы переводят вперёд): запуск в "
         "2026-03-29T04:30:00+03:00"},
        {with_dst(rrule(spring, kZone), "skip"),
         "2026-03-29T03:30:00 does not exist in Europe/Chisinau (the clocks go forward): it does "
         "not run then",
         "2026-03-29T03:30:00 nu există în Europe/Chisinau (ceasurile se dau înainte): atunci nu "
         "rulează",
         "в Europe/Chisinau нет времени 2026-03-29T03:30:00 (часы переводят вперёд): тогда запуска "
         "нет"},
    });
}

TEST(Warnings, OfTimesThatHappenTwice) {
    const ScheduleSpec autumn = cron("30 3 25 10 *", kZone);
    expect({
        {autumn,
         "2026-10-25T03:30:00 happens twice in Europe/Chisinau (the clocks go back): it runs the "
         "first time",
         "2026-10-25T03:30:00 are loc de două ori în Europe/Chisinau (ceasurile se dau înapoi): "
         "rulează prima dată",
         "в Europe/Chisinau время 2026-10-25T03:30:00 наступает дважды (часы переводят назад): "
         "запуск в первый раз"},
        {with_dst(autumn, "", "second"),
         "2026-10-25T03:30:00 happens twice in Europe/Chisinau (the clocks go back): it runs the "
         "second time",
         "2026-10-25T03:30:00 are loc de două ori în Europe/Chisinau (ceasurile se dau înapoi): "
         "rulează a doua oară",
         "в Europe/Chisinau время 2026-10-25T03:30:00 наступает дважды (часы переводят назад): "
         "запуск во второй раз"},
        {with_dst(autumn, "", "both"),
         "2026-10-25T03:30:00 happens twice in Europe/Chisinau (the clocks go back): it runs both "
         "times",
         "2026-10-25T03:30:00 are loc de două ori în Europe/Chisinau (ceasurile se dau înapoi): "
         "rulează de ambele ori",
         "в Europe/Chisinau время 2026-10-25T03:30:00 наступает дважды (часы переводят назад): "
         "запуск оба раза"},
    });
}

TEST(Warnings, OfTheEndAndOfWhatIsRead) {
    expect({
        {rrule("FREQ=DAILY;COUNT=2"), "it never runs again after 2026-01-02T09:00:00+00:00",
         "după 2026-01-02T09:00:00+00:00 nu mai rulează niciodată",
         "после 2026-01-02T09:00:00+00:00 больше никогда не запустится"},
        {once("2025-12-31T12:00"), "it does not run again after 2026-01-01T00:00:00+00:00",
         "nu mai rulează după 2026-01-01T00:00:00+00:00",
         "после 2026-01-01T00:00:00+00:00 запусков больше нет"},
        {rrule("DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY", kZone),
         "DTSTART counts in UTC, not in the task's time zone Europe/Chisinau",
         "DTSTART se numără în UTC, nu în fusul orar al sarcinii, Europe/Chisinau",
         "DTSTART отсчитывается в UTC, а не в часовом поясе задачи Europe/Chisinau"},
        {rrule("FREQ=DAILY;UNTIL=20270101"),
         "UNTIL is a date without a time: it means 2027-01-01T00:00:00, the beginning of that day",
         "UNTIL este o dată fără oră: înseamnă 2027-01-01T00:00:00, începutul acelei zile",
         "UNTIL — дата без времени: это 2027-01-01T00:00:00, начало того дня"},
    });
    EXPECT_EQ(warnings(cron("30 9 * * *", kZone)), "");
    EXPECT_EQ(warnings(cron("*/30 * * * *", kZone)), "");
}

TEST(Warnings, OfASingleMoment) {
    const std::string last = "it never runs again after ";
    EXPECT_EQ(warnings(once("2026-03-29T03:30", kZone)),
              last +
                  "2026-03-29T04:30:00+03:00\n2026-03-29T03:30:00 does not exist in "
                  "Europe/Chisinau (the clocks go forward): it runs at "
                  "2026-03-29T04:30:00+03:00");
    const std::string twice =
        "2026-10-25T03:30:00 happens twice in Europe/Chisinau (the clocks go back): it runs ";
    EXPECT_EQ(warnings(once("2026-10-25T03:30", kZone)),
              last + "2026-10-25T03:30:00+03:00\n" + twice + "the first time");
    EXPECT_EQ(warnings(with_dst(once("2026-10-25T03:30", kZone), "", "second")),
              last + "2026-10-25T03:30:00+02:00\n" + twice + "the second time");
    EXPECT_EQ(warnings(with_dst(once("2026-10-25T03:30", kZone), "", "both")),
              last + "2026-10-25T03:30:00+02:00\n" + twice + "both times");
}

// The rule would meet the change of the clocks; the set does not.
TEST(Warnings, NotOfWhatAnExceptionTakesAway) {
    const std::string daily = "DTSTART:20260101T033000\nRRULE:FREQ=DAILY";
    EXPECT_NE(warnings(rrule(daily, kZone)).find("does not exist"), std::string::npos);
    const std::string but_spring = daily + "\nEXDATE;VALUE=DATE:20260329";
    EXPECT_EQ(warnings(rrule(but_spring, kZone)).find("does not exist"), std::string::npos);
    EXPECT_NE(warnings(rrule(but_spring, kZone)).find("happens twice"), std::string::npos);
    const std::string but_autumn = daily + "\nEXDATE;VALUE=DATE:20261025";
    EXPECT_EQ(warnings(rrule(but_autumn, kZone)).find("happens twice"), std::string::npos);
}

// UNTIL is 03:10 summer time: the shifted occurrence, 04:30, comes after it.
TEST(Warnings, NotOfWhatComesAfterTheEnd) {
    EXPECT_EQ(warnings(rrule("DTSTART;TZID=Europe/Chisinau:20260328T033000\n"
                             "RRULE:FREQ=DAILY;UNTIL=20260329T011000Z",
                             kZone)),
              "it never runs again after 2026-03-28T03:30:00+02:00");
}

}  // namespace
}  // namespace ordinaut::schedule
