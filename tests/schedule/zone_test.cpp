#include "schedule/zone.h"

#include "schedule/posix_tz.h"
#include "tests/schedule/support.h"

namespace ordinaut::schedule {
namespace {
using namespace std::chrono;

TEST(Zone, KnowsDaylightSavingInEveryYear) {
    const std::pair<const char*, std::pair<const char*, const char*>> cases[] = {
        {"Europe/Chisinau", {"2026-07-01T00:00:00Z", "2026-07-01T03:00:00+03:00"}},
        {"Europe/Chisinau", {"2040-07-01T00:00:00Z", "2040-07-01T03:00:00+03:00"}},
        {"Europe/Chisinau", {"2040-01-01T00:00:00Z", "2040-01-01T02:00:00+02:00"}},
        {"America/New_York", {"2099-07-01T12:00:00Z", "2099-07-01T08:00:00-04:00"}},
        {"America/New_York", {"2099-12-01T12:00:00Z", "2099-12-01T07:00:00-05:00"}},
        {"America/New_York", {"7999-07-01T12:00:00Z", "7999-07-01T08:00:00-04:00"}},
        {"Australia/Lord_Howe", {"2060-01-15T00:00:00Z", "2060-01-15T11:00:00+11:00"}},
        {"Australia/Lord_Howe", {"2060-07-15T00:00:00Z", "2060-07-15T10:30:00+10:30"}},
        {"Europe/Dublin", {"2050-07-01T00:00:00Z", "2050-07-01T01:00:00+01:00"}},
        {"Asia/Kathmandu", {"2050-07-01T00:00:00Z", "2050-07-01T05:45:00+05:45"}},
        {"America/Argentina/Buenos_Aires", {"2026-07-01T00:00:00Z", "2026-06-30T21:00:00-03:00"}},
        {"Antarctica/Troll", {"2070-07-01T00:00:00Z", "2070-07-01T02:00:00+02:00"}},
        {"UTC", {"2026-07-01T00:00:00Z", "2026-07-01T00:00:00+00:00"}},
    };
    for (const auto& [name, times] : cases) {
        const auto zone = Zone::find(name);
        ASSERT_TRUE(zone.ok()) << name;
        EXPECT_EQ(format_local(at(times.first), *zone), times.second) << name;
    }
}

// The footer's rule and the table agree where both speak: the last tabulated year against the same
// year by rule.
TEST(Zone, FooterContinuesTheTable) {
    for (const auto* name :
         {"Europe/Chisinau", "Europe/Kyiv", "America/New_York", "Australia/Sydney"}) {
        const Zone zone = *Zone::find(name);
        for (int y = 2030; y <= 2100; ++y) {
            int changes = 0;
            const SysTime begin = sys_days(year{y} / January / 1),
                          end = sys_days(year{y + 1} / January / 1);
            for (auto s = zone.segment(begin); s.end < end; s = zone.segment(s.end)) ++changes;
            EXPECT_EQ(changes, 2) << name << " " << y;
        }
    }
}

TEST(Zone, SegmentsTileTimeWithoutHoles) {
    for (const auto* name :
         {"Europe/Chisinau", "Pacific/Apia", "Africa/Casablanca", "Antarctica/Troll"}) {
        const Zone zone = *Zone::find(name);
        auto segment = zone.segment(sys_days(year{1850} / January / 1));
        for (int i = 0; i < 1500 && segment.end < sys_days(year{9000} / January / 1); ++i) {
            const auto next = zone.segment(segment.end);
            ASSERT_EQ(next.begin, segment.end) << name;
            ASSERT_LT(next.begin, next.end) << name;
            segment = next;
        }
    }
}

TEST(Zone, UnknownNamesAreRefusedWithTheNearest) {
    EXPECT_NE(Zone::find("Europe/Chisinu").error().message.find("did you mean Europe/Chisinau?"),
              std::string::npos);
    EXPECT_NE(Zone::find("chisinau").error().message.find("Europe/Chisinau"), std::string::npos);
    for (const auto* name : {"", "Mars/Olympus", "../../etc/passwd", "localtime", "posix/UTC",
                             "EST5EDT,M3.2.0,M11.1.0"}) {
        const auto zone = Zone::find(name);
        ASSERT_FALSE(zone.ok()) << name;
        EXPECT_EQ(zone.error().code, ErrorCode::kInvalid);
        EXPECT_EQ(zone.error().details.front().pointer, "/timezone");
    }
}

TEST(PosixTz, ReadsRulesAndRefusesOthers) {
    const auto lord_howe = PosixTz::parse("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
    ASSERT_TRUE(lord_howe && lord_howe->daylight);
    EXPECT_EQ(lord_howe->daylight->offset, hours(11));
    const auto changes = lord_howe->transitions(2026);
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_EQ(format_time(changes[0].at), "2026-04-04T15:00:00Z");
    EXPECT_EQ(format_time(changes[1].at), "2026-10-03T15:30:00Z");
    EXPECT_TRUE(PosixTz::parse("<+0545>-5:45") && !PosixTz::parse("<+0545>-5:45")->daylight);
    EXPECT_EQ(format_time(PosixTz::parse("AAA3BBB,J60/0,J300/0")->transitions(2028)[0].at),
              "2028-03-01T03:00:00Z");
    for (const auto* text :
         {"", "EET", "EET-2EEST", "EET-2EEST,M13.5.0,M10.5.0", "EET-2EEST,M3.5.0", "EET-2x", "<+1"})
        EXPECT_FALSE(PosixTz::parse(text)) << text;
}

}  // namespace
}  // namespace ordinaut::schedule
