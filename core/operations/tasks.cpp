#include <charconv>
#include <utility>

#include "operations/handlers.h"
#include "operations/passed_over.h"
#include "operations/task_input.h"

namespace ordinaut::operations {
namespace {

Reply task_reply(const Task& task) {
    return {.body_json = json_of(task), .etag = std::to_string(task.version)};
}

// The whole second, as the anchor of an RRULE without DTSTART: seconds zeroed.
WallTime anchor_at(WallTime now) { return std::chrono::floor<std::chrono::minutes>(now); }

Result<std::optional<int64_t>> expected_version(const Call& call) {
    if (call.if_match.empty() || call.if_match == "*") return std::optional<int64_t>{};
    int64_t version = 0;
    const char* const end = call.if_match.data() + call.if_match.size();
    const auto [rest, error] = std::from_chars(call.if_match.data(), end, version);
    if (error != std::errc() || rest != end)
        return invalid("/headers/if-match", "must be the ETag of a task, e.g. \"3\"");
    return std::optional<int64_t>{version};
}

void count_created(Services& services, const Task& task) {
    if (services.metrics == nullptr) return;
    services.metrics
        ->counter("orchestrator_tasks_created_total", "Tasks created, by kind of schedule.",
                  {{"schedule_kind", std::string(name_of(task.schedule_kind))}})
        .add();
}

bool names_any(const JsonValue& input, std::initializer_list<std::string_view> members) {
    return std::any_of(members.begin(), members.end(),
                       [&](auto name) { return find(input, name) != nullptr; });
}

Status take_owner(const Call& call, Task& task) {
    task.owner = call.caller.agent_id;
    if (find(call.input, "created_by") == nullptr) return ok();
    task.owner = id_of(call, "created_by");
    if (task.owner == call.caller.agent_id || call.caller.admin()) return ok();
    Error denied{ErrorCode::kDenied, "only an admin creates tasks for another agent"};
    denied.missing_scope = "admin";
    return denied;
}

}  // namespace

Result<Reply> create_task(Services& services, const Call& call) {
    const WallTime now = TRY(services.stores.system.now());
    Task task;
    task.id = new_id();
    task.timezone = services.settings.default_timezone;
    task.schedule_anchor = anchor_at(now);
    TRY(take_owner(call, task));
    if (task.owner != call.caller.agent_id) {
        const auto agent = services.stores.agents.get(task.owner);
        if (!agent.ok() && agent.error().code == ErrorCode::kNotFound)
            return invalid("/created_by", "there is no agent with this id");
        if (!agent.ok()) return agent.error();
    }
    // An event is a fact, not a tick that may be left out: none is skipped unless that is asked
    // for.
    if (text_of(call, "schedule_kind") == name_of(ScheduleKind::kEvent))
        task.overlap = Overlap::kAllow;
    TRY(apply_task_input(services, call, task));
    task.next_run_at = TRY(first_occurrence(services, task, now));
    const std::string fingerprint = derived_id("task", to_json(call.input));
    const auto created = TRY(services.stores.tasks.create(task, fingerprint, actor(call)));
    Reply reply = task_reply(created.task);
    reply.headers.emplace_back("Location", "/tasks/" + created.task.id);
    if (!created.deduplicated) count_created(services, created.task);
    if (created.deduplicated) {
        reply.status = 200;
        reply.body_json.insert(reply.body_json.size() - 1, ",\"deduplicated\":true");
    }
    return reply;
}

Result<Reply> list_tasks(Services& services, const Call& call) {
    store::TaskQuery query;
    query.owner = owner(call);
    query.text = text_of(call, "q");
    query.page = page_of(call);
    if (find(call.input, "status") != nullptr)
        query.status = find_name<TaskStatus>(text_of(call, "status"));
    if (find(call.input, "schedule_kind") != nullptr)
        query.schedule_kind = find_name<ScheduleKind>(text_of(call, "schedule_kind"));
    if (find(call.input, "created_by") != nullptr) query.created_by = id_of(call, "created_by");
    const std::string sort = text_of(call, "sort", "-created_at");
    query.descending = sort.starts_with('-');
    query.sort = sort.substr(query.descending ? 1 : 0);
    const auto listing = TRY(services.stores.tasks.list(query));
    return Reply{.body_json = list_json(listing, query.page, [](JsonWriter& w, const Task& task) {
                     write_json(w, task);
                 })};
}

Result<Reply> get_task(Services& services, const Call& call) {
    return task_reply(TRY(services.stores.tasks.get(id_of(call, "task_id"), owner(call))));
}

Result<Reply> update_task(Services& services, const Call& call) {
    store::TaskUpdate update;
    update.task = TRY(services.stores.tasks.get(id_of(call, "task_id"), owner(call)));
    update.expected_version = TRY(expected_version(call));
    // What the merge below is based on.
    if (!update.expected_version) update.expected_version = update.task.version;
    update.schedule_changed = names_any(call.input, {"schedule_kind", "schedule_expr", "timezone",
                                                     "dst_gap", "dst_fold", "condition"});
    const WallTime now = TRY(services.stores.system.now());
    if (update.schedule_changed) update.task.schedule_anchor = anchor_at(now);
    TRY(apply_task_input(services, call, update.task));
    if (update.schedule_changed && update.task.status != TaskStatus::kCanceled) {
        update.task.next_run_at = TRY(first_occurrence(services, update.task, now));
        if (update.task.status == TaskStatus::kCompleted) update.task.status = TaskStatus::kActive;
        if (update.task.status == TaskStatus::kPaused)
            update.task.paused_cursor = std::exchange(update.task.next_run_at, {});
    }
    return task_reply(TRY(services.stores.tasks.update(update, owner(call), actor(call))));
}

Result<Reply> delete_task(Services& services, const Call& call) {
    TRY(services.stores.tasks.remove(id_of(call, "task_id"), boolean_of(call, "force", false),
                                     owner(call), actor(call)));
    return Reply{};
}

Result<Reply> run_task_now(Services& services, const Call& call) {
    store::EnqueueRun request;
    request.task_id = id_of(call, "task_id");
    request.trace_id = call.trace_id;
    if (find(call.input, "priority") != nullptr)
        request.priority = static_cast<int>(integer_of(call, "priority", 5));
    const Run run = TRY(services.stores.queue.enqueue(request, owner(call), actor(call)));
    return Reply{.body_json = json_of(run), .headers = {{"Location", "/runs/" + run.id}}};
}

Result<Reply> snooze_task(Services& services, const Call& call) {
    const Task task = TRY(services.stores.tasks.get(id_of(call, "task_id"), owner(call)));
    const std::chrono::seconds delay(integer_of(call, "delay_seconds", 0));
    std::vector<store::Skip> skips;
    if (task.next_run_at) {
        const auto parsed =
            TRY(schedule::Schedule::parse(schedule::spec_of(task, services.settings.min_interval)));
        skips = passed_over(parsed, *task.next_run_at,
                            *task.next_run_at + delay - std::chrono::microseconds(1),
                            "skipped(snoozed)");
    }
    return task_reply(TRY(
        services.stores.tasks.snooze(task.id, task.next_run_at.value_or(WallTime{}), delay,
                                     text_of(call, "reason"), skips, owner(call), actor(call))));
}

Result<Reply> pause_task(Services& services, const Call& call) {
    return task_reply(
        TRY(services.stores.tasks.pause(id_of(call, "task_id"), owner(call), actor(call))));
}

Result<Reply> resume_task(Services& services, const Call& call) {
    const Task task = TRY(services.stores.tasks.get(id_of(call, "task_id"), owner(call)));
    store::Resumption resumption;
    resumption.expected_version = task.version;
    if (task.schedule_kind == ScheduleKind::kCondition) {
        resumption.forget_answers = !boolean_of(call, "recover", false);
    } else if (task.status == TaskStatus::kPaused && task.schedule_kind != ScheduleKind::kEvent) {
        const auto parsed =
            schedule::Schedule::parse(schedule::spec_of(task, services.settings.min_interval));
        if (!parsed.ok()) return conflict("the task cannot be resumed: " + parsed.error().message);
        const WallTime now = TRY(services.stores.system.now());
        const bool passed = task.paused_cursor && *task.paused_cursor <= now;
        if (passed && boolean_of(call, "recover", false)) {
            // The scheduler decides by the misfire policy.
            resumption.next_run_at = task.paused_cursor;
        } else if (passed) {
            resumption.skips = passed_over(*parsed, *task.paused_cursor, now, "skipped(paused)");
            resumption.next_run_at = parsed->next_after(now);
        } else {
            resumption.next_run_at =
                task.paused_cursor ? task.paused_cursor : parsed->next_after(now);
        }
    }
    return task_reply(
        TRY(services.stores.tasks.resume(task.id, resumption, owner(call), actor(call))));
}

Result<Reply> cancel_task(Services& services, const Call& call) {
    return task_reply(TRY(services.stores.tasks.cancel(
        id_of(call, "task_id"), text_of(call, "reason"), owner(call), actor(call))));
}

}  // namespace ordinaut::operations
