#include "base/clock.h"

#include <gtest/gtest.h>

namespace ordinaut {
namespace {

TEST(Time, RoundTripsAndNormalisesOffsets) {
    EXPECT_EQ(format_time(*parse_time("2026-03-01T10:00:00+02:00")), "2026-03-01T08:00:00Z");
    EXPECT_EQ(format_time(*parse_time("2026-03-01T08:00:00.120Z")), "2026-03-01T08:00:00.12Z");
    EXPECT_EQ(format_time(*parse_time("0001-01-01T00:00:00Z")), "0001-01-01T00:00:00Z");
    EXPECT_EQ(format_time(*parse_time("9999-12-31T23:59:60Z")), "9999-12-31T23:59:59Z");
}

TEST(Time, NamesWhatIsWrong) {
    const std::pair<const char*, const char*> cases[] = {
        {"2026-02-30T08:00:00Z", "no such date"},     {"2026-03-01T24:00:00Z", "time of day"},
        {"2026-03-01T08:00:00", "needs 'Z'"},         {"2026-03-01", "is not a time"},
        {"2026-03-01T08:00:00.Z", "fraction"},        {"2026-03-01T08:00:00+2:00", "needs 'Z'"},
        {"2026-03-01T08:00:00Zgarbage", "needs 'Z'"},
    };
    for (const auto& [text, expected] : cases) {
        const auto parsed = parse_time(text);
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_NE(parsed.error().message.find(expected), std::string::npos)
            << parsed.error().message;
    }
}

TEST(ManualClock, MovesOnlyWhenTold) {
    ManualClock clock(*parse_time("2026-01-01T00:00:00Z"));
    const auto mono = clock.mono_now();
    clock.advance(std::chrono::seconds(31));
    EXPECT_EQ(format_time(clock.wall_now()), "2026-01-01T00:00:31Z");
    EXPECT_EQ(clock.mono_now() - mono, std::chrono::seconds(31));
}

}  // namespace
}  // namespace ordinaut
