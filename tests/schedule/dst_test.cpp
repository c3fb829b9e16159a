// Goal: local time meets daylight saving as SEMANTICS promises, in the zones people live in.
// Method: tables.
#include "tests/schedule/support.h"

namespace ordinaut::schedule {
namespace {

// Europe/Chisinau 2026: gap 03:00–04:00 on 29 March, fold 03:00–04:00 on 25 October. Kyiv the same.
constexpr const char* kDaily = "DTSTART;TZID=Europe/Chisinau:20260328T033000\nRRULE:FREQ=DAILY";

TEST(Dst, RrulePoliciesInTheGap) {
    const auto in_gap = [](std::string_view policy) {
        return occurrences(with_dst(rrule(kDaily, "Europe/Chisinau"), policy),
                           "2026-03-28T12:00:00Z", 2);
    };
    EXPECT_EQ(in_gap(""), "2026-03-29T04:30:00+03:00 2026-03-30T03:30:00+03:00");
    EXPECT_EQ(in_gap("shift"), in_gap(""));
    EXPECT_EQ(in_gap("at_gap_end"), "2026-03-29T04:00:00+03:00 2026-03-30T03:30:00+03:00");
    EXPECT_EQ(in_gap("skip"), "2026-03-30T03:30:00+03:00 2026-03-31T03:30:00+03:00");
}

TEST(Dst, RrulePoliciesInTheFold) {
    const auto in_fold = [](std::string_view policy) {
        return occurrences(with_dst(rrule(kDaily, "Europe/Kyiv"), "", policy),
                           "2026-10-24T12:00:00Z", 2);
    };
    EXPECT_EQ(in_fold(""), "2026-10-25T03:30:00+03:00 2026-10-26T03:30:00+02:00");
    EXPECT_EQ(in_fold("first"), in_fold(""));
    EXPECT_EQ(in_fold("second"), "2026-10-25T03:30:00+02:00 2026-10-26T03:30:00+02:00");
    EXPECT_EQ(in_fold("both"), "2026-10-25T03:30:00+03:00 2026-10-25T03:30:00+02:00");
}

struct Case {
    const char *expr, *zone, *after;
    int count;
    const char* expected;
};

TEST(Dst, CronWithLiteralTimesKeepsLocalTime) {
    const Case cases[] = {
        {"30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", 2,
         "2026-03-08T03:00:00-04:00 2026-03-09T02:30:00-04:00"},
        {"30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2,
         "2026-11-01T01:30:00-04:00 2026-11-02T01:30:00-05:00"},
        {"15,45 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", 2,
         "2026-03-08T03:00:00-04:00 2026-03-09T02:15:00-04:00"},
        {"0 9 * * *", "Europe/Chisinau", "2026-03-28T12:00:00Z", 2,
         "2026-03-29T09:00:00+03:00 2026-03-30T09:00:00+03:00"},
        {"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", 2,
         "2026-10-04T02:30:00+11:00 2026-10-05T02:15:00+11:00"},
        {"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", 2,
         "2026-04-05T01:45:00+11:00 2026-04-06T01:45:00+10:30"},
        // 30 December 2011 did not exist in Samoa.
        {"0 9 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", 3,
         "2011-12-29T09:00:00-10:00 2011-12-31T00:00:00+14:00 2011-12-31T09:00:00+14:00"},
        {"0 2 * * *", "Antarctica/Troll", "2026-03-28T12:00:00Z", 1, "2026-03-29T03:00:00+02:00"},
        {"0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", 2,
         "2018-11-04T01:00:00-02:00 2018-11-05T00:00:00-02:00"},
        {"0 12 1 7 *", "Asia/Kathmandu", "2026-01-01T00:00:00Z", 1, "2026-07-01T12:00:00+05:45"},
        {"0 12 1 7 *", "Europe/Chisinau", "2090-01-01T00:00:00Z", 1, "2090-07-01T12:00:00+03:00"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(occurrences(cron(c.expr, c.zone), c.after, c.count), c.expected)
            << c.expr << " " << c.zone;
}

TEST(Dst, IntervalsCountElapsedTime) {
    const Case crons[] = {
        {"*/30 * * * *", "Europe/Chisinau", "2026-03-29T00:29:00Z", 3,
         "2026-03-29T02:30:00+02:00 2026-03-29T04:00:00+03:00 2026-03-29T04:30:00+03:00"},
        {"0 * * * *", "Europe/Chisinau", "2026-10-24T23:30:00Z", 3,
         "2026-10-25T03:00:00+03:00 2026-10-25T03:00:00+02:00 2026-10-25T04:00:00+02:00"},
        {"30 */3 * * *", "Europe/Chisinau", "2026-03-28T23:00:00Z", 2,
         "2026-03-29T06:30:00+03:00 2026-03-29T09:30:00+03:00"},
    };
    for (const auto& c : crons)
        EXPECT_EQ(occurrences(cron(c.expr, c.zone), c.after, c.count), c.expected) << c.expr;
    const Case rules[] = {
        {"DTSTART:20260329T010000\nRRULE:FREQ=HOURLY;INTERVAL=2", "Europe/Chisinau",
         "2026-03-28T22:59:00Z", 3,
         "2026-03-29T01:00:00+02:00 2026-03-29T04:00:00+03:00 2026-03-29T06:00:00+03:00"},
        {"DTSTART:20261025T020000\nRRULE:FREQ=HOURLY", "Europe/Chisinau", "2026-10-24T22:59:00Z", 4,
         "2026-10-25T02:00:00+03:00 2026-10-25T03:00:00+03:00 2026-10-25T03:00:00+02:00 "
         "2026-10-25T04:00:00+02:00"},
        {"DTSTART:20260101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=45;COUNT=3", "UTC",
         "2020-01-01T00:00:00Z", 9,
         "2026-01-01T00:00:00+00:00 2026-01-01T00:45:00+00:00 2026-01-01T01:30:00+00:00"},
    };
    for (const auto& c : rules)
        EXPECT_EQ(occurrences(rrule(c.expr, c.zone), c.after, c.count), c.expected) << c.expr;
}

TEST(Dst, OnceFollowsThePolicies) {
    EXPECT_EQ(occurrences(once("2026-03-29T03:30", "Europe/Chisinau"), "2026-01-01T00:00:00Z", 2),
              "2026-03-29T04:30:00+03:00");
    EXPECT_EQ(occurrences(with_dst(once("2026-10-25T03:30", "Europe/Chisinau"), "", "second"),
                          "2026-01-01T00:00:00Z", 2),
              "2026-10-25T03:30:00+02:00");
    EXPECT_NE(refusal(with_dst(once("2026-03-29T03:30", "Europe/Chisinau"), "skip"))
                  .find("does not exist"),
              std::string::npos);
}

}  // namespace
}  // namespace ordinaut::schedule
