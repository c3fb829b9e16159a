// What a preview and the scheduler pay for a schedule.
#include <benchmark/benchmark.h>

#include "schedule/schedule.h"

namespace {

using namespace ordinaut;

schedule::ScheduleSpec spec(ScheduleKind kind, std::string_view expr) {
    return {.kind = kind,
            .expr = expr,
            .timezone = "Europe/Chisinau",
            .anchor = *parse_time("2016-03-01T06:00:00Z"),
            .dst_gap = {},
            .dst_fold = {}};
}
constexpr std::string_view kWeekdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=0";

void parse_weekday_rule(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(schedule::Schedule::parse(spec(ScheduleKind::kRrule, kWeekdays)));
}
BENCHMARK(parse_weekday_rule);

void next_after_weekday_rule(benchmark::State& state) {
    const auto schedule = schedule::Schedule::parse(spec(ScheduleKind::kRrule, kWeekdays));
    WallTime at = *parse_time("2026-03-01T06:00:00Z");
    for (auto _ : state) benchmark::DoNotOptimize(at = *schedule->next_after(at));
}
BENCHMARK(next_after_weekday_rule);

// The same rule with DTSTART fifty years ago and yesterday: the age costs nothing.
void next_after_by_age(benchmark::State& state) {
    auto old = spec(ScheduleKind::kRrule, kWeekdays);
    old.anchor = *parse_time("2026-02-28T06:00:00Z") - std::chrono::days(365 * state.range(0));
    const auto schedule = schedule::Schedule::parse(old);
    WallTime at = *parse_time("2026-03-01T06:00:00Z");
    for (auto _ : state) benchmark::DoNotOptimize(at = *schedule->next_after(at));
}
BENCHMARK(next_after_by_age)->Arg(0)->Arg(50);

// Rules that never run, by the part of the search that has to find it out.
constexpr std::string_view kDead[] = {
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "DTSTART:20260101T090000\nRRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO",
    "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=10",
    "DTSTART:20260106T090000\nRRULE:FREQ=HOURLY;INTERVAL=168;BYDAY=MO",
    "DTSTART:20260106T090000\nRRULE:FREQ=SECONDLY;INTERVAL=86399;BYHOUR=10;BYMINUTE=0;BYSECOND=0;"
    "BYMONTH=1,2,3,4,5,6",
    "RRULE:FREQ=MINUTELY\nEXRULE:FREQ=MINUTELY",
    "RRULE:FREQ=HOURLY;BYHOUR=1,3,5\nEXRULE:FREQ=HOURLY;BYHOUR=1,5\nEXRULE:FREQ=HOURLY;BYHOUR=3",
};
void refuse_dead_rule(benchmark::State& state) {
    for (auto _ : state) {
        const auto schedule =
            schedule::Schedule::parse(spec(ScheduleKind::kRrule, kDead[state.range(0)]));
        if (schedule.ok()) state.SkipWithError("it runs");
    }
}
BENCHMARK(refuse_dead_rule)->DenseRange(0, std::size(kDead) - 1);

void next_after_cron(benchmark::State& state) {
    const auto schedule = schedule::Schedule::parse(spec(ScheduleKind::kCron, "0 8 * * 1-5"));
    WallTime at = *parse_time("2026-03-01T06:00:00Z");
    for (auto _ : state) benchmark::DoNotOptimize(at = *schedule->next_after(at));
}
BENCHMARK(next_after_cron);

void preview_ten(benchmark::State& state) {
    for (auto _ : state) {
        const auto schedule = schedule::Schedule::parse(spec(ScheduleKind::kRrule, kWeekdays));
        benchmark::DoNotOptimize(schedule->preview(*parse_time("2026-03-01T06:00:00Z"), 10));
    }
}
BENCHMARK(preview_ten);

}  // namespace
