// Goal: what a calendar excludes is exactly its days and events, in the right zone.
#include "schedule/exclusion_calendar.h"

#include <gtest/gtest.h>

namespace ordinaut::schedule {
namespace {

const Zone kChisinau = *Zone::find("Europe/Chisinau");

WallTime at(std::string_view text) { return *parse_time(text); }

ExclusionCalendar dates(std::string_view lines, std::string_view zone = "") {
    auto calendar = ExclusionCalendar::parse_dates(lines, zone);
    EXPECT_TRUE(calendar.ok()) << calendar.error().message;
    return std::move(*calendar);
}

std::string ical_text(const std::string& events) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + events + "END:VCALENDAR\r\n";
}
std::string event_text(const std::string& lines) {
    return "BEGIN:VEVENT\r\n" + lines + "END:VEVENT\r\n";
}

ExclusionCalendar ical(const std::string& events, std::string_view zone = "") {
    auto calendar = ExclusionCalendar::parse_ical(ical_text(events), zone);
    EXPECT_TRUE(calendar.ok()) << calendar.error().message;
    return std::move(*calendar);
}

std::string problem(const Result<ExclusionCalendar>& calendar) {
    EXPECT_FALSE(calendar.ok());
    if (calendar.ok()) return "";
    return calendar.error().details.front().pointer + " " +
           calendar.error().details.front().message;
}

TEST(ExclusionCalendar, DaysAreThoseOfTheScheduleUnlessTheCalendarNamesAZone) {
    const auto calendar = dates("2026-12-25\n# a comment\n2026-12-31/2027-01-02\n");
    EXPECT_EQ(calendar.entries(), 2u);
    EXPECT_FALSE(calendar.ask(at("2026-12-24T21:59:59Z"), kChisinau).excluded);
    // Midnight of the 25th there.
    EXPECT_TRUE(calendar.ask(at("2026-12-24T22:00:00Z"), kChisinau).excluded);
    EXPECT_FALSE(calendar.ask(at("2026-12-25T22:00:00Z"), kChisinau).excluded);
    EXPECT_TRUE(calendar.ask(at("2027-01-02T12:00:00Z"), kChisinau).excluded);
    const auto utc = dates("2026-12-25", "UTC");
    EXPECT_FALSE(utc.ask(at("2026-12-24T22:00:00Z"), kChisinau).excluded);
}

TEST(ExclusionCalendar, AnAnswerHoldsUntilItSays) {
    const auto calendar = dates("2026-12-26/2026-12-27\n2026-12-25");
    EXPECT_EQ(calendar.entries(), 1u);  // Neighbours are one range.
    auto answer = calendar.ask(at("2026-12-20T00:00:00Z"), kChisinau);
    EXPECT_EQ(answer.until, at("2026-12-24T22:00:00Z"));
    answer = calendar.ask(answer.until, kChisinau);
    EXPECT_TRUE(answer.excluded);
    EXPECT_EQ(answer.until, at("2026-12-27T22:00:00Z"));
    answer = calendar.ask(answer.until, kChisinau);
    EXPECT_FALSE(answer.excluded);
    EXPECT_EQ(answer.until, WallTime::max());
}

TEST(ExclusionCalendar, WrongDatesAreNamedByTheirPlace) {
    EXPECT_EQ(problem(ExclusionCalendar::parse_dates("2026-12-25\n2026-02-30", "")),
              "/dates/1 '2026-02-30' is not a date; expected 2026-12-25 or 2026-12-24/2027-01-02");
    EXPECT_EQ(problem(ExclusionCalendar::parse_dates("2026-12-25/2026-12-24", "")),
              "/dates/0 '2026-12-25/2026-12-24' ends before it begins");
    EXPECT_EQ(problem(ExclusionCalendar::parse_dates("2026-12-25", "Mars/Olympus")).substr(0, 9),
              "/timezone");
}

TEST(ExclusionCalendar, AnAllDayEventCoversTheDaysUpToItsEnd) {
    const auto calendar = ical(event_text(
        "UID:1\r\nSUMMARY:Easter\r\nDTSTART;VALUE=DATE:20260412\r\nDTEND;VALUE=DATE:20260414\r\n"));
    EXPECT_FALSE(calendar.ask(at("2026-04-11T20:59:59Z"), kChisinau).excluded);
    const auto answer = calendar.ask(at("2026-04-11T21:00:00Z"), kChisinau);
    EXPECT_TRUE(answer.excluded);
    EXPECT_EQ(answer.until, at("2026-04-13T21:00:00Z"));
}

TEST(ExclusionCalendar, ARecurringAllDayEventComesEveryYear) {
    const auto calendar = ical(event_text(
        "DTSTART;VALUE=DATE:20000101\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20270101\r\n"));
    EXPECT_TRUE(calendar.ask(at("2026-01-01T10:00:00Z"), kChisinau).excluded);
    EXPECT_FALSE(calendar.ask(at("2027-01-01T10:00:00Z"), kChisinau).excluded);
    EXPECT_TRUE(calendar.ask(at("2028-01-01T10:00:00Z"), kChisinau).excluded);
    EXPECT_FALSE(calendar.ask(at("2028-01-02T10:00:00Z"), kChisinau).excluded);
}

TEST(ExclusionCalendar, TimedEventsCountInTheirOwnZone) {
    const auto calendar = ical(event_text(
        "DTSTART;TZID=America/"
        "New_York:20260302T090000\r\nDURATION:PT1H30M\r\nRRULE:FREQ=WEEKLY;\r\n BYDAY=MO\r\n"));
    EXPECT_FALSE(calendar.ask(at("2026-03-02T13:59:59Z"), kChisinau).excluded);
    EXPECT_TRUE(calendar.ask(at("2026-03-02T14:00:00Z"), kChisinau).excluded);
    EXPECT_FALSE(calendar.ask(at("2026-03-02T15:30:00Z"), kChisinau).excluded);
    // Summer time there by now.
    EXPECT_TRUE(calendar.ask(at("2026-03-09T13:00:00Z"), kChisinau).excluded);
    const auto utc = ical(event_text("DTSTART:20260302T090000Z\r\nDTEND:20260302T100000Z\r\n"));
    EXPECT_TRUE(utc.ask(at("2026-03-02T09:30:00Z"), kChisinau).excluded);
    const auto floating = ical(event_text("DTSTART:20260302T090000\r\nDTEND:20260302T100000\r\n"));
    EXPECT_TRUE(floating.ask(at("2026-03-02T07:30:00Z"), kChisinau).excluded);
    EXPECT_FALSE(floating.ask(at("2026-03-02T09:30:00Z"), kChisinau).excluded);
}

TEST(ExclusionCalendar, MovedAndCancelledInstancesLeaveTheirSeries) {
    const std::string series = event_text(
        "UID:s\r\nDTSTART:20260302T090000Z\r\nDTEND:20260302T100000Z\r\nRRULE:FREQ=DAILY\r\n");
    const auto calendar = ical(
        series +
        event_text("UID:s\r\nRECURRENCE-ID:20260303T090000Z\r\nDTSTART:20260303T120000Z\r\nDTEND:"
                   "20260303T130000Z\r\n") +
        event_text("UID:s\r\nRECURRENCE-ID:20260304T090000Z\r\nDTSTART:20260304T090000Z\r\nSTATUS:"
                   "CANCELLED\r\n") +
        event_text(
            "UID:t\r\nDTSTART:20260301T000000Z\r\nDTEND:20260302T000000Z\r\nSTATUS:CANCELLED\r\n"));
    EXPECT_TRUE(calendar.ask(at("2026-03-02T09:30:00Z"), kChisinau).excluded);
    EXPECT_FALSE(calendar.ask(at("2026-03-03T09:30:00Z"), kChisinau).excluded);
    EXPECT_TRUE(calendar.ask(at("2026-03-03T12:30:00Z"), kChisinau).excluded);
    EXPECT_FALSE(calendar.ask(at("2026-03-04T09:30:00Z"), kChisinau).excluded);
    EXPECT_FALSE(calendar.ask(at("2026-03-01T09:30:00Z"), kChisinau).excluded);
}

TEST(ExclusionCalendar, OtherComponentsArePassedOver) {
    const auto calendar = ical(
        "BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nEND:"
        "STANDARD\r\nEND:VTIMEZONE\r\n" +
        event_text("DTSTART;VALUE=DATE:20260101\r\nX-THING;A=\"b:c\":d\r\nBEGIN:VALARM\r\nTRIGGER:-"
                   "PT5M\r\nDURATION:PT9H\r\nEND:VALARM\r\n"));
    EXPECT_EQ(calendar.entries(), 1u);
    EXPECT_TRUE(calendar.ask(at("2026-01-01T10:00:00Z"), kChisinau).excluded);
}

TEST(ExclusionCalendar, WhatDoesNotSayWhenMayBeAsItLikes) {
    const auto calendar = ExclusionCalendar::parse_ical(
        "\xEF\xBB\xBF" +
            ical_text(event_text("DTSTART;VALUE=DATE;ODD=1:20260101\r\nLOCATION:\r\n"
                                 "X-A;B=C:d\r\nDTSTAMP:never\r\nSUMMARY:New\\, \r\n Year\r\n")),
        "");
    ASSERT_TRUE(calendar.ok()) << calendar.error().message;
    EXPECT_TRUE(calendar->ask(at("2026-01-01T10:00:00Z"), kChisinau).excluded);
}

TEST(ExclusionCalendar, WrongFilesAreRefusedWithTheEventAndTheReason) {
    const auto said = [](const std::string& text) {
        return problem(ExclusionCalendar::parse_ical(text, ""));
    };
    EXPECT_EQ(said("hello"),
              "/ical 'hello' stands outside BEGIN:VCALENDAR … END:VCALENDAR; expected an iCalendar "
              "file (RFC 5545)");
    EXPECT_EQ(said(ical_text(event_text("DTSTART;VALUE=DATE:20260101\nhello\n"))),
              "/ical event 1: Got a data line, but could not find a property name or component "
              "begin tag: hello");
    EXPECT_EQ(said(std::string("BEGIN:VCALENDAR\n\0END:VCALENDAR\n", 32)),
              "/ical it contains a NUL byte; expected text");
    std::string crowded = "DTSTART";
    for (int i = 0; i < 1000; ++i) crowded += ";A=1";
    EXPECT_EQ(said(ical_text(event_text(crowded + ":20260101T000000Z\n"))),
              "/ical 'DTSTART;A=1;A=1;A=1;A=1;A=1;A=1;A=1;A=1;…' has more than 2048 bytes before "
              "its value");
    std::string deep;
    for (int i = 0; i < 11; ++i) deep += "BEGIN:VCALENDAR\n";
    EXPECT_EQ(said(deep), "/ical components are nested too deep");
    EXPECT_EQ(said(""), "/ical there is no BEGIN:VCALENDAR; expected an iCalendar file (RFC 5545)");
    EXPECT_EQ(said("BEGIN:VCALENDAR\nBEGIN:VEVENT\n"), "/ical BEGIN:VEVENT has no END");
    EXPECT_EQ(said(ical_text("END:VEVENT\n")), "/ical END:VEVENT has no BEGIN");
    EXPECT_EQ(said(ical_text(event_text("SUMMARY:x\n"))), "/ical event 1 (x): it has no DTSTART");
    EXPECT_EQ(said(ical_text(event_text("DTSTART:20260230T000000Z\n"))),
              "/ical event 1: DTSTART '20260230T000000Z' is not a date or time; expected 20260301 "
              "or 20260301T100000Z");
    EXPECT_EQ(said(ical_text(event_text("DTSTART:20260301T000000Z\nDTEND:20260201T000000Z\n"))),
              "/ical event 1: it ends before it begins");
    EXPECT_EQ(said(ical_text(event_text("DTSTART:20260301T000000Z\nDURATION:P1X\n"))),
              "/ical event 1: Can't parse as DURATION value in DURATION property: P1X");
    EXPECT_EQ(said(ical_text(event_text("DTSTART:20260301T000000Z\nDURATION:P400D\n"))),
              "/ical event 1: it is longer than 366 days");
    EXPECT_NE(
        said(ical_text(event_text("DTSTART:20260301T000000Z\nDURATION:P1D\nRRULE:FREQ=NEVER\n")))
            .find("event 1: "),
        std::string::npos);
    EXPECT_NE(said(ical_text(event_text("DTSTART;TZID=Nowhere:20260301T000000\nDURATION:P1D\n")))
                  .find("Nowhere"),
              std::string::npos);
    EXPECT_EQ(said(std::string(kCalendarBytesMax + 1, 'x')), "/ical larger than 256 KiB");
    std::string many;
    for (size_t i = 0; i <= kCalendarEventsMax; ++i)
        many += event_text("DTSTART;VALUE=DATE:20260101\n");
    EXPECT_EQ(said(ical_text(many)), "/ical more than 1000 events");
}

TEST(ExclusionSet, NamesTheFirstCalendarThatExcludes) {
    ExclusionSet set(kChisinau);
    set.add("holidays", std::make_shared<const ExclusionCalendar>(dates("2026-12-25/2026-12-26")));
    set.add("closed", std::make_shared<const ExclusionCalendar>(dates("2026-12-26/2026-12-28")));
    EXPECT_EQ(set.reason(at("2026-12-24T12:00:00Z")), "");
    EXPECT_EQ(set.reason(at("2026-12-25T12:00:00Z")), "excluded(holidays)");
    EXPECT_EQ(set.reason(at("2026-12-26T12:00:00Z")), "excluded(holidays)");
    EXPECT_EQ(set.reason(at("2026-12-27T12:00:00Z")), "excluded(closed)");
    EXPECT_EQ(set.reason(at("2026-12-29T12:00:00Z")), "");
    EXPECT_EQ(set.reason(at("2026-12-25T12:00:00Z")), "excluded(holidays)");  // Back in time too.
}

}  // namespace
}  // namespace ordinaut::schedule
