// A tool call: checked, done as an operation of the server, answered; and what its refusal says.
#include <algorithm>
#include <ctime>

#include "tools.h"

namespace mcp_http {
namespace {

std::string option_of(const Json& arguments, std::string_view name) {
    const Json* found = arguments.find(name);
    if (found == nullptr) return {};
    return found->is_string() ? found->as_string() : found->text();
}

// "/payload/pipeline/0/uses" → "payload.pipeline.0.uses", in the tool's own names.
std::string field_of(std::string_view pointer) {
    std::string field(pointer.substr(pointer.empty() ? 0 : 1));
    std::replace(field.begin(), field.end(), '/', '.');
    if (field == "q") return "query";
    if (field == "state") return "status";
    if (field == "start_time") return "since";
    if (field == "offset") return "cursor";
    if (field == "headers.idempotency-key") return "idempotency_key";
    if (field == "headers.if-match") return "expected_version";
    return field;
}

std::string advice_for(const ToolRun& run, ord_status status) {
    if (status == ORD_E_NOT_FOUND)
        return run.arguments.find("run_id") != nullptr
                   ? "list_runs shows the ids of the runs you may see."
               : run.arguments.find("task_id") != nullptr
                   ? "list_tasks shows the ids of the tasks you may see."
                   : "";
    if (status == ORD_E_CONFLICT && run.arguments.find("expected_version") != nullptr)
        return "get_task shows the task as it is now, with its version.";
    if (status == ORD_E_RETRYABLE || status == ORD_E_AGAIN || status == ORD_E_RATE_LIMITED)
        return "Nothing is wrong with the call: try it again in a moment.";
    if (status == ORD_E_DENIED) return "Ask an administrator to give your agent what is missing.";
    return {};
}

// One text each; none when the server did not say (the task is saved all the same).
Json warnings_of(const ordinaut::Answer& report) {
    Json texts = Json::array();
    if (!report.ok()) return texts;
    const Json answer = Json::parse(report.json);
    if (const Json* warnings = answer.find("warnings"); warnings != nullptr)
        for (const Json& warning : warnings->items())
            texts.push(field_of(warning.find("pointer")->as_string()) + ": " +
                       warning.find("message")->as_string());
    return texts;
}

// "2027-01-31T08:00:00": tomorrow, so that it has not passed.
std::string tomorrow_at_eight(std::chrono::system_clock::time_point now) {
    const std::time_t time = std::chrono::system_clock::to_time_t(now + std::chrono::hours(24));
    std::tm day{};
    gmtime_r(&time, &day);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT08:00:00", &day);
    return text;
}

}  // namespace

std::string example_for(const ToolRun& run) {
    Json example = Json::parse(run.tool->example);
    const std::string kind = option_of(run.arguments, "schedule_kind");
    if (example.find("schedule_kind") == nullptr) return run.tool->example;
    if (kind == "rrule")
        example.set("schedule_expr", "FREQ=WEEKLY;BYDAY=MO;BYHOUR=8;BYMINUTE=0");
    else if (kind == "once")
        example.set("schedule_expr", tomorrow_at_eight(run.exchange->host().now()));
    else if (kind == "event" && run.tool->name != "preview_schedule")
        example.set("schedule_expr", "orders.created");
    else if (kind == "condition" && run.tool->name != "preview_schedule")
        example.set("schedule_expr", "depth > `1000`")
            .set("condition", {{"source", {{"kind", "queue"}}}, {"interval_seconds", 60}});
    else
        return run.tool->example;
    return example.set("schedule_kind", kind).text();
}

void succeed(const ExchangePtr& exchange, const Json& structured) {
    exchange->result(
        {{"content", Json::array({Json{{"type", "text"}, {"text", structured.text()}}})},
         {"structuredContent", structured},
         {"isError", false}});
}

void refuse(const ExchangePtr& exchange, const std::string& text) {
    exchange->result(
        {{"content", Json::array({Json{{"type", "text"}, {"text", text}}})}, {"isError", true}});
}

void refuse(const ToolRun& run, const std::vector<schema::Problem>& problems) {
    std::string text = run.tool->name + " was not done, because its arguments are not right:\n";
    for (const auto& problem : problems)
        text += "- " + problem.field + ": " + problem.message + "\n";
    refuse(run.exchange, text + "Arguments that are right look like this: " + example_for(run));
}

void refuse(const ToolRun& run, const ordinaut::Answer& answer) {
    std::vector<schema::Problem> problems;
    if (!answer.json.empty()) {
        const Json head = Json::parse(answer.json);
        if (const Json* details = head.find("details"); details != nullptr && details->is_array())
            for (const Json& detail : details->items())
                if (detail.find("pointer") != nullptr && detail.find("message") != nullptr)
                    problems.push_back({field_of(detail.find("pointer")->as_string()),
                                        detail.find("message")->as_string()});
    }
    if (!problems.empty()) return refuse(run, problems);
    const std::string why = answer.message.empty()
                                ? "the server answered with status " + std::to_string(answer.status)
                                : answer.message;
    std::string text = run.tool->name + " was not done: " + why + ".";
    if (const std::string advice = advice_for(run, answer.status); !advice.empty())
        text += " " + advice;
    if (answer.status == ORD_E_INVALID)
        text += " Arguments that are right look like this: " + example_for(run);
    refuse(run.exchange, text);
}

void run_tool(const ExchangePtr& exchange, const Tool& tool, const Json& arguments) {
    const ToolRun run{exchange, &tool, arguments};
    auto problems = schema::check(tool.input, arguments);
    if (const Json* cursor = arguments.find("cursor");
        problems.empty() && cursor != nullptr && !offset_of(cursor->as_string()))
        problems.push_back({"cursor", "must be next_cursor of an earlier page of " + tool.name});
    if (!problems.empty()) return refuse(run, problems);
    if (tool.call != nullptr) return tool.call(run);
    run_operation(run, [run](Json&& answer) {
        succeed(run.exchange, run.tool->shape(std::move(answer), run.arguments));
    });
}

void run_operation(const ToolRun& run, std::function<void(Json&& answer)> done) {
    const std::string key = option_of(run.arguments, "idempotency_key");
    const std::string version = option_of(run.arguments, "expected_version");
    ordinaut::CoreOptions options;
    options.idempotency_key = key;
    options.if_match = version;
    run.exchange->core(
        run.tool->operation, run.tool->input_of(run.arguments),
        [run, done = std::move(done)](const ordinaut::Answer& answer) {
            if (!answer.ok()) return refuse(run, answer);
            done(Json::parse(answer.json));
        },
        options);
}

void save_task(const ToolRun& run) {
    run_operation(run, [run](Json&& answer) {
        Json saved = run.tool->shape(std::move(answer), run.arguments);
        const auto finish = [run](Json result, Json warnings) {
            result.set("warnings", std::move(warnings));
            succeed(run.exchange, result);
        };
        const Json* payload = run.arguments.find("payload");
        if (payload == nullptr) return finish(std::move(saved), Json::array());
        run.exchange->core("pipelines.validate", {{"payload", *payload}},
                           [finish, saved](const ordinaut::Answer& report) {
                               finish(saved, warnings_of(report));
                           });
    });
}

}  // namespace mcp_http
