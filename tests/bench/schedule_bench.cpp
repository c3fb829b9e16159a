// What a preview and the scheduler pay for a schedule.
#include <benchmark/benchmark.h>

#include "schedule/schedule.h"

namespace {

using namespace ordinaut;

schedule::ScheduleSpec spec(ScheduleKind kind, std::string_view expr) {
    return {.kind = kind, .expr = expr, .timezone = "Europe/Chisinau", .anchor = *parse_time("2016-03-01T06:00:00Z"), .dst_gap = {}, .dst_fold = {}};
}
constexpr std::string_view kWeekdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=0";

void parse_weekday_rule(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(schedule::Schedule::parse(spec(ScheduleKind::kRrule, kWeekdays)));
}
BENCHMARK(parse_weekday_rule);

void next_after_weekday_rule(benchmark::State& state) {
    const auto schedule = schedule::Schedule::parse(spec(ScheduleKind::kRrule, kWeekdays));
    WallTime at = *parse_time("2026-03-01T06:00:00Z");
    for (auto _ : state) benchmark::DoNotOptimize(at = *schedule->next_after(at));
}
BENCHMARK(next_after_weekday_rule);

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
