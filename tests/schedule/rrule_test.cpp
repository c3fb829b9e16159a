// Goal: the examples of RFC 5545 §3.8.5.3 come out as the RFC lists them. Method: a table; days only where times are equal.
#include "tests/schedule/support.h"

namespace ordinaut::schedule {
namespace {

struct Example {
    const char *start, *rule;
    int count;
    const char* expected;  // "YYYY-MM-DD …"
};

std::string dates(const Example& example, std::string_view extra = "") {
    const std::string text = "DTSTART;TZID=America/New_York:" + std::string(example.start) + "\nRRULE:" + example.rule + std::string(extra);
    const auto schedule = Schedule::parse(rrule(text, "America/New_York"));
    if (!schedule) return schedule.error().message;
    std::string out;
    for (const auto& occurrence : schedule->preview(at("1990-01-01T00:00:00Z"), example.count).occurrences)
        out += (out.empty() ? "" : " ") + occurrence.local.substr(0, 10);
    return out;
}

TEST(Rfc5545, DailyToYearlyExamples) {
    constexpr const char* kStart = "19970902T090000";
    const Example examples[] = {
        {kStart, "FREQ=DAILY;COUNT=3", 9, "1997-09-02 1997-09-03 1997-09-04"},
        {kStart, "FREQ=DAILY;UNTIL=19970904T130000Z", 9, "1997-09-02 1997-09-03 1997-09-04"},
        {kStart, "FREQ=DAILY;INTERVAL=2", 3, "1997-09-02 1997-09-04 1997-09-06"},
        {kStart, "FREQ=DAILY;INTERVAL=10;COUNT=5", 9, "1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12"},
        {"19980101T090000", "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", 2, "1998-01-01 1998-01-02"},
        {kStart, "FREQ=WEEKLY;COUNT=3", 9, "1997-09-02 1997-09-09 1997-09-16"},
        {kStart, "FREQ=WEEKLY;INTERVAL=2;WKST=SU", 3, "1997-09-02 1997-09-16 1997-09-30"},
        {kStart, "FREQ=WEEKLY;COUNT=4;WKST=SU;BYDAY=TU,TH", 9, "1997-09-02 1997-09-04 1997-09-09 1997-09-11"},
        {"19970901T090000", "FREQ=WEEKLY;INTERVAL=2;UNTIL=19970920T000000Z;WKST=SU;BYDAY=MO,WE,FR", 9,
         "1997-09-01 1997-09-03 1997-09-05 1997-09-15 1997-09-17 1997-09-19"},
        {kStart, "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", 9,
         "1997-09-02 1997-09-04 1997-09-16 1997-09-18 1997-09-30 1997-10-02 1997-10-14 1997-10-16"},
        {"19970905T090000", "FREQ=MONTHLY;COUNT=4;BYDAY=1FR", 9, "1997-09-05 1997-10-03 1997-11-07 1997-12-05"},
        {"19970907T090000", "FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU", 9, "1997-09-07 1997-09-28 1997-11-02 1997-11-30"},
        {"19970922T090000", "FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", 9, "1997-09-22 1997-10-20 1997-11-17"},
        {"19970928T090000", "FREQ=MONTHLY;BYMONTHDAY=-3", 3, "1997-09-28 1997-10-29 1997-11-28"},
        {kStart, "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=2,15", 9, "1997-09-02 1997-09-15 1997-10-02 1997-10-15"},
        {"19970930T090000", "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1", 9, "1997-09-30 1997-10-01 1997-10-31 1997-11-01"},
        {"19970910T090000", "FREQ=MONTHLY;INTERVAL=18;COUNT=8;BYMONTHDAY=10,11,12,13,14,15", 9,
         "1997-09-10 1997-09-11 1997-09-12 1997-09-13 1997-09-14 1997-09-15 1999-03-10 1999-03-11"},
        {kStart, "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", 6, "1997-09-02 1997-09-09 1997-09-16 1997-09-23 1997-09-30 1997-11-04"},
        {"19970610T090000", "FREQ=YEARLY;COUNT=4;BYMONTH=6,7", 9, "1997-06-10 1997-07-10 1998-06-10 1998-07-10"},
        {"19970310T090000", "FREQ=YEARLY;INTERVAL=2;COUNT=4;BYMONTH=1,2,3", 9, "1997-03-10 1999-01-10 1999-02-10 1999-03-10"},
        {"19970101T090000", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", 10,
         "1997-01-01 1997-04-10 1997-07-19 2000-01-01 2000-04-09 2000-07-18 2003-01-01 2003-04-10 2003-07-19 2006-01-01"},
        {"19970519T090000", "FREQ=YEARLY;BYDAY=20MO", 3, "1997-05-19 1998-05-18 1999-05-17"},
        {"19970512T090000", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", 3, "1997-05-12 1998-05-11 1999-05-17"},
        {"19970512T090000", "FREQ=YEARLY;BYWEEKNO=20", 3, "1997-05-12 1998-05-11 1999-05-17"},  // DTSTART's weekday.
        {"19970313T090000", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", 4, "1997-03-13 1997-03-20 1997-03-27 1998-03-05"},
        {"19970605T090000", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", 3, "1997-06-05 1997-06-12 1997-06-19"},
        {kStart, "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", 5, "1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13"},
        {"19970913T090000", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", 4, "1997-09-13 1997-10-11 1997-11-08 1997-12-13"},
        {"19961105T090000", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", 3, "1996-11-05 2000-11-07 2004-11-02"},
        {"19970904T090000", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", 9, "1997-09-04 1997-10-07 1997-11-06"},
        {"19970929T090000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", 4, "1997-09-29 1997-10-30 1997-11-27 1997-12-30"},
        {"19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", 9, "1997-08-05 1997-08-10 1997-08-19 1997-08-24"},
        {"19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", 9, "1997-08-05 1997-08-17 1997-08-19 1997-08-31"},
        {"20070115T090000", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", 9, "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30"},
        {kStart, "FREQ=YEARLY;BYDAY=MO,1TU;COUNT=3", 9, "1997-09-08 1997-09-15 1997-09-22"},  // Either kind of weekday.
    };
    for (const auto& example : examples) EXPECT_EQ(dates(example), example.expected) << example.start << " " << example.rule;
}

TEST(Rfc5545, SetsAndSubDailyExamples) {
    EXPECT_EQ(dates({"19970902T090000", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", 2, ""}, "\nEXDATE;TZID=America/New_York:19980213T090000"),
              "1998-03-13 1998-11-13");
    EXPECT_EQ(dates({"19970902T090000", "FREQ=DAILY;COUNT=4", 9, ""}, "\nEXDATE;VALUE=DATE:19970903\nRDATE:19970910T090000,19970902T090000"),
              "1997-09-02 1997-09-04 1997-09-05 1997-09-10");
    EXPECT_EQ(dates({"19970902T090000", "FREQ=DAILY", 4, ""}, "\nRRULE:FREQ=DAILY;BYHOUR=9\nEXRULE:FREQ=WEEKLY;BYDAY=WE,TH"),
              "1997-09-02 1997-09-05 1997-09-06 1997-09-07");
    const auto times = [](const char* rule, int count) {
        std::string out;
        const auto schedule = Schedule::parse(rrule("DTSTART;TZID=America/New_York:19970902T090000\nRRULE:" + std::string(rule), "America/New_York"));
        for (const auto& occurrence : schedule->preview(at("1990-01-01T00:00:00Z"), count).occurrences)
            out += (out.empty() ? "" : " ") + occurrence.local.substr(8, 8);
        return out;
    };
    EXPECT_EQ(times("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", 9), "02T09:00 02T12:00 02T15:00");
    EXPECT_EQ(times("FREQ=MINUTELY;INTERVAL=15;COUNT=3", 9), "02T09:00 02T09:15 02T09:30");
    EXPECT_EQ(times("FREQ=MINUTELY;INTERVAL=90;COUNT=4", 9), "02T09:00 02T10:30 02T12:00 02T13:30");
    EXPECT_EQ(times("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20,40", 7), "02T09:00 02T09:20 02T09:40 02T10:00 02T10:20 02T10:40 03T09:00");
    EXPECT_EQ(times("FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10", 7), times("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20,40", 7));
}

// Goal: RFC 7529 SKIP. Method: the RFC's own examples (§7), and the places where a moved date leaves its month.
TEST(Rfc7529, DatesThatDoNotExistMove) {
    const Example examples[] = {
        {"20140131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;COUNT=4", 9, "2014-01-31 2014-03-31 2014-05-31 2014-07-31"},
        {"20140131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT;COUNT=4", 9, "2014-01-31 2014-03-31 2014-05-31 2014-07-31"},
        {"20140131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4", 9, "2014-01-31 2014-02-28 2014-03-31 2014-04-30"},
        {"20140131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=4", 9, "2014-01-31 2014-03-01 2014-03-31 2014-05-01"},
        {"20160229T090000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD", 5, "2016-02-29 2017-03-01 2018-03-01 2019-03-01 2020-02-29"},
        {"20160229T090000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD", 3, "2016-02-29 2017-02-28 2018-02-28"},
        // Every second month: what spills into March belongs to February, which the rule leaves out.
        {"20140131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;INTERVAL=2;SKIP=FORWARD", 3, "2014-01-31 2014-03-31 2014-05-31"},
        {"20131231T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;INTERVAL=2;SKIP=FORWARD", 4, "2013-12-31 2014-03-01 2014-05-01 2014-07-01"},
        {"20140130T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=1,30", 5, "2014-01-30 2014-02-01 2014-03-01 2014-03-30 2014-04-01"},
        {"20140130T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=28,30;BYSETPOS=-1", 4, "2014-01-30 2014-03-01 2014-03-30 2014-04-30"},
        {"20140130T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=31;BYDAY=SA", 3, "2014-03-01 2014-05-31 2015-01-31"},
        {"20141231T090000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;BYYEARDAY=366", 3, "2015-01-01 2016-01-01 2016-12-31"},
        {"20141231T090000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;BYYEARDAY=366", 3, "2014-12-31 2015-12-31 2016-12-31"},
        {"20140130T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=-31", 2, "2014-03-01 2014-05-01"},  // Counted from the end: left out.
    };
    for (const auto& example : examples) EXPECT_EQ(dates(example), example.expected) << example.start << " " << example.rule;
}

TEST(Rrule, ReadsTheTextLeniently) {
    const char* same[] = {
        "FREQ=WEEKLY;BYDAY=MO,FR", "RRULE:FREQ=WEEKLY;BYDAY=MO,FR", "rrule:freq=weekly;byday=mo,fr", "  FREQ=WEEKLY;BYDAY=FR,MO\n",
        "RRULE:FREQ=WEEKLY;\r\n BYDAY=MO,FR\r\n", "RSCALE=GREGORIAN;FREQ=WEEKLY;SKIP=OMIT;BYDAY=MO,FR",
    };
    for (const auto* text : same)
        EXPECT_EQ(occurrences(rrule(text), "2026-01-01T00:00:00Z", 2), "2026-01-02T09:00:00+00:00 2026-01-05T09:00:00+00:00") << text;
}

TEST(Rrule, ErrorsNamePartValueAndReason) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "is empty"},
        {"FREQ", "part FREQ (position 1): not of the form NAME=VALUE"},
        {"INTERVAL=2", "has no FREQ"},
        {"FREQ=FORTNIGHTLY", "part FREQ=FORTNIGHTLY (position 1): expected SECONDLY"},
        {"FREQ=DAILY;", "an empty part"},
        {"FREQ=DAILY;FREQ=DAILY", "FREQ is given twice"},
        {"FREQ=DAILY;INTERVAL=0", "part INTERVAL=0 (position 12): expected a number from 1"},
        {"FREQ=DAILY;COUNT=0", "part COUNT=0 (position 12)"},
        {"FREQ=DAILY;COUNT=2;UNTIL=20270101T000000Z", "COUNT and UNTIL exclude each other"},
        {"FREQ=DAILY;UNTIL=tomorrow", "part UNTIL=tomorrow (position 12): expected a date or time"},
        {"FREQ=DAILY;UNTIL=20241340T990000", "part UNTIL=20241340T990000"},
        {"FREQ=DAILY;BYHOUR=", "part BYHOUR= (position 12): the value is empty"},
        {"FREQ=DAILY;BYHOUR=24", "24 is outside 0–23"},
        {"FREQ=DAILY;BYHOUR=9,,10", "an empty item in the list"},
        {"FREQ=DAILY;BYHOUR=nine", "'NINE' is not a number; expected 0–23"},
        {"FREQ=MONTHLY;BYMONTHDAY=0", "part BYMONTHDAY=0 (position 14): 0 is outside 1–31 and -31–-1"},
        {"FREQ=MONTHLY;BYMONTHDAY=32", "32 is outside"},
        {"FREQ=WEEKLY;BYDAY=1MO", "part BYDAY=1MO: a numbered weekday needs FREQ=MONTHLY or FREQ=YEARLY, this rule has FREQ=WEEKLY"},
        {"FREQ=WEEKLY;BYDAY=XX", "'XX' is not a weekday"},
        {"FREQ=MONTHLY;BYDAY=0MO", "the number is outside ±1–53"},
        {"FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY: not allowed with FREQ=WEEKLY"},
        {"FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY: not allowed with FREQ=MONTHLY"},
        {"FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO: needs FREQ=YEARLY"},
        {"FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "cannot stand beside BYWEEKNO"},
        {"FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS: needs another BY… part"},
        {"FREQ=DAILY;WKST=0", "part WKST=0"},
        {"FREQ=MONTHLY;SKIP=FORWARD", "SKIP: needs RSCALE=GREGORIAN"},
        {"RSCALE=CHINESE;FREQ=MONTHLY", "part RSCALE=CHINESE (position 1): only the GREGORIAN calendar is known"},
        {"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=SIDEWAYS", "expected OMIT, BACKWARD or FORWARD"},
        {"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYDAY=1MO", "cannot stand beside a numbered weekday"},
        {"RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;BYWEEKNO=1", "cannot stand beside BYWEEKNO"},
        {"FREQ=DAILY;COLOR=red", "part COLOR=red (position 12): unknown part"},
        {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never runs"},
        {"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "never runs"},
        {"FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=31", "never runs"},
        {"DTSTART:20260101T090000\nRRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=10", "never runs"},
        {"DTSTART:20260101T090000\nRRULE:FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29;INTERVAL=2", "INTERVAL is given twice"},
        {"DTSTART:20250101T090000\nRRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "never runs"},
        {"DTSTART:20260101T090000\nRRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO", "never runs"},
        {"FREQ=DAILY;UNTIL=20250101T000000Z", "nothing matches between its start"},
        {"DTSTART:20260101T090000\nRRULE:FREQ=DAILY;COUNT=1\nEXDATE:20260101T090000", "never runs"},
        {"DTSTART:20260101T090000", "neither an RRULE nor an RDATE"},
        {"DTSTART;TZID=Mars/Olympus:20260101T090000\nRRULE:FREQ=DAILY", "line 1: DTSTART: unknown time zone 'Mars/Olympus'"},
        {"DTSTART:20260230T090000\nRRULE:FREQ=DAILY", "'20260230T090000' is not a date or time"},
        {"BEGIN:VEVENT\nRRULE:FREQ=DAILY", "line 1: BEGIN is not known here"},
        {"RRULE:FREQ=DAILY\nRDATE;VALUE=PERIOD:20260101T090000Z/PT1H", "VALUE=PERIOD is not accepted"},
    };
    for (const auto& [text, expected] : cases) {
        const std::string message = refusal(rrule(text));
        EXPECT_NE(message.find(expected), std::string::npos) << text << " → " << message;
    }
}

TEST(Rrule, RulesThatNeverRunAreRefused) {
    // Rules whose parts never meet, each by another road; all are found out at once (schedule_bench has the times).
    const char* dead[] = {
        "DTSTART:20260101T090000\nRRULE:FREQ=DAILY;INTERVAL=21;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=10",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=10",
        "FREQ=YEARLY;BYDAY=MO;BYSETPOS=60",
        "FREQ=DAILY;BYHOUR=1,2;BYSETPOS=5",
        "FREQ=HOURLY;BYMINUTE=1,2;BYSETPOS=5",
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYDAY=MO",
        "DTSTART:20260101T090000\nRRULE:FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1",
        "DTSTART:20260101T090001\nRRULE:FREQ=SECONDLY;INTERVAL=60;BYSECOND=0",
        "DTSTART:20260106T090000\nRRULE:FREQ=HOURLY;INTERVAL=168;BYDAY=MO",
        "DTSTART:20260106T090000\nRRULE:FREQ=SECONDLY;INTERVAL=1000000000;BYMONTH=2;BYMONTHDAY=29",
        "RRULE:FREQ=DAILY\nEXRULE:FREQ=DAILY",
        "RRULE:FREQ=MINUTELY\nEXRULE:FREQ=MINUTELY",
        "RRULE:FREQ=HOURLY;BYHOUR=1,3,5\nEXRULE:FREQ=HOURLY;BYHOUR=1,5\nEXRULE:FREQ=HOURLY;BYHOUR=3",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=1;COUNT=1\nEXRULE:FREQ=DAILY",
    };
    for (const auto* text : dead)
        for (const auto* zone : {"UTC", "Europe/Chisinau"})
            EXPECT_NE(refusal(rrule(text, zone)).find("never runs"), std::string::npos) << text << " " << zone;
}

TEST(Rrule, FloodsAreRefused) {
    ScheduleSpec flood = rrule("FREQ=SECONDLY;INTERVAL=5");
    EXPECT_EQ(refusal(flood), "");
    flood.min_interval = std::chrono::seconds(60);
    EXPECT_NE(refusal(flood).find("runs 5 s apart"), std::string::npos) << refusal(flood);
}

TEST(Once, FormsAndErrors) {
    for (const auto* text : {"2026-03-01T10:00:00+02:00", "2026-03-01T10:00", "2026-03-01 10:00", "20260301T080000Z", "2026-03-01T10:00+02", "2026-03-01T08:00:00.000Z"})
        EXPECT_EQ(occurrences(once(text, "Europe/Chisinau"), "2026-01-01T00:00:00Z", 2), "2026-03-01T10:00:00+02:00") << text;
    EXPECT_EQ(occurrences(once("2026-03-01T10:00:00.25"), "2026-01-01T00:00:00Z", 1), "2026-03-01T10:00:00.25+00:00");
    const std::pair<const char*, const char*> wrong[] = {
        {"", "the date is not readable"}, {"tomorrow", "the date is not readable"}, {"2026-02-30T10:00", "there is no such date"},
        {"2026-03-01", "the time of day is missing"}, {"2026-03-01T25:00", "there is no such time of day"},
        {"2026-03-01T10:00garbage", "unexpected text after the time (position 17)"}, {"2026-03-01T10:00Zx", "unexpected text"},
        {"2026-03-01T10:00:00.", "1 to 9 digits"}, {"2026-03-01T10:00+25:00", "the offset"},
    };
    for (const auto& [text, expected] : wrong) EXPECT_NE(refusal(once(text)).find(expected), std::string::npos) << text << " → " << refusal(once(text));
}

// Goal: next_after is strictly increasing and agrees with the enumeration from wherever it starts.
TEST(Schedule, NextAfterAgreesWithEnumeration) {
    const ScheduleSpec specs[] = {
        cron("*/7 * * * *", "Europe/Chisinau"), cron("30 3 * * *", "Europe/Chisinau"), cron("15 1,2,3 * 3,10 SUN", "Europe/Kyiv"),
        with_dst(cron("*/9 30 1 * * *", "Australia/Lord_Howe"), "shift", "both"),
        rrule("FREQ=HOURLY;INTERVAL=5;BYMINUTE=0,30", "Australia/Lord_Howe"), rrule("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1,2", "America/New_York"),
        with_dst(rrule("FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,15,30,45", "Europe/Chisinau"), "shift", "both"),
        rrule("FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO,SU"), rrule("DTSTART:20260101T000000\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY;INTERVAL=2\nRDATE:20260102T120000"),
    };
    for (const auto& spec : specs) {
        const auto schedule = Schedule::parse(spec);
        ASSERT_TRUE(schedule.ok()) << schedule.error().message;
        std::vector<WallTime> all;
        for (auto t = schedule->next_after(at("2026-03-01T00:00:00Z")); t && all.size() < 1500; t = schedule->next_after(*t)) {
            if (!all.empty()) {
                ASSERT_LT(all.back(), *t) << spec.expr;
            }
            all.push_back(*t);
        }
        ASSERT_GE(all.size(), 100u) << spec.expr;
        for (size_t i = 1; i < all.size(); i += 3) {
            EXPECT_EQ(schedule->next_after(all[i] - std::chrono::microseconds(1)), all[i]) << spec.expr;
            EXPECT_EQ(schedule->next_after(all[i - 1] + (all[i] - all[i - 1]) / 2), all[i]) << spec.expr;
        }
    }
}

}  // namespace
}  // namespace ordinaut::schedule
