#include "schedule/cron.h"

#include "tests/schedule/support.h"

namespace ordinaut::schedule {
namespace {

// The days (month-day) of the next occurrences after 2026-01-01T00:00:00Z.
std::string days(std::string_view expr, int count) {
    const auto schedule = Schedule::parse(cron(expr));
    if (!schedule) return schedule.error().message;
    std::string text;
    for (const auto& occurrence : schedule->preview(at("2026-01-01T00:00:00Z"), count).occurrences)
        text += (text.empty() ? "" : " ") + occurrence.local.substr(5, 5);
    return text;
}

TEST(Cron, Days) {
    const std::tuple<const char*, int, const char*> cases[] = {
        {"0 9 * * MON-FRI", 3, "01-01 01-02 01-05"},
        {"0 9 * * 0", 2, "01-04 01-11"},
        {"0 9 * * 7", 2, "01-04 01-11"},
        {"0 9 * * sat-sun", 3, "01-03 01-04 01-10"},
        {"0 9 * * 5-7", 3, "01-02 01-03 01-04"},
        {"0 9 13 * FRI", 4, "01-02 01-09 01-13 01-16"},  // POSIX: either.
        {"0 9 */10 * FRI", 2, "05-01 07-31"},            // Begins with *: both.
        {"0 9 L * *", 3, "01-31 02-28 03-31"},
        {"0 9 L-2 * ?", 2, "01-29 02-26"},
        {"0 9 LW * *", 3, "01-30 02-27 03-31"},
        {"0 9 15W * *", 3, "01-15 02-16 03-16"},
        {"0 9 1W * *", 3, "01-01 02-02 03-02"},  // 1 February is a Sunday.
        {"0 9 1W 8 *", 1, "08-03"},              // 1 August is a Saturday: not back into July.
        {"0 9 31W * *", 2, "01-30 03-31"},
        {"0 9 ? * 5L", 2, "01-30 02-27"},
        {"0 9 ? * FRI#2", 2, "01-09 02-13"},
        {"0 9 * * 1#5", 2, "03-30 06-29"},
        {"0 9 1,15 JAN,jul *", 4, "01-01 01-15 07-01 07-15"},
        {"0 0 29 2 *", 2, "02-29 02-29"},
        {"@yearly", 1, "01-01"},
        {"@weekly", 1, "01-04"},
    };
    for (const auto& [expr, count, expected] : cases)
        EXPECT_EQ(days(expr, count), expected) << expr;
}

TEST(Cron, Times) {
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {"* * * * *", "2026-01-01T00:00:30Z", "00:01:00 00:02:00 00:03:00"},
        {"*/20 9-10 * * *", "2026-01-01T09:30:00Z", "09:40:00 10:00:00 10:20:00"},
        {"5/25 12 * * *", "2026-01-01T09:30:00Z", "12:05:00 12:30:00 12:55:00"},
        {"0-30/15 8 * * *", "2026-01-01T00:00:00Z", "08:00:00 08:15:00 08:30:00"},
        {"*/20 30 9 * * *", "2026-01-01T00:00:00Z", "09:30:00 09:30:20 09:30:40"},
        {"0 0 9,17 * * *", "2026-01-01T09:00:00Z", "17:00:00 09:00:00 17:00:00"},
        {"  @hourly  ", "2026-01-01T09:00:00Z", "10:00:00 11:00:00 12:00:00"},
        {"0\t9\t*\t*\t*", "2026-01-01T09:00:00Z", "09:00:00 09:00:00 09:00:00"},
    };
    for (const auto& [expr, after, expected] : cases) {
        std::string text;
        for (const auto& occurrence :
             Schedule::parse(cron(expr))->preview(at(after), 3).occurrences)
            text += (text.empty() ? "" : " ") + occurrence.local.substr(11, 8);
        EXPECT_EQ(text, expected) << expr;
    }
}

TEST(Cron, ErrorsPointAtTheField) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "this one has 0"},
        {"* * * *", "this one has 4"},
        {"60 * * * *", "field 'minute' has 60, outside 0–59 (position 1)"},
        {"0 25 * * *", "field 'hour' has 25, outside 0–23 (position 3)"},
        {"0 9 0 * *", "field 'day of month' has 0, outside 1–31 (position 5)"},
        {"0 9 32 * *", "field 'day of month' has 32"},
        {"0 9 * 13 *", "field 'month' has 13, outside 1–12 (position 7)"},
        {"0 9 * FOO *", "field 'month' has 'FOO'; expected a number 1–12 or JAN–DEC"},
        {"0 9 * * 8", "field 'day of week' has 8, outside 0–7"},
        {"0 9 * * FRI-MON", "runs backwards"},
        {"0 9 * * L", "field 'day of week' has 'L' without a day"},
        {"0 9 * * 5#6", "after '#' comes 1–5"},
        {"*/0 * * * *", "field 'minute' has the step '0'; a step is a number from 1 (position 3)"},
        {"*/61 * * * *", "larger than its range"},
        {"1,,2 * * * *", "field 'minute' has an empty item in its list (position 3)"},
        {"1, * * * *", "empty item"},
        {"? * * * *", "field 'minute' cannot be '?'"},
        {"0 9 ?,1 * *", "stands alone"},
        {"0 9 32W * *", "field 'day of month' has '32W'"},
        {"x * * * *", "field 'minute' has 'x'; expected a number 0–59"},
        {"-1 * * * *", "field 'minute' has '-1'"},
        {"1- * * * *", "field 'minute' has ''"},
        {"0 99999999999999999999 * * *", "field 'hour' has '99999999999999999999'"},
        {"@reboot", "'@reboot' is not a known macro"},
        {"0 0 30 2 *", "never runs"},
        {"0 0 31 4,6,9,11 *", "never runs"},
        {"0 0 L-30 2 *", "never runs"},
    };
    for (const auto& [expr, expected] : cases) {
        const auto schedule = Schedule::parse(cron(expr));
        ASSERT_FALSE(schedule.ok()) << expr;
        EXPECT_EQ(schedule.error().code, ErrorCode::kInvalid);
        EXPECT_EQ(schedule.error().details.front().pointer, "/schedule_expr");
        EXPECT_NE(schedule.error().message.find(expected), std::string::npos)
            << expr << " → " << schedule.error().message;
    }
}

}  // namespace
}  // namespace ordinaut::schedule
