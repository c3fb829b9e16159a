// Goal: the examples of RFC 5545 §3.8.5.3, all of them, come out as the RFC lists them. Method: a
// table of days, at 09:00 in New York.
#include "tests/schedule/support.h"

namespace ordinaut::schedule {
namespace {

struct Example {
    const char *start, *rule;
    int count;             // How many to ask for.
    const char* expected;  // "1997-09: 2-11; 1997-10: 1 5"
};

constexpr Example kExamples[] = {
    {"19970902", "FREQ=DAILY;COUNT=10", 99, "1997-09: 2-11"},
    {"19970902", "FREQ=DAILY;UNTIL=19971224T000000Z", 200,
     "1997-09: 2-30; 1997-10: 1-31; 1997-11: 1-30; 1997-12: 1-23"},
    {"19970902", "FREQ=DAILY;INTERVAL=2", 20,
     "1997-09: 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30; 1997-10: 2 4 6 8 10"},
    {"19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", 9, "1997-09: 2 12 22; 1997-10: 2 12"},
    {"19980101", "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", 200,
     "1998-01: 1-31; 1999-01: 1-31; 2000-01: 1-31"},
    {"19980101", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", 200,
     "1998-01: 1-31; 1999-01: 1-31; 2000-01: 1-31"},
    {"19970902", "FREQ=WEEKLY;COUNT=10", 99,
     "1997-09: 2 9 16 23 30; 1997-10: 7 14 21 28; 1997-11: 4"},
    {"19970902", "FREQ=WEEKLY;UNTIL=19971224T000000Z", 99,
     "1997-09: 2 9 16 23 30; 1997-10: 7 14 21 28; 1997-11: 4 11 18 25; 1997-12: 2 9 16 23"},
    {"19970902", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", 13,
     "1997-09: 2 16 30; 1997-10: 14 28; 1997-11: 11 25; 1997-12: 9 23; 1998-01: 6 20; 1998-02: 3 "
     "17"},
    {"19970902", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", 99,
     "1997-09: 2 4 9 11 16 18 23 25 30; 1997-10: 2"},
    {"19970902", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", 99,
     "1997-09: 2 4 9 11 16 18 23 25 30; 1997-10: 2"},
    {"19970901", "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR", 99,
     "1997-09: 1 3 5 15 17 19 29; 1997-10: 1 3 13 15 17 27 29 31; 1997-11: 10 12 14 24 26 28; "
     "1997-12: 8 10 12 "
     "22"},
    {"19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", 99,
     "1997-09: 2 4 16 18 30; 1997-10: 2 14 16"},
    {"19970905", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", 99,
     "1997-09: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5; 1998-01: 2; 1998-02: 6; 1998-03: 6; 1998-04: "
     "3; 1998-05: "
     "1; 1998-06: 5"},
    {"19970905", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", 99,
     "1997-09: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5"},
    {"19970907", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", 99,
     "1997-09: 7 28; 1997-11: 2 30; 1998-01: 4 25; 1998-03: 1 29; 1998-05: 3 31"},
    {"19970922", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", 99,
     "1997-09: 22; 1997-10: 20; 1997-11: 17; 1997-12: 22; 1998-01: 19; 1998-02: 16"},
    {"19970928", "FREQ=MONTHLY;BYMONTHDAY=-3", 6,
     "1997-09: 28; 1997-10: 29; 1997-11: 28; 1997-12: 29; 1998-01: 29; 1998-02: 26"},
    {"19970902", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", 99,
     "1997-09: 2 15; 1997-10: 2 15; 1997-11: 2 15; 1997-12: 2 15; 1998-01: 2 15"},
    {"19970930", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", 99,
     "1997-09: 30; 1997-10: 1 31; 1997-11: 1 30; 1997-12: 1 31; 1998-01: 1 31; 1998-02: 1"},
    {"19970910", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15", 99,
     "1997-09: 10-15; 1999-03: 10-13"},
    {"19970902", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", 18,
     "1997-09: 2 9 16 23 30; 1997-11: 4 11 18 25; 1998-01: 6 13 20 27; 1998-03: 3 10 17 24 31"},
    {"19970610", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7", 99,
     "1997-06: 10; 1997-07: 10; 1998-06: 10; 1998-07: 10; 1999-06: 10; 1999-07: 10; 2000-06: 10; "
     "2000-07: 10; "
     "2001-06: 10; 2001-07: 10"},
    {"19970310", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", 99,
     "1997-03: 10; 1999-01: 10; 1999-02: 10; 1999-03: 10; 2001-01: 10; 2001-02: 10; 2001-03: 10; "
     "2003-01: 10; "
     "2003-02: 10; 2003-03: 10"},
    {"19970101", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", 99,
     "1997-01: 1; 1997-04: 10; 1997-07: 19; 2000-01: 1; 2000-04: 9; 2000-07: 18; 2003-01: 1; "
     "2003-04: 10; "
     "2003-07: 19; 2006-01: 1"},
    {"19970519", "FREQ=YEARLY;BYDAY=20MO", 3, "1997-05: 19; 1998-05: 18; 1999-05: 17"},
    {"19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", 3, "1997-05: 12; 1998-05: 11; 1999-05: 17"},
    {"19970313", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", 11,
     "1997-03: 13 20 27; 1998-03: 5 12 19 26; 1999-03: 4 11 18 25"},
    {"19970605", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", 39,
     "1997-06: 5 12 19 26; 1997-07: 3 10 17 24 31; 1997-08: 7 14 21 28; 1998-06: 4 11 18 25; "
     "1998-07: 2 9 16 "
     "23 30; 1998-08: 6 13 20 27; 1999-06: 3 10 17 24; 1999-07: 1 8 15 22 29; 1999-08: 5 12 19 26"},
    {"19970902", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", 5,
     "1998-02: 13; 1998-03: 13; 1998-11: 13; 1999-08: 13; 2000-10: 13"},
    {"19970913", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", 10,
     "1997-09: 13; 1997-10: 11; 1997-11: 8; 1997-12: 13; 1998-01: 10; 1998-02: 7; 1998-03: 7; "
     "1998-04: 11; "
     "1998-05: 9; 1998-06: 13"},
    {"19961105", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", 3,
     "1996-11: 5; 2000-11: 7; 2004-11: 2"},
    {"19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", 9,
     "1997-09: 4; 1997-10: 7; 1997-11: 6"},
    {"19970929", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", 7,
     "1997-09: 29; 1997-10: 30; 1997-11: 27; 1997-12: 30; 1998-01: 29; 1998-02: 26; 1998-03: 30"},
    {"19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", 9, "1997-08: 5 10 19 24"},
    {"19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", 9, "1997-08: 5 17 19 31"},
    {"20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", 9,
     "2007-01: 15 30; 2007-02: 15; 2007-03: 15 30"},
};

Result<Schedule> parse(const std::string& start, const std::string& rest) {
    return Schedule::parse(
        rrule("DTSTART;TZID=America/New_York:" + start + "\n" + rest, "America/New_York"));
}

std::vector<std::string> local_times(const Schedule& schedule, int count) {
    std::vector<std::string> times;
    for (const auto& occurrence : schedule.preview(at("1990-01-01T00:00:00Z"), count).occurrences)
        times.push_back(occurrence.local);
    return times;
}

// The days, by month; three or more in a row as a range. Times other than 09:00 are marked.
std::string days(const std::vector<std::string>& times) {
    std::string text, month;
    int first = 0, last = 0;
    const auto flush = [&] {
        if (last - first == 1) text += " " + std::to_string(first);
        if (last - first > 1)
            text += " " + std::to_string(first) + "-" + std::to_string(last);
        else if (last != 0)
            text += " " + std::to_string(last);
        first = last = 0;
    };
    for (const auto& time : times) {
        if (time.substr(0, 7) != month) {
            flush();
            month = time.substr(0, 7);
            text += (text.empty() ? "" : "; ") + month + ":";
        }
        const int day = std::stoi(time.substr(8, 2));
        if (last == 0 || day != last + 1) flush(), first = day;
        last = day;
        if (time.substr(11, 8) != "09:00:00") text += " (" + time.substr(11, 8) + ")";
    }
    flush();
    return text;
}

TEST(Rfc5545, DailyToYearlyExamples) {
    for (const auto& example : kExamples) {
        const auto schedule =
            parse(example.start + std::string("T090000"), "RRULE:" + std::string(example.rule));
        ASSERT_TRUE(schedule.ok()) << example.rule << ": " << schedule.error().message;
        EXPECT_EQ(days(local_times(*schedule, example.count)), example.expected)
            << example.start << " " << example.rule;
    }
}

TEST(Rfc5545, FridayThe13thWithAnException) {
    const auto schedule = parse(
        "19970902T090000",
        "EXDATE;TZID=America/New_York:19970902T090000\nRRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13");
    EXPECT_EQ(days(local_times(*schedule, 5)),
              "1998-02: 13; 1998-03: 13; 1998-11: 13; 1999-08: 13; 2000-10: 13");
}

// Day and time, "02T09:00 …".
std::string times(const char* rule, int count) {
    std::string text;
    for (const auto& time :
         local_times(*parse("19970902T090000", "RRULE:" + std::string(rule)), count))
        text += (text.empty() ? "" : " ") + time.substr(8, 8);
    return text;
}

TEST(Rfc5545, SubDailyExamples) {
    // The RFC lists 15:00 too; its UNTIL of 17:00 UTC is 13:00 in New York (a known erratum; 21:00
    // UTC was meant).
    EXPECT_EQ(times("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z", 9), "02T09:00 02T12:00");
    EXPECT_EQ(times("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", 9),
              "02T09:00 02T12:00 02T15:00");
    EXPECT_EQ(times("FREQ=MINUTELY;INTERVAL=15;COUNT=6", 9),
              "02T09:00 02T09:15 02T09:30 02T09:45 02T10:00 02T10:15");
    EXPECT_EQ(times("FREQ=MINUTELY;INTERVAL=90;COUNT=4", 9), "02T09:00 02T10:30 02T12:00 02T13:30");
    const std::string day = times("FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", 48);
    EXPECT_EQ(day.substr(0, 35), "02T09:00 02T09:20 02T09:40 02T10:00");
    EXPECT_EQ(day.substr(day.size() - 26), "03T16:00 03T16:20 03T16:40");
    EXPECT_EQ(times("FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16", 48), day);
}

TEST(Rfc5545, SetsOfRulesAndDates) {
    const std::tuple<const char*, int, const char*> cases[] = {
        {"RRULE:FREQ=DAILY;COUNT=4\nEXDATE;VALUE=DATE:19970903\nRDATE:19970910T090000,"
         "19970902T090000",
         9, "1997-09: 2 4 5 10"},
        {"RRULE:FREQ=DAILY\nRRULE:FREQ=DAILY;BYHOUR=9\nEXRULE:FREQ=WEEKLY;BYDAY=WE,TH", 4,
         "1997-09: 2 5-7"},
        {"RRULE:FREQ=DAILY;COUNT=3\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1", 4, "1997-09: 2-4 30"},
        {"RDATE;TZID=Europe/Paris:19970905T150000\nRDATE:19970906T090000", 9, "1997-09: 5 6"},
        // UNTIL in local time, included.
        {"RRULE:FREQ=DAILY;UNTIL=19970904T090000", 9, "1997-09: 2-4"},
        {"RRULE:FREQ=DAILY;UNTIL=19970904T130000Z", 9, "1997-09: 2-4"},  // The same in UTC.
        {"RRULE:FREQ=DAILY;UNTIL=19970904T125959Z", 9, "1997-09: 2 3"},
        // Either kind of weekday.
        {"RRULE:FREQ=YEARLY;BYDAY=MO,1TU;COUNT=3", 9, "1997-09: 8 15 22"},
        // DTSTART's weekday.
        {"RRULE:FREQ=YEARLY;BYWEEKNO=20", 3, "1998-05: 12; 1999-05: 18; 2000-05: 16"},
    };
    for (const auto& [lines, count, expected] : cases) {
        const auto schedule = parse("19970902T090000", lines);
        ASSERT_TRUE(schedule.ok()) << lines << ": " << schedule.error().message;
        EXPECT_EQ(days(local_times(*schedule, count)), expected) << lines;
    }
}

}  // namespace
}  // namespace ordinaut::schedule
