// Goal: a year's calendar has exactly the days of the zone's wall clock on which something runs,
// and ends soon for floods.
#include "schedule/calendar.h"

#include "tests/schedule/support.h"

namespace ordinaut::schedule {
namespace {

std::string days(const ScheduleSpec& spec, int year, size_t first = 400) {
    std::string text;
    const auto found = days_of_year(*Schedule::parse(spec), std::chrono::year(year));
    for (size_t i = 0; i < found.size() && i < first; ++i)
        text += (text.empty() ? "" : " ") +
                format_time(std::chrono::sys_days(found[i].date)).substr(5, 5) +
                (found[i].runs == 1 ? "" : "x" + std::to_string(found[i].runs));
    return text;
}

TEST(Calendar, ListsTheDaysOfTheZone) {
    EXPECT_EQ(days(cron("0 8 1 1-3 *", "Europe/Chisinau"), 2027), "01-01 02-01 03-01");
    EXPECT_EQ(days(cron("0 8,17 29 2 *"), 2028), "02-29x2");
    EXPECT_EQ(days(cron("0 8 29 2 *"), 2027), "");
    // 23:30 in Chisinau is the next day in Tokyo: DTSTART's zone counts, the task's zone shows.
    EXPECT_EQ(
        days(rrule("DTSTART;TZID=Europe/Chisinau:20270101T233000\nRRULE:FREQ=YEARLY", "Asia/Tokyo"),
             2027),
        "01-02");
    EXPECT_EQ(days(rrule("DTSTART:20260101T000000\nRRULE:FREQ=YEARLY;BYMONTH=1,12;BYMONTHDAY=1,31",
                         "Pacific/Kiritimati"),
                   2027),
              "01-01 01-31 12-01 12-31");
    EXPECT_EQ(days(once("2027-06-15T12:00"), 2027), "06-15");
    EXPECT_EQ(days(once("2027-06-15T12:00"), 2026), "");
}

TEST(Calendar, CountsUpToAHundredRunsADay) {
    const auto all = days_of_year(*Schedule::parse(cron("* * * * * *", "America/Sao_Paulo")),
                                  std::chrono::year(2018));
    ASSERT_EQ(all.size(), 365u);  // One midnight of them does not exist.
    for (const auto& day : all) EXPECT_EQ(day.runs, kRunsCountedMax);
    EXPECT_EQ(days(cron("0 * * * *", "Europe/Chisinau"), 2026, 1), "01-01x24");
    const auto hourly = days_of_year(*Schedule::parse(cron("0 * * * *", "Europe/Chisinau")),
                                     std::chrono::year(2026));
    int longest = 0, shortest = 99;
    for (const auto& day : hourly)
        longest = std::max(longest, day.runs), shortest = std::min(shortest, day.runs);
    EXPECT_EQ(longest, 25);
    EXPECT_EQ(shortest, 23);
}

TEST(Calendar, DaysBeginWhereMidnightDoesNotExist) {
    const Zone zone = *Zone::find("America/Sao_Paulo");
    const std::chrono::local_days day = std::chrono::local_days(std::chrono::year(2018) / 11 / 4);
    EXPECT_EQ(format_local(begin_of_day(day, zone), zone), "2018-11-04T01:00:00-02:00");
    EXPECT_EQ(format_local(begin_of_day(day + std::chrono::days(1), zone), zone),
              "2018-11-05T00:00:00-02:00");
}

}  // namespace
}  // namespace ordinaut::schedule
