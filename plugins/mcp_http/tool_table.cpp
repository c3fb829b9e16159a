// The tools: names, descriptions, arguments, hints.
#include "tools.h"

namespace mcp_http {
namespace {

using namespace schema;

constexpr int64_t kCountMax = 9'007'199'254'740'991;  // What every JSON reader keeps exactly.
const char* const kTaskId = "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10";

Json hints(bool read_only, bool destructive, bool idempotent, bool open_world) {
    Json hints{{"readOnlyHint", read_only}};
    if (!read_only) {
        hints.set("destructiveHint", destructive);
        hints.set("idempotentHint", idempotent);
    }
    hints.set("openWorldHint", open_world);
    return hints;
}
const Json kReads = hints(true, false, true, false);
const Json kWrites = hints(false, false, false, false);
const Json kWritesOnce = hints(false, false, true, false);
const Json kReachesOut = hints(false, false, false, true);

Field task_id() {
    return {"task_id", id("The task's id, as create_task and list_tasks show it."), true};
}
Field run_id() {
    return {"run_id", id("The run's id, as run_task_now and list_runs show it."), true};
}
Field idempotency_key() {
    return {"idempotency_key",
            text("Your own name for this call: the same call with the same key is done once and "
                 "answers the same again.",
                 1, 200)};
}
Field limit() { return {"limit", integer("How many at most, 1 to 200. Default 50.", 1, 200)}; }
Field cursor() {
    return {"cursor",
            text("next_cursor of the page before; leave it out for the first page.", 1, 50)};
}
Field next_cursor() {
    return {"next_cursor", or_null(text("For the next page; null when this is the last.")), true};
}
Json kind() {
    return choice("The language of schedule_expr. once: one time.",
                  {"cron", "rrule", "once", "event", "condition"});
}
Json expression() {
    return text(
        "When: a cron line such as '0 8 * * 1-5', an RFC 5545 rule such as "
        "'FREQ=WEEKLY;BYDAY=MO;BYHOUR=8;BYMINUTE=0', or a time such as "
        "'2027-01-31T08:00:00'; for event the topic, e.g. orders.created; for condition a "
        "JMESPath expression over what its source gives, e.g. 'body.temp > `28`'.",
        1, 8192);
}
Json zone() {
    return text("The IANA time zone of the wall clock, e.g. Europe/Chisinau or UTC.", 1, 100);
}
Json payload() {
    const Json step = open_object(
        {{"id", text("Its name within the pipeline, e.g. weather."), true},
         {"uses", text("The action: a name that list_actions shows, e.g. http.request."), true},
         {"with", any_object("The action's input; texts may hold ${params.x} and ${steps.id.y}.")},
         {"if", text("A JMESPath condition; the step is skipped when it is false.")},
         {"save_as", text("Name of its result under steps; default its id.")},
         {"timeout_seconds", integer("It fails after so long.", 1, 31536000)},
         {"max_retries", integer("Overrides the task's.", 0, 10)}});
    Json payload =
        open_object({{"params", any_object("Values the steps can use as ${params.name}.")},
                     {"pipeline", list("The steps, done one after the other.", step), true}});
    payload.set("description", "What to do: the steps of the pipeline and their parameters.");
    return payload;
}
Json condition() {
    Json source = open_object(
        {{"kind",
          choice("Where the data comes from. http: with url, as the input of http.request; task: "
                 "with task_id; tool: with tool and input.",
                 {"http", "queue", "task", "tool"}),
          true}});
    source.set("description", "What is asked.");
    Json condition = object(
        {{"source", std::move(source), true},
         {"interval_seconds", integer("How often it is asked, in seconds. Default 60.", 10, 86400)},
         {"edge", choice("rising (default): when the answer becomes true; level: each time "
                         "it is true; change: when it becomes another one.",
                         {"rising", "level", "change"})},
         {"for_seconds", integer("The answer must have held so long. Default 0.", 0, 31536000)},
         {"cooldown_seconds",
          integer("At least so long from one run to the next. Default 0.", 0, 31536000)}});
    condition.set("description",
                  "Of schedule_kind condition, and required there: what is watched and how.");
    return condition;
}
Json nullable_text(const std::string& description) {
    Json schema = or_null(text(description, 1, 200));
    schema.set("description", description);
    return schema;
}
std::vector<Field> changeable() {
    return {{"description", text("Free text about the task.", 0, 10000)},
            {"priority", integer("1 to 9; 9 is the most urgent. Default 5.", 1, 9)},
            {"max_retries", integer("Failed attempts that are tried again. Default 3.", 0, 10)},
            {"backoff_strategy", choice("How the waiting grows between attempts.",
                                        {"exponential_jitter", "linear", "fixed"})}};
}

const std::string kCreateExample =
    R"({"title":"Morning weather","schedule_kind":"cron","schedule_expr":"0 8 * * 1-5","timezone":"Europe/Chisinau","payload":{"params":{"city":"Chisinau"},"pipeline":[{"id":"hello","uses":"std.echo","with":{"text":"Good morning, ${params.city}"}}]}})";

std::string example_of(const char* name, const std::string& more = "") {
    return std::string("{\"") + name + "\":\"" + kTaskId + "\"" + more + "}";
}

Json task_output() { return object({{"task", task_schema(), true}}); }
Json saved_output() {
    return object({{"task", task_schema(), true},
                   {"warnings",
                    list("What is likely to go wrong when it runs; empty when nothing is.",
                         text("The field and what is wrong with it.")),
                    true}});
}
Json run_output() { return object({{"run", run_schema(), true}}); }

// The operation's names of what tools call differently; what goes another way is left out.
Json renamed(const Json& arguments) {
    Json input = Json::object();
    for (const auto& [name, value] : arguments.members()) {
        if (name == "idempotency_key" || name == "expected_version" || name == "wait_seconds")
            continue;
        if (name == "cursor")
            input.set("offset", offset_of(value.as_string()).value_or(0));
        else if (name == "query")
            input.set("q", value);
        else if (name == "since")
            input.set("start_time", value);
        else
            input.set(name, value);
    }
    return input;
}
Json run_query(const Json& arguments) {
    Json input = renamed(arguments);
    Json named = Json::object();
    for (const auto& [name, value] : input.members())
        named.set(name == "status" ? "state" : name, value);
    return named;
}
Json nothing(const Json&) { return Json::object(); }

std::vector<Tool> tasks_changed() {
    std::vector<Field> create{{"title", text("What a person calls the task.", 1, 200), true},
                              {"schedule_kind", kind(), true},
                              {"schedule_expr", expression(), true},
                              {"timezone", zone(), true},
                              {"payload", payload(), true},
                              {"condition", condition()}};
    std::vector<Field> update{task_id(),
                              {"title", text("What a person calls the task.", 1, 200)},
                              {"schedule_kind", kind()},
                              {"schedule_expr", expression()},
                              {"timezone", zone()},
                              {"payload", payload()},
                              {"condition", condition()}};
    for (const Field& field : changeable()) create.push_back(field), update.push_back(field);
    create.push_back(
        {"concurrency_key",
         text("At most one run of all tasks with this key goes on at a time.", 1, 200)});
    create.push_back(
        {"dedupe_key",
         text("Another create_task with this key returns this task instead.", 1, 200)});
    create.push_back(idempotency_key());
    update.push_back({"concurrency_key", nullable_text("As in create_task; null removes it.")});
    update.push_back({"dedupe_key", nullable_text("As in create_task; null removes it.")});
    update.push_back(
        {"expected_version",
         integer("The version you saw; refused when the task has changed since.", 0, kCountMax)});
    return {{"create_task", "Create a task",
             "Creates a task that runs a pipeline of actions on a schedule. Try the schedule with "
             "preview_schedule first; list_actions shows what steps can do.",
             object(create), saved_output(), kWrites, kCreateExample, "tasks.create", renamed,
             task_answer, save_task},
            {"update_task", "Change a task",
             "Changes the given fields of a task and leaves the others as they are. A new schedule "
             "replaces the old one from now on.",
             object(update), saved_output(), hints(false, true, true, false),
             example_of("task_id", R"(,"schedule_kind":"cron","schedule_expr":"0 9 * * *")"),
             "tasks.update", renamed, task_answer, save_task}};
}

std::vector<Tool> tasks_seen() {
    return {
        {"list_tasks", "List tasks",
         "Lists the tasks you may see, newest first, filtered by status or by words of the "
         "title or description.",
         object({{"status", choice("Only tasks with this status.",
                                   {"active", "paused", "canceled", "completed"})},
                 {"query", text("Part of the title or description, or an id.", 1, 200)},
                 limit(),
                 cursor()}),
         object({{"tasks", list("The tasks, newest first.", task_schema()), true}, next_cursor()}),
         kReads, R"({"status":"active","limit":20})", "tasks.list", renamed, tasks_answer, nullptr},
        {"get_task", "Show a task",
         "Shows one task with its schedule, its pipeline, its next occurrence and its latest "
         "run.",
         object({task_id()}), task_output(), kReads, example_of("task_id"), "tasks.get", renamed,
         task_answer, nullptr}};
}

std::vector<Tool> tasks_steered() {
    const Field reason{"reason", text("Why, for the record.", 0, 500)};
    return {{"cancel_task", "Cancel a task",
             "Ends a task for good: it never runs again, its queued runs are dropped and running "
             "ones are asked to stop. pause_task can be undone, this cannot.",
             object({task_id(), reason}), task_output(), hints(false, true, true, false),
             example_of("task_id", R"(,"reason":"no longer needed")"), "tasks.cancel", renamed,
             task_answer, nullptr},
            {"pause_task", "Pause a task",
             "Stops a task from running on its schedule until resume_task is called.",
             object({task_id()}), task_output(), kWritesOnce, example_of("task_id"), "tasks.pause",
             renamed, task_answer, nullptr},
            {"resume_task", "Resume a task",
             "Lets a paused task run on its schedule again, from its next occurrence on.",
             object({task_id()}), task_output(), kWritesOnce, example_of("task_id"), "tasks.resume",
             renamed, task_answer, nullptr},
            {"snooze_task", "Snooze a task",
             "Moves the next occurrence of an active task later by some seconds, once; the "
             "schedule itself stays.",
             object({task_id(),
                     {"delay_seconds",
                      integer("How much later the next occurrence comes, in seconds.", 1, 31536000),
                      true},
                     {"reason", text("Why, for the record.", 0, 500)}}),
             task_output(), kWritesOnce, example_of("task_id", R"(,"delay_seconds":600)"),
             "tasks.snooze", renamed, task_answer, nullptr}};
}

std::vector<Tool> runs() {
    return {
        {"run_task_now", "Run a task now",
         "Runs a task once right now, beside its schedule, and answers with the new run. Then "
         "wait for it with get_run and wait_seconds.",
         object({task_id(), idempotency_key()}), run_output(), kReachesOut, example_of("task_id"),
         "tasks.run_now", renamed, run_answer, nullptr},
        {"get_run", "Show a run",
         "Shows a run with its status, output, error and steps. With wait_seconds it answers when "
         "the run has ended, or as it stands when the time is over.",
         object({run_id(),
                 {"wait_seconds",
                  integer("Wait so long for the end of the run, 0 to 300 seconds. Default 0.", 0,
                          300)}}),
         run_output(), kReads, example_of("run_id", R"(,"wait_seconds":30)"), "runs.get", renamed,
         run_answer, wait_for_run},
        {"list_runs", "List runs",
         "Lists runs, newest first, also those that have not ended yet, filtered by task, status "
         "or time.",
         object({{"task_id", id("Only runs of this task.")},
                 {"status", choice("Only runs with this status.",
                                   {"scheduled", "ready", "running", "retry_wait", "succeeded",
                                    "failed", "timed_out", "canceled", "expired"})},
                 {"since", instant("Only runs created at or after this time, e.g. "
                                   "2026-12-01T00:00:00Z.")},
                 limit(),
                 cursor()}),
         object({{"runs", list("The runs, newest first.", run_schema()), true}, next_cursor()}),
         kReads, R"({"status":"failed","limit":20})", "runs.list", run_query, runs_answer, nullptr},
        {"cancel_run", "Cancel a run",
         "Cancels one run: a queued one at once, a running one is asked to stop. Its task goes on "
         "as scheduled.",
         object({run_id(), {"reason", text("Why, for the record.", 0, 500)}}), run_output(),
         hints(false, true, true, false), example_of("run_id"), "runs.cancel", renamed, run_answer,
         nullptr}};
}

std::vector<Tool> around() {
    return {
        {"preview_schedule", "Preview a schedule",
         "Shows when a schedule would run, in UTC and on the local clock, with a plain "
         "description and warnings about summer time. Nothing is created.",
         object({{"schedule_kind", kind(), true},
                 {"schedule_expr", expression(), true},
                 {"timezone", zone(), true},
                 {"after", instant("Only occurrences after this time. Default: now.")},
                 {"count", integer("How many occurrences, 1 to 200. Default 10.", 1, 200)}}),
         object({{"occurrences",
                  list("The occurrences in order.",
                       open_object({{"utc", text("The instant in UTC."), true},
                                    {"local", text("The same on the zone's clock."), true}})),
                  true},
                 {"description",
                  open_object({{"en", text("English."), true},
                               {"ro", text("Romanian."), true},
                               {"ru", text("Russian."), true}}),
                  true},
                 {"warnings", list("What may surprise.", text("One warning.")), true}}),
         kReads,
         R"({"schedule_kind":"cron","schedule_expr":"0 8 * * 1-5","timezone":"Europe/Chisinau","count":3})",
         "schedules.preview", renamed, preview_answer, nullptr},
        {"list_actions", "List actions",
         "Lists the actions pipeline steps can use, each with the schema of its input and of its "
         "output.",
         object({{"query", text("Part of the name or description.", 1, 200)}, limit(), cursor()}),
         object({{"actions",
                  list("The actions by name.",
                       open_object({{"name", text("What a step's 'uses' says."), true},
                                    {"description", text("What it does.")},
                                    {"input_schema", anything("JSON Schema of its input.")},
                                    {"output_schema", anything("JSON Schema of its output.")},
                                    {"effect", text("What a repeated call does.")}})),
                  true},
                 next_cursor()}),
         kReads, R"({"query":"http"})", "tools.list", nothing, actions_answer, nullptr}};
}

Tool publish_event() {
    return {"publish_event",
            "Publish an event",
            "Publishes an event; every active task that waits for its topic runs with it.",
            object({{"topic", text("What it is about, e.g. orders.created.", 1, 200), true},
                    {"payload", anything("Any JSON; the tasks it triggers see it as event."), true},
                    idempotency_key()}),
            object({{"event",
                     open_object({{"event_id", text("The event's id."), true},
                                  {"topic", text("Its topic."), true},
                                  {"triggered_tasks", list("Ids of the tasks that wait for it.",
                                                           text("A task's id."))}}),
                     true}}),
            kReachesOut,
            R"({"topic":"orders.created","payload":{"order":42}})",
            "events.publish",
            renamed,
            event_answer,
            nullptr};
}

}  // namespace

const std::vector<Tool>& tools() {
    static const std::vector<Tool> all = [] {
        std::vector<Tool> list;
        for (auto part : {around, tasks_changed, tasks_seen, runs, tasks_steered})
            for (Tool& tool : part()) list.push_back(std::move(tool));
        list.push_back(publish_event());
        return list;
    }();
    return all;
}

const Tool* find_tool(std::string_view name) {
    for (const Tool& tool : tools())
        if (tool.name == name) return &tool;
    return nullptr;
}

Json listed(const Tool& tool) {
    Json annotations = tool.hints;
    annotations.set("title", tool.title);
    return {{"name", tool.name},
            {"title", tool.title},
            {"description", tool.description},
            {"inputSchema", tool.input},
            {"outputSchema", tool.output},
            {"annotations", std::move(annotations)}};
}

}  // namespace mcp_http
