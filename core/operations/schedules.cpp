#include "condition/describe.h"
#include "condition/source.h"
#include "events/topic_pattern.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "schedule/calendar.h"
#include "schedule/describe.h"
#include "schedule/schedule.h"

namespace ordinaut::operations {
namespace {

struct InWords {
    std::string en, ro, ru;
};

void write_words(JsonWriter& writer, const InWords& words) {
    writer.begin_object()
        .field("en", words.en)
        .field("ro", words.ro)
        .field("ru", words.ru)
        .end_object();
}

// In English alone, as always; and the same ones in all languages.
void write_warnings(JsonWriter& writer, const std::vector<InWords>& warnings) {
    writer.key("warnings").begin_array();
    for (const auto& warning : warnings) writer.string(warning.en);
    writer.end_array().key("warning_texts").begin_array();
    for (const auto& warning : warnings) write_words(writer, warning);
    writer.end_array();
}

void write_calendar(JsonWriter& writer, const schedule::Schedule& schedule, int year) {
    writer.key("calendar").begin_object().field("year", year).key("days").begin_array();
    for (const auto& day : schedule::days_of_year(schedule, std::chrono::year(year))) {
        const auto midnight = std::chrono::sys_days(day.date);
        writer.begin_object()
            .field("date", format_time(midnight).substr(0, 10))
            .field("runs", day.runs)
            .end_object();
    }
    writer.end_array().end_object();
}

// A condition has no times that are known in advance; what it does is said all the same.
Result<Reply> preview_condition(Services& services, const Call& call) {
    Task task;
    task.schedule_kind = ScheduleKind::kCondition;
    task.schedule_expr = text_of(call, "schedule_expr");
    if (const JsonValue* value = find(call.input, "condition"))
        task.condition = condition_from(*value);
    TRY(condition::check(task, &services.tools));
    JsonWriter writer;
    writer.begin_object().key("occurrences").begin_array().end_array();
    write_words(writer.key("description"),
                {condition::describe(task, condition::Language::kEnglish),
                 condition::describe(task, condition::Language::kRomanian),
                 condition::describe(task, condition::Language::kRussian)});
    write_warnings(writer,
                   {{"when it runs depends on what its source answers: no times can be listed",
                     "când rulează depinde de ce răspunde sursa: nu se poate da o listă de ore",
                     "время запуска зависит от ответа источника: список времён дать нельзя"}});
    return Reply{.body_json = writer.end_object().take()};
}

// An event has no times; what it says of itself is which topics it waits for.
Result<Reply> preview_event(const std::string& topic) {
    if (const Status pattern = events::check_pattern(topic); !pattern.ok())
        return invalid("/schedule_expr", pattern.error().details.front().message);
    const bool many = events::has_wildcard(topic);
    JsonWriter writer;
    writer.begin_object().key("occurrences").begin_array().end_array();
    write_words(writer.key("description"),
                {(many ? "Whenever an event is published to a topic like '"
                       : "Whenever an event is published to '") +
                     topic + "'.",
                 (many ? "De fiecare dată când se publică un eveniment pe un subiect ca „"
                       : "De fiecare dată când se publică un eveniment pe „") +
                     topic + "”.",
                 (many ? "Каждый раз, когда публикуется событие с темой вида «"
                       : "Каждый раз, когда публикуется событие с темой «") +
                     topic + "»."});
    write_warnings(writer, {});
    return Reply{.body_json = writer.end_object().take()};
}

}  // namespace

Result<Reply> preview_schedule(Services& services, const Call& call) {
    const auto kind = find_name<ScheduleKind>(text_of(call, "schedule_kind"));
    if (kind == ScheduleKind::kCondition) return preview_condition(services, call);
    const WallTime now = services.clock.wall_now();
    const int year = static_cast<int>(integer_of(call, "year", 0));
    const std::string timezone = text_of(call, "timezone", services.settings.default_timezone);
    WallTime start = now;
    if (year != 0) {
        const auto zone = TRY(schedule::Zone::find(timezone));
        start =
            schedule::begin_of_day(std::chrono::local_days(std::chrono::year(year) / 1 / 1), zone) -
            std::chrono::microseconds(1);
    }
    const WallTime after = TRY(time_of(call, "after")).value_or(start);
    if (kind == ScheduleKind::kEvent) return preview_event(text_of(call, "schedule_expr"));
    Task task;
    task.schedule_kind = *kind;
    task.schedule_expr = text_of(call, "schedule_expr");
    task.timezone = timezone;
    const WallTime anchor = year == 0 ? after : std::min(after, now);
    task.schedule_anchor =
        TRY(time_of(call, "dtstart")).value_or(std::chrono::floor<std::chrono::minutes>(anchor));
    task.dst_gap = text_of(call, "dst_gap");
    task.dst_fold = text_of(call, "dst_fold");
    const auto parsed =
        TRY(schedule::Schedule::parse(schedule::spec_of(task, services.settings.min_interval)));
    const auto preview = parsed.preview(after, static_cast<int>(integer_of(call, "count", 10)));
    JsonWriter writer;
    writer.begin_object().key("occurrences").begin_array();
    for (const auto& occurrence : preview.occurrences)
        writer.begin_object()
            .field("utc", format_time(occurrence.utc))
            .field("local", occurrence.local)
            .end_object();
    write_words(writer.end_array().key("description"),
                {schedule::describe(parsed, schedule::Language::kEnglish),
                 schedule::describe(parsed, schedule::Language::kRomanian),
                 schedule::describe(parsed, schedule::Language::kRussian)});
    if (year != 0) write_calendar(writer, parsed, year);
    std::vector<InWords> warnings;
    for (const auto& warning : preview.warnings)
        warnings.push_back({schedule::describe(warning, schedule::Language::kEnglish),
                            schedule::describe(warning, schedule::Language::kRomanian),
                            schedule::describe(warning, schedule::Language::kRussian)});
    write_warnings(writer, warnings);
    return Reply{.body_json = writer.end_object().take()};
}

}  // namespace ordinaut::operations
