#include "store/postgres/row.h"

#include <charconv>

#include "base/check.h"

namespace ordinaut::store::postgres {
namespace {
using namespace std::chrono;

// Reads decimal digits at `at` and moves past them.
int digits(std::string_view text, size_t& at) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
    CHECK(error == std::errc{});
    at = static_cast<size_t>(end - text.data());
    return value;
}

// "2026-03-01 08:00:00.25+02[:30[:15]]", DateStyle ISO in any time zone. libpq gives times only in
// this form.
WallTime parse_timestamp(std::string_view text) {
    size_t at = 0;
    const auto number_then_skip = [&] {
        const int value = digits(text, at);
        ++at;
        return value;
    };
    const int year_number = number_then_skip();
    const int month_number = number_then_skip();
    const int day_number = number_then_skip();
    const int hour = number_then_skip();
    const int minute = number_then_skip();
    int second = digits(text, at);
    int64_t micros = 0;
    if (at < text.size() && text[at] == '.') {
        const size_t start = ++at;
        micros = digits(text, at);
        for (size_t width = at - start; width < 6; ++width) micros *= 10;
    }
    CHECK(at < text.size() && (text[at] == '+' || text[at] == '-'));
    const int sign = text[at++] == '-' ? -1 : 1;
    int offset = 0;
    for (int unit = 3600; at < text.size() && unit > 0; unit /= 60, ++at)
        offset += digits(text, at) * unit;
    const sys_days date = year{year_number} / month{static_cast<unsigned>(month_number)} /
                          day{static_cast<unsigned>(day_number)};
    return date + hours{hour} + minutes{minute} + seconds{second - sign * offset} +
           microseconds{micros};
}
}  // namespace

std::string Row::text() {
    const auto field = next();
    return {field.c_str(), field.size()};
}
int64_t Row::number() {
    const auto field = next();
    return field.is_null() ? 0 : field.as<int64_t>();
}
double Row::real() { return real_or_null().value_or(0); }
std::optional<double> Row::real_or_null() {
    const auto field = next();
    if (field.is_null()) return std::nullopt;
    return field.as<double>();
}
bool Row::boolean() { return next().c_str()[0] == 't'; }
WallTime Row::time() {
    const auto field = next();
    CHECK(!field.is_null());
    return parse_timestamp({field.c_str(), field.size()});
}
std::optional<WallTime> Row::time_or_null() {
    const auto field = next();
    if (field.is_null()) return std::nullopt;
    return parse_timestamp({field.c_str(), field.size()});
}
std::vector<std::string> Row::texts() {
    std::vector<std::string> values;
    const auto field = next();
    if (field.is_null()) return values;
    auto parser = field.as_array();
    for (auto item = parser.get_next(); item.first != pqxx::array_parser::juncture::done;
         item = parser.get_next())
        if (item.first == pqxx::array_parser::juncture::string_value)
            values.push_back(std::move(item.second));
    return values;
}

Task Row::task() {
    Task task;
    task.id = text();
    task.title = text();
    task.description = text();
    task.owner = text();
    task.schedule_kind = from_name<ScheduleKind>(text());
    task.schedule_expr = text();
    task.timezone = text();
    task.schedule_anchor = time();
    task.dst_gap = text();
    task.dst_fold = text();
    task.payload_json = text();
    task.priority = integer();
    task.dedupe_key = text();
    task.dedupe_window_seconds = integer();
    task.max_retries = integer();
    task.backoff = from_name<Backoff>(text());
    task.concurrency_key = text();
    task.concurrency_limit = integer();
    task.overlap = from_name<Overlap>(text());
    task.misfire = from_name<Misfire>(text());
    task.catchup_max = integer();
    task.catchup_window_seconds = integer();
    task.jitter_seconds = integer();
    task.status = from_name<TaskStatus>(text());
    task.generation = number();
    task.version = number();
    task.created_at = time();
    task.updated_at = time();
    task.next_run_at = time_or_null();
    task.start_deadline_seconds = integer();
    task.pause_after_failures = integer();
    task.calendars = texts();
    task.paused_cursor = time_or_null();
    task.schedule_since = time();
    if (const std::string condition = text(); !condition.empty())
        task.condition = condition_from_stored(condition);
    return task;
}

Run Row::run() {
    Run run;
    run.id = text();
    run.task_id = text();
    run.owner = text();
    run.source = from_name<RunSource>(text());
    run.generation = number();
    run.nominal_at = time_or_null();
    run.state = from_name<RunState>(text());
    run.priority = integer();
    run.created_at = time();
    run.run_at = time();
    run.started_at = time_or_null();
    run.finished_at = time_or_null();
    run.attempt = integer();
    run.failures = integer();
    run.lease_losses = integer();
    run.worker = text();
    run.output_json = text();
    run.error_json = text();
    run.event_json = text();
    run.parent_id = text();
    run.trace_id = text();
    run.trigger_json = text();
    return run;
}

Step Row::step() {
    Step step;
    step.id = text();
    step.index = integer();
    step.tool = text();
    step.save_as = text();
    step.state = from_name<StepState>(text());
    step.attempt = integer();
    step.input_json = text();
    step.output_json = text();
    step.error_json = text();
    step.started_at = time_or_null();
    step.finished_at = time_or_null();
    return step;
}

std::optional<LastRun> Row::last_run() {
    if (next_is_null()) {
        skip(3);
        return std::nullopt;
    }
    LastRun last;
    last.id = text();
    last.state = text();
    last.finished_at = time_or_null();
    return last;
}

std::optional<ConditionState> Row::condition_state() {
    if (next_is_null()) {
        skip(2);
        return std::nullopt;
    }
    ConditionState state = condition_state_from_stored(text());
    state.next_evaluation_at = time_or_null();
    return state;
}

Calendar Row::calendar() {
    Calendar calendar;
    calendar.owner = text();
    calendar.name = text();
    calendar.kind = text() == "ical" ? CalendarKind::kIcal : CalendarKind::kDates;
    calendar.timezone = text();
    calendar.content = text();
    calendar.version = number();
    calendar.created_at = time();
    calendar.updated_at = time();
    return calendar;
}

Agent Row::agent() {
    Agent agent;
    agent.id = text();
    agent.name = text();
    agent.scopes = texts();
    agent.secret_hash = text();
    agent.enabled = boolean();
    agent.created_at = time();
    agent.updated_at = time();
    return agent;
}

}  // namespace ordinaut::store::postgres
