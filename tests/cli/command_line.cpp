#include "tests/cli/command_line.h"

namespace ordinaut::cli {
namespace {

using operations::Method;
using operations::Operation;

const std::string& schema_of(std::string_view name) {
    static const std::map<std::string, std::string, std::less<>> schemas = {
        {"Nothing", R"({"type":"object","properties":{}})"},
        {"TaskCreate", R"({"type":"object","properties":{
            "title":{"type":"string","description":"What a person calls it."},
            "schedule_kind":{"type":"string","enum":["cron","rrule","once"]},
            "schedule_expr":{"type":"string"},"timezone":{"type":"string"},
            "priority":{"type":"integer","description":"1 to 9."},
            "payload":{"type":"object"}},
            "required":["title","payload"]})"},
        {"TaskUpdate",
         R"({"type":"object","properties":{"task_id":{"type":"string"},"priority":{"type":"integer"},
            "dedupe_key":{"type":["string","null"]}},"required":["task_id"]})"},
        {"TaskQuery",
         R"({"type":"object","properties":{"status":{"type":"string","enum":["active","paused"]},
            "q":{"type":"string"},"late":{"type":"boolean"},"limit":{"$ref":"#/definitions/Count"}},
            "definitions":{"Count":{"type":"integer"}}})"},
        {"RunQuery",
         R"({"type":"object","properties":{"limit":{"type":"integer"},"id":{"type":"string"}}})"},
        {"TaskRef",
         R"({"type":"object","properties":{"task_id":{"type":"string"}},"required":["task_id"]})"},
        {"RunRef",
         R"({"type":"object","properties":{"run_id":{"type":"string"}},"required":["run_id"]})"},
        {"RunLogQuery",
         R"({"type":"object","properties":{"run_id":{"type":"string"},"after":{"type":"integer"}},"required":["run_id"]})"},
        {"TimelineQuery",
         R"({"type":"object","properties":{"bucket_seconds":{"type":"integer","enum":[10,30,60,300,900]}}})"},
        {"Preview",
         R"({"type":"object","properties":{"schedule_kind":{"type":"string","enum":["cron","rrule","once"]},
            "schedule_expr":{"type":"string"},"timezone":{"type":"string"},"count":{"type":"integer"},"year":{"type":"integer"}},
            "required":["schedule_kind","schedule_expr"]})"},
        {"Eval",
         R"({"type":"object","properties":{"expression":{"type":"string"},"data":{}},"required":["expression","data"]})"},
        {"Render",
         R"({"type":"object","properties":{"payload":{"type":"object"},"event":{}},"required":["payload"]})"},
        {"Invoke",
         R"({"type":"object","properties":{"name":{"type":"string"},"input":{"type":"object"}},"required":["name","input"]})"},
        {"CalendarPut",
         R"({"type":"object","properties":{"name":{"type":"string"},"ical":{"type":"string"}},"required":["name"]})"},
        {"SecretPut",
         R"({"type":"object","properties":{"name":{"type":"string"},"value":{"type":"string"},"shared":{"type":"boolean"}},
            "required":["name","value"]})"},
        {"AgentCreate",
         R"({"type":"object","properties":{"name":{"type":"string"},"scopes":{"type":"array","items":{"type":"string"}}},
            "required":["name","scopes"]})"},
    };
    return schemas.find(name)->second;
}

}  // namespace

// clang-format off
const Declarations& sample_declarations() {
    static const std::vector<Operation> table = {
        {.id = "tasks.create", .method = Method::kPost, .path = "/tasks", .summary = "Create a task", .input = "TaskCreate", .output = "Task", .cli = "task create"},
        {.id = "tasks.list", .method = Method::kGet, .path = "/tasks", .summary = "List tasks", .input = "TaskQuery", .output = "TaskList", .cli = "task list"},
        {.id = "tasks.get", .method = Method::kGet, .path = "/tasks/{task_id}", .summary = "Show a task", .input = "TaskRef", .output = "Task",
         .example = R"({"task_id":"0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10"})", .cli = "task show"},
        {.id = "tasks.update", .method = Method::kPut, .path = "/tasks/{task_id}", .summary = "Change a task", .input = "TaskUpdate", .output = "Task",
         .example = R"({"task_id":"0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10","priority":8})", .cli = "task update"},
        {.id = "tasks.delete", .method = Method::kDelete, .path = "/tasks/{task_id}", .summary = "Delete a task", .input = "TaskRef", .cli = "task delete"},
        {.id = "tasks.run_now", .method = Method::kPost, .path = "/tasks/{task_id}/run_now", .summary = "Run a task now", .input = "TaskRef", .output = "Run", .cli = "task run"},
        {.id = "runs.list", .method = Method::kGet, .path = "/runs", .summary = "List runs", .input = "RunQuery", .output = "RunList", .cli = "run list"},
        {.id = "runs.get", .method = Method::kGet, .path = "/runs/{run_id}", .summary = "Show a run", .input = "RunRef", .output = "RunDetail", .cli = "run show"},
        {.id = "runs.logs", .method = Method::kGet, .path = "/runs/{run_id}/logs", .summary = "A run's log", .input = "RunLogQuery", .output = "RunLogs", .cli = "run logs"},
        {.id = "runs.timeline", .method = Method::kGet, .path = "/runs/stats/timeline", .summary = "Runs over time", .input = "TimelineQuery", .output = "RunTimeline", .cli = "run timeline"},
        {.id = "schedules.preview", .method = Method::kPost, .path = "/schedules/preview", .summary = "Show when", .input = "Preview", .output = "Preview", .cli = "preview"},
        {.id = "pipelines.eval", .method = Method::kPost, .path = "/pipelines/eval", .summary = "Evaluate", .input = "Eval", .output = "EvalResult", .cli = "eval"},
        {.id = "pipelines.render", .method = Method::kPost, .path = "/pipelines/render", .summary = "Dry run", .input = "Render", .output = "Rendering", .cli = "render"},
        {.id = "tools.invoke", .method = Method::kPost, .path = "/tools/{name}/invoke", .summary = "Call a tool", .input = "Invoke", .output = "ToolOutput",
         .body_member = "input", .cli = "tool invoke"},
        {.id = "calendars.put", .method = Method::kPut, .path = "/calendars/{name}", .summary = "Set a calendar", .input = "CalendarPut", .cli = "calendar set"},
        {.id = "secrets.put", .method = Method::kPut, .path = "/secrets/{name}", .summary = "Set a secret", .input = "SecretPut", .output = "SecretInfo", .cli = "secret set"},
        {.id = "agents.create", .method = Method::kPost, .path = "/agents", .summary = "Create an agent", .input = "AgentCreate", .output = "Agent",
         .example = R"({"name":"reporting","scopes":["operator","viewer"]})", .cli = "agent create"},
        {.id = "health.get", .method = Method::kGet, .path = "/health", .summary = "State", .input = "Nothing", .output = "Health", .cli = "status"},
    };
    static const Declarations declarations{table, schema_of};
    return declarations;
}

// clang-format on

Ran Typist::type(const std::vector<std::string>& arguments) const {
    std::ostringstream out, err;
    Console console{.out = out, .err = err, .width = width, .environment = environment};
    const int code = run_arguments(arguments, commands, sample_declarations(), console);
    return {code, out.str(), err.str()};
}

}  // namespace ordinaut::cli
