#include "schedule/describe.h"

#include "tests/schedule/support.h"

namespace ordinaut::schedule {
namespace {

struct Case {
    ScheduleSpec spec;
    const char *english, *romanian, *russian;
};

TEST(Describe, SaysExactlyWhatTheScheduleDoes) {
    const Case cases[] = {
        {cron("30 8 * * MON-FRI", "Europe/Chisinau"), "Monday to Friday at 08:30 (Europe/Chisinau).",
         "De luni până vineri la 08:30 (Europe/Chisinau).", "С понедельника по пятницу в 08:30 (Europe/Chisinau)."},
        {cron("0 9 * * *"), "Every day at 09:00 (UTC).", "În fiecare zi la 09:00 (UTC).", "Каждый день в 09:00 (UTC)."},
        {cron("*/15 9-17 * * 1"), "Every 15 minutes, in the hours 09–17, on Mondays (UTC).",
         "La fiecare 15 minute, la orele 09–17, lunea (UTC).", "Каждые 15 минут, в часы 09–17, по понедельникам (UTC)."},
        {cron("5 * * * *"), "At minute 05 of every hour (UTC).", "La minutul 05 al fiecărei ore (UTC).", "В минуту 05 каждого часа (UTC)."},
        {cron("0 9 1,15 * FRI"), "On days 1 and 15 of the month or on Fridays at 09:00 (UTC).",
         "În zilele 1 și 15 ale lunii sau vinerea la 09:00 (UTC).", "1-го и 15-го числа месяца или по пятницам в 09:00 (UTC)."},
        {cron("0 9 L 1,7 *"), "On the last day of the month at 09:00, in January and July (UTC).",
         "În ultima zi a lunii la 09:00, în ianuarie și iulie (UTC).", "В последний день месяца в 09:00, в январе и июле (UTC)."},
        {cron("0 9 * * 5#2"), "On the second Friday of the month at 09:00 (UTC).",
         "În a doua vineri a lunii la 09:00 (UTC).", "Во вторую пятницу месяца в 09:00 (UTC)."},
        {cron("0 9 31 * *"), "On day 31 of the month at 09:00, only where that date exists (UTC).",
         "În ziua 31 a lunii la 09:00, doar când data există (UTC).", "31-го числа месяца в 09:00, только если такая дата есть (UTC)."},
        {cron("0 9 15W * *"), "Minute 0; hour 9; day of month 15W; month *; day of week * (UTC).",
         "Minutul 0; ora 9; ziua lunii 15W; luna *; ziua săptămânii * (UTC).",
         "Минута 0; час 9; день месяца 15W; месяц *; день недели * (UTC)."},
        {rrule("FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=8,17;BYMINUTE=30", "Europe/Chisinau"),
         "On Mondays and Wednesdays at 08:30 and 17:30 (Europe/Chisinau).",
         "Lunea și miercurea la 08:30 și 17:30 (Europe/Chisinau).",
         "По понедельникам и средам в 08:30 и 17:30 (Europe/Chisinau)."},
        {rrule("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=10"), "Every 2 weeks on Tuesdays at 09:00, counted from 2026-01-01 09:00, 10 times (UTC).",
         "La fiecare 2 săptămâni marțea la 09:00, numărând de la 2026-01-01 09:00, de 10 ori (UTC).",
         "Каждые 2 недели по вторникам в 09:00, считая от 2026-01-01 09:00, всего 10 раз (UTC)."},
        {rrule("FREQ=MONTHLY;BYDAY=-1SU;UNTIL=20271231T235959Z"), "On the last Sunday of the month at 09:00, until 2027-12-31 23:59:59 UTC (UTC).",
         "În ultima duminică a lunii la 09:00, până la 2027-12-31 23:59:59 UTC (UTC).",
         "В последнее воскресенье месяца в 09:00, до 2027-12-31 23:59:59 UTC включительно (UTC)."},
        {rrule("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"), "On the last working day (Monday to Friday) of the month at 09:00 (UTC).",
         "În ultima zi lucrătoare (luni–vineri) a lunii la 09:00 (UTC).",
         "В последний рабочий день месяца (понедельник–пятница) в 09:00 (UTC)."},
        {rrule("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25"), "Every year on 25 December at 09:00 (UTC).",
         "În fiecare an pe 25 decembrie la 09:00 (UTC).", "Каждый год 25 декабря в 09:00 (UTC)."},
        {rrule("FREQ=DAILY;INTERVAL=21"), "Every 21 days at 09:00, counted from 2026-01-01 09:00 (UTC).",
         "La fiecare 21 de zile la 09:00, numărând de la 2026-01-01 09:00 (UTC).",
         "Каждый 21 день в 09:00, считая от 2026-01-01 09:00 (UTC)."},
        {rrule("FREQ=MINUTELY;INTERVAL=90"), "Every 90 minutes, counted from 2026-01-01 09:00 (UTC).",
         "La fiecare 90 de minute, numărând de la 2026-01-01 09:00 (UTC).", "Каждые 90 минут, считая от 2026-01-01 09:00 (UTC)."},
        {rrule("FREQ=YEARLY;BYWEEKNO=20"), "By the rule FREQ=YEARLY;BYWEEKNO=20, counted from 2026-01-01 09:00 (UTC).",
         "După regula FREQ=YEARLY;BYWEEKNO=20, numărând de la 2026-01-01 09:00 (UTC).",
         "По правилу FREQ=YEARLY;BYWEEKNO=20, считая от 2026-01-01 09:00 (UTC)."},
        {once("2026-03-01T10:00", "Europe/Chisinau"), "Once, at 2026-03-01T10:00:00+02:00 (Europe/Chisinau).",
         "O singură dată, la 2026-03-01T10:00:00+02:00 (Europe/Chisinau).", "Один раз, в 2026-03-01T10:00:00+02:00 (Europe/Chisinau)."},
    };
    for (const auto& c : cases) {
        const auto schedule = Schedule::parse(c.spec);
        ASSERT_TRUE(schedule.ok()) << c.spec.expr << ": " << schedule.error().message;
        EXPECT_EQ(describe(*schedule, Language::kEnglish), c.english);
        EXPECT_EQ(describe(*schedule, Language::kRomanian), c.romanian);
        EXPECT_EQ(describe(*schedule, Language::kRussian), c.russian);
    }
}

}  // namespace
}  // namespace ordinaut::schedule
