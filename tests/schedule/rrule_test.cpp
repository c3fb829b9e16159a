// Goal: recurrence text is read leniently, refused with part, value and reason, and enumerated the
// same from everywhere.
#include "tests/schedule/support.h"

namespace ordinaut::schedule {
namespace {

struct Example {
    const char *start, *rule;
    int count;
    const char* expected;  // "YYYY-MM-DD …"
};

std::string dates(const Example& example) {
    const std::string text =
        "DTSTART;TZID=America/New_York:" + std::string(example.start) + "\nRRULE:" + example.rule;
    const auto schedule = Schedule::parse(rrule(text, "America/New_York"));
    if (!schedule) return schedule.error().message;
    std::string out;
    for (const auto& occurrence :
         schedule->preview(at("1990-01-01T00:00:00Z"), example.count).occurrences)
        out += (out.empty() ? "" : " ") + occurrence.local.substr(0, 10);
    return out;
}

// Goal: RFC 7529 SKIP. Method: the RFC's own examples (§7), and the places where a moved date
// leaves its month.
TEST(Rfc7529, DatesThatDoNotExistMove) {
    const Example examples[] = {
        {"20140131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;COUNT=4", 9,
         "2014-01-31 2014-03-31 2014-05-31 2014-07-31"},
        {"20140131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT;COUNT=4", 9,
         "2014-01-31 2014-03-31 2014-05-31 2014-07-31"},
        {"20140131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4", 9,
         "2014-01-31 2014-02-28 2014-03-31 2014-04-30"},
        {"20140131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=4", 9,
         "2014-01-31 2014-03-01 2014-03-31 2014-05-01"},
        {"20160229T090000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD", 5,
         "2016-02-29 2017-03-01 2018-03-01 2019-03-01 2020-02-29"},
        {"20160229T090000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD", 3,
         "2016-02-29 2017-02-28 2018-02-28"},
        // Every second month: what spills into March belongs to February, which the rule leaves
        // out.
        {"20140131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;INTERVAL=2;SKIP=FORWARD", 3,
         "2014-01-31 2014-03-31 2014-05-31"},
        {"20131231T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;INTERVAL=2;SKIP=FORWARD", 4,
         "2013-12-31 2014-03-01 2014-05-01 2014-07-01"},
        {"20140130T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=1,30", 5,
         "2014-01-30 2014-02-01 2014-03-01 2014-03-30 2014-04-01"},
        {"20140130T090000",
         "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=28,30;BYSETPOS=-1", 4,
         "2014-01-30 2014-03-01 2014-03-30 2014-04-30"},
        {"20140130T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=31;BYDAY=SA", 3,
         "2014-03-01 2014-05-31 2015-01-31"},
        {"20141231T090000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;BYYEARDAY=366", 3,
         "2015-01-01 2016-01-01 2016-12-31"},
        {"20141231T090000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;BYYEARDAY=366", 3,
         "2014-12-31 2015-12-31 2016-12-31"},
        // Counted from the end: left out.
        {"20140130T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=-31", 2,
         "2014-03-01 2014-05-01"},
    };
    for (const auto& example : examples)
        EXPECT_EQ(dates(example), example.expected) << example.start << " " << example.rule;
}

TEST(Rrule, ReadsTheTextLeniently) {
    const char* same[] = {
        "FREQ=WEEKLY;BYDAY=MO,FR",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,FR",
        "rrule:freq=weekly;byday=mo,fr",
        "  FREQ=WEEKLY;BYDAY=FR,MO\n",
        "RRULE:FREQ=WEEKLY;\r\n BYDAY=MO,FR\r\n",
        "RSCALE=GREGORIAN;FREQ=WEEKLY;SKIP=OMIT;BYDAY=MO,FR",
    };
    for (const auto* text : same)
        EXPECT_EQ(occurrences(rrule(text), "2026-01-01T00:00:00Z", 2),
                  "2026-01-02T09:00:00+00:00 2026-01-05T09:00:00+00:00")
            << text;
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
        {"FREQ=MONTHLY;BYMONTHDAY=0",
         "part BYMONTHDAY=0 (position 14): 0 is outside 1–31 and -31–-1"},
        {"FREQ=MONTHLY;BYMONTHDAY=32", "32 is outside"},
        {"FREQ=WEEKLY;BYDAY=1MO",
         "part BYDAY=1MO: a numbered weekday needs FREQ=MONTHLY or FREQ=YEARLY, this rule has "
         "FREQ=WEEKLY"},
        {"FREQ=WEEKLY;BYDAY=XX", "'XX' is not a weekday"},
        {"FREQ=MONTHLY;BYDAY=0MO", "the number is outside ±1–53"},
        {"FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY: not allowed with FREQ=WEEKLY"},
        {"FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY: not allowed with FREQ=MONTHLY"},
        {"FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO: needs FREQ=YEARLY"},
        {"FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "cannot stand beside BYWEEKNO"},
        {"FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS: needs another BY… part"},
        {"FREQ=DAILY;WKST=0", "part WKST=0"},
        {"FREQ=MONTHLY;SKIP=FORWARD", "SKIP: needs RSCALE=GREGORIAN"},
        {"RSCALE=CHINESE;FREQ=MONTHLY",
         "part RSCALE=CHINESE (position 1): only the GREGORIAN calendar is known"},
        {"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=SIDEWAYS", "expected OMIT, BACKWARD or FORWARD"},
        {"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYDAY=1MO",
         "cannot stand beside a numbered weekday"},
        {"RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;BYWEEKNO=1", "cannot stand beside BYWEEKNO"},
        {"FREQ=DAILY;COLOR=red", "part COLOR=red (position 12): unknown part"},
        {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never runs"},
        {"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "never runs"},
        {"FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=31", "never runs"},
        {"DTSTART:20260101T090000\nRRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=10", "never runs"},
        {"DTSTART:20260101T090000\nRRULE:FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29;INTERVAL=2",
         "INTERVAL is given twice"},
        {"DTSTART:20250101T090000\nRRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
         "never runs"},
        {"DTSTART:20260101T090000\nRRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO", "never runs"},
        {"FREQ=DAILY;UNTIL=20250101T000000Z", "nothing matches between its start"},
        {"DTSTART:20260101T090000\nRRULE:FREQ=DAILY;COUNT=1\nEXDATE:20260101T090000", "never runs"},
        {"DTSTART:20260101T090000", "neither an RRULE nor an RDATE"},
        {"DTSTART;TZID=Mars/Olympus:20260101T090000\nRRULE:FREQ=DAILY",
         "line 1: DTSTART: unknown time zone 'Mars/Olympus'"},
        {"DTSTART:20260230T090000\nRRULE:FREQ=DAILY", "'20260230T090000' is not a date or time"},
        {"BEGIN:VEVENT\nRRULE:FREQ=DAILY", "line 1: BEGIN is not known here"},
        {"DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;BYHOUR=9",
         "RRULE part BYHOUR: not allowed when DTSTART is a date without a time"},
        {"DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=HOURLY",
         "RRULE part FREQ: below DAILY it needs a DTSTART with a time"},
        {"DTSTART:20260101T090000\nRRULE:FREQ=DAILY\nRDATE;VALUE=DATE:20260301",
         "RDATE has a date without a time of day"},
        {"RRULE:FREQ=DAILY\nRDATE;VALUE=PERIOD:20260101T090000Z/PT1H",
         "VALUE=PERIOD is not accepted"},
    };
    for (const auto& [text, expected] : cases) {
        const std::string message = refusal(rrule(text));
        EXPECT_NE(message.find(expected), std::string::npos) << text << " → " << message;
    }
}

TEST(Rrule, RulesThatNeverRunAreRefused) {
    // Rules whose parts never meet, each by another road; all are found out at once (schedule_bench
    // has the times).
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
        ("RRULE:FREQ=HOURLY;BYHOUR=1,3,5\n"
         "EXRULE:FREQ=HOURLY;BYHOUR=1,5\nEXRULE:FREQ=HOURLY;BYHOUR=3"),
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=1;COUNT=1\nEXRULE:FREQ=DAILY",
    };
    for (const auto* text : dead)
        for (const auto* zone : {"UTC", "Europe/Chisinau"})
            EXPECT_NE(refusal(rrule(text, zone)).find("never runs"), std::string::npos)
                << text << " " << zone;
}

TEST(Rrule, FloodsAreRefused) {
    ScheduleSpec flood = rrule("FREQ=SECONDLY;INTERVAL=5");
    EXPECT_EQ(refusal(flood), "");
    flood.min_interval = std::chrono::seconds(60);
    EXPECT_NE(refusal(flood).find("runs 5 s apart"), std::string::npos) << refusal(flood);
}

TEST(Once, FormsAndErrors) {
    for (const auto* text : {"2026-03-01T10:00:00+02:00", "2026-03-01T10:00", "2026-03-01 10:00",
                             "20260301T080000Z", "2026-03-01T10:00+02", "2026-03-01T08:00:00.000Z"})
        EXPECT_EQ(occurrences(once(text, "Europe/Chisinau"), "2026-01-01T00:00:00Z", 2),
                  "2026-03-01T10:00:00+02:00")
            << text;
    EXPECT_EQ(occurrences(once("2026-03-01T10:00:00.25"), "2026-01-01T00:00:00Z", 1),
              "2026-03-01T10:00:00.25+00:00");
    const std::pair<const char*, const char*> wrong[] = {
        {"", "the date is not readable"},
        {"tomorrow", "the date is not readable"},
        {"2026-02-30T10:00", "there is no such date"},
        {"2026-03-01", "the time of day is missing"},
        {"2026-03-01T25:00", "there is no such time of day"},
        {"2026-03-01T10:00garbage", "unexpected text after the time (position 17)"},
        {"2026-03-01T10:00Zx", "unexpected text"},
        {"2026-03-01T10:00:00.", "1 to 9 digits"},
        {"2026-03-01T10:00+25:00", "the offset"},
    };
    for (const auto& [text, expected] : wrong)
        EXPECT_NE(refusal(once(text)).find(expected), std::string::npos)
            << text << " → " << refusal(once(text));
}

// Goal: next_after is strictly increasing and agrees with the enumeration from wherever it starts.
TEST(Schedule, NextAfterAgreesWithEnumeration) {
    const ScheduleSpec specs[] = {
        cron("*/7 * * * *", "Europe/Chisinau"),
        cron("30 3 * * *", "Europe/Chisinau"),
        cron("15 1,2,3 * 3,10 SUN", "Europe/Kyiv"),
        with_dst(cron("*/9 30 1 * * *", "Australia/Lord_Howe"), "shift", "both"),
        rrule("FREQ=HOURLY;INTERVAL=5;BYMINUTE=0,30", "Australia/Lord_Howe"),
        rrule("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1,2", "America/New_York"),
        with_dst(rrule("FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,15,30,45", "Europe/Chisinau"), "shift",
                 "both"),
        rrule("FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO,SU"),
        rrule("DTSTART:20260101T000000\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY;INTERVAL=2\nRDATE:"
              "20260102T120000"),
    };
    for (const auto& spec : specs) {
        const auto schedule = Schedule::parse(spec);
        ASSERT_TRUE(schedule.ok()) << schedule.error().message;
        std::vector<WallTime> all;
        for (auto t = schedule->next_after(at("2026-03-01T00:00:00Z")); t && all.size() < 1500;
             t = schedule->next_after(*t)) {
            if (!all.empty()) {
                ASSERT_LT(all.back(), *t) << spec.expr;
            }
            all.push_back(*t);
        }
        ASSERT_GE(all.size(), 100u) << spec.expr;
        for (size_t i = 1; i < all.size(); i += 3) {
            EXPECT_EQ(schedule->next_after(all[i] - std::chrono::microseconds(1)), all[i])
                << spec.expr;
            EXPECT_EQ(schedule->next_after(all[i - 1] + (all[i] - all[i - 1]) / 2), all[i])
                << spec.expr;
        }
    }
}

}  // namespace
}  // namespace ordinaut::schedule
