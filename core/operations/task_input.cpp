#include "operations/task_input.h"

#include "condition/source.h"
#include "events/topic_pattern.h"
#include "pipeline/definition.h"
#include "schedule/schedule.h"

namespace ordinaut::operations {
namespace {

using Problems = std::vector<ErrorDetail>;

void take_text(const JsonValue& input, std::string_view name, std::string& target) {
    const JsonValue* value = find(input, name);
    if (value == nullptr) return;
    target = value->IsNull() ? std::string() : std::string(view(*value));
}

void take_integer(const JsonValue& input, std::string_view name, int& target) {
    if (const JsonValue* value = find(input, name)) target = value->GetInt();
}

template <class Enum>
void take_name(const JsonValue& input, std::string_view name, Enum& target, std::string_view right,
               Problems& problems) {
    const JsonValue* value = find(input, name);
    if (value == nullptr) return;
    if (const auto known = find_name<Enum>(view(*value)))
        target = *known;
    else
        problems.push_back({pointer_child("", name), "'" + std::string(view(*value)) +
                                                         "' is unknown; " + std::string(right)});
}

void add(Problems& problems, const Error& error) {
    problems.insert(problems.end(), error.details.begin(), error.details.end());
}

// What a condition asks must exist, and a task it asks for must be its owner's.
Status check_condition(Services& services, const Task& task, Problems& problems) {
    const Status checked = condition::check(task, &services.tools);
    if (!checked.ok()) add(problems, checked.error());
    if (const auto zone = schedule::Zone::find(task.timezone); !zone.ok())
        add(problems, zone.error());
    if (!checked.ok()) return ok();
    const auto source =
        TRY(condition::Source::parse(TRY(parse_json(task.condition->source_json)), "", nullptr));
    if (source.kind() != condition::SourceKind::kTask) return ok();
    const auto watched = services.stores.tasks.get(source.task_id(), task.owner);
    if (watched.ok()) return ok();
    if (watched.error().code != ErrorCode::kNotFound) return watched.error();
    problems.push_back({"/condition/source/task_id", "the owner has no task with this id"});
    return ok();
}

Status take_condition(Services& services, const JsonValue& input, Task& task, Problems& problems) {
    const JsonValue* value = find(input, "condition");
    if (task.schedule_kind != ScheduleKind::kCondition) {
        task.condition.reset();
        if (value != nullptr)
            problems.push_back(
                {"/condition", "belongs to schedule_kind 'condition'; this task is of kind '" +
                                   std::string(name_of(task.schedule_kind)) + "'"});
        return ok();
    }
    if (value != nullptr) task.condition = condition_from(*value);
    return check_condition(services, task, problems);
}

void check_schedule(Services& services, const Task& task, Problems& problems) {
    if (task.schedule_kind == ScheduleKind::kCondition) return;
    if (task.schedule_kind == ScheduleKind::kEvent) {
        if (const Status pattern = events::check_pattern(task.schedule_expr); !pattern.ok())
            problems.push_back({"/schedule_expr", pattern.error().details.front().message});
        if (const auto zone = schedule::Zone::find(task.timezone); !zone.ok())
            add(problems, zone.error());
        return;
    }
    const auto parsed =
        schedule::Schedule::parse(schedule::spec_of(task, services.settings.min_interval));
    if (!parsed.ok())
        problems.insert(problems.end(), parsed.error().details.begin(),
                        parsed.error().details.end());
}

// Names each once, and only what exists.
Status take_calendars(Services& services, const JsonValue& input, Task& task, Problems& problems) {
    const JsonValue* value = find(input, "calendars");
    if (value == nullptr) return ok();
    task.calendars.clear();
    for (const auto& name : value->GetArray())
        if (std::find(task.calendars.begin(), task.calendars.end(), view(name)) ==
            task.calendars.end())
            task.calendars.emplace_back(view(name));
    if (task.calendars.empty()) return ok();
    const auto known = TRY(services.stores.calendars.find(task.owner, task.calendars));
    for (rapidjson::SizeType i = 0; i < value->Size(); ++i) {
        const std::string_view name = view((*value)[i]);
        if (std::none_of(known.begin(), known.end(),
                         [&](const Calendar& calendar) { return calendar.name == name; }))
            problems.push_back(
                {pointer_child("/calendars", i), "there is no calendar '" + std::string(name) +
                                                     "'; make it with PUT /calendars/{name}"});
    }
    return ok();
}

void check_payload(Services& services, const JsonValue& payload, Problems& problems) {
    const auto checked = pipeline::Definition::parse(payload, "/payload", &services.tools);
    if (!checked.ok())
        problems.insert(problems.end(), checked.error().details.begin(),
                        checked.error().details.end());
}

}  // namespace

Status apply_task_input(Services& services, const Call& call, Task& task) {
    const JsonValue& input = call.input;
    Problems problems;
    take_text(input, "title", task.title);
    take_text(input, "description", task.description);
    take_name(input, "schedule_kind", task.schedule_kind,
              "use cron, rrule, once, event or condition", problems);
    take_text(input, "schedule_expr", task.schedule_expr);
    take_text(input, "timezone", task.timezone);
    take_text(input, "dst_gap", task.dst_gap);
    take_text(input, "dst_fold", task.dst_fold);
    take_integer(input, "priority", task.priority);
    take_text(input, "dedupe_key", task.dedupe_key);
    take_integer(input, "dedupe_window_seconds", task.dedupe_window_seconds);
    take_integer(input, "max_retries", task.max_retries);
    take_name(input, "backoff_strategy", task.backoff, "use exponential_jitter, linear or fixed",
              problems);
    take_text(input, "concurrency_key", task.concurrency_key);
    take_integer(input, "concurrency_limit", task.concurrency_limit);
    take_name(input, "overlap", task.overlap,
              "use skip, allow, buffer_one, buffer_all or cancel_other", problems);
    take_name(input, "misfire", task.misfire, "use fire_last, fire_all or skip", problems);
    take_integer(input, "catchup_max", task.catchup_max);
    take_integer(input, "catchup_window_seconds", task.catchup_window_seconds);
    take_integer(input, "jitter_seconds", task.jitter_seconds);
    take_integer(input, "start_deadline_seconds", task.start_deadline_seconds);
    take_integer(input, "pause_after_failures", task.pause_after_failures);
    TRY(take_calendars(services, input, task, problems));
    check_schedule(services, task, problems);
    TRY(take_condition(services, input, task, problems));
    if (const JsonValue* payload = find(input, "payload")) {
        check_payload(services, *payload, problems);
        task.payload_json = to_json(*payload);
    }
    if (!problems.empty()) return invalid(std::move(problems));
    return ok();
}

Result<std::optional<WallTime>> first_occurrence(Services& services, const Task& task,
                                                 WallTime now) {
    if (task.schedule_kind == ScheduleKind::kCondition ||
        task.schedule_kind == ScheduleKind::kEvent)
        return std::optional<WallTime>();
    constexpr std::chrono::seconds kOnceMayBeOld{60};
    const auto parsed =
        TRY(schedule::Schedule::parse(schedule::spec_of(task, services.settings.min_interval)));
    const bool once = task.schedule_kind == ScheduleKind::kOnce;
    const auto next = parsed.next_after(once ? now - kOnceMayBeOld : now);
    if (next) return next;
    if (once)
        return invalid("/schedule_expr",
                       "this time is in the past; now is " +
                           format_time(std::chrono::floor<std::chrono::seconds>(now)));
    return invalid("/schedule_expr",
                   "this schedule never fires again after " +
                       format_time(std::chrono::floor<std::chrono::seconds>(now)));
}

}  // namespace ordinaut::operations
