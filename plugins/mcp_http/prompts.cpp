#include "prompts.h"

#include "resources.h"
#include "server.h"
#include "tools.h"

namespace mcp_http {
namespace {

constexpr int64_t kFreshMs = 3'600'000;
constexpr size_t kArgumentBytesMax = 10'000;

std::string argument(const Json& arguments, std::string_view name, const char* fallback = "") {
    const Json* found = arguments.find(name);
    return found == nullptr ? fallback : found->as_string();
}

Json said(Json content) { return {{"role", "user"}, {"content", std::move(content)}}; }
Json text(const std::string& words) { return said({{"type", "text"}, {"text", words}}); }
Json attached(const ResourceName& name, const Json& value) {
    return said({{"type", "resource"}, {"resource", contents_of(name, value)}});
}

void answer(const ExchangePtr& exchange, const Prompt& prompt, Json messages) {
    exchange->result({{"description", prompt.description}, {"messages", std::move(messages)}});
}

void with_runs(const ExchangePtr& exchange, const Prompt& prompt, const Json& query,
               Json messages) {
    exchange->core(
        "runs.list", query,
        [exchange, &prompt, messages = std::move(messages)](const ordinaut::Answer& found) mutable {
            if (!found.ok()) return exchange->fail(refusal_of(found));
            const Json page = Json::parse(found.json);
            for (const Json& run : page.find("items")->items())
                messages.push(attached({true, run.find("id")->as_string()}, run));
            answer(exchange, prompt, std::move(messages));
        });
}

void diagnose(const ExchangePtr& exchange, const Prompt& prompt, const Json& arguments) {
    const std::string id = argument(arguments, "task_id");
    const auto name = resource_named(uri_of(false, id));
    if (!name) throw RpcError(kInvalidParams, "params.arguments.task_id must be a task's id");
    fetch(*exchange, *name, [exchange, &prompt, name = *name](const ordinaut::Answer& found) {
        if (!found.ok()) return exchange->fail(refusal_of(found));
        Json messages = Json::array(
            {text("The task below does not do what it should. Find out why: look at its latest "
                  "runs, which follow, and at the steps of those that failed with get_run. Say "
                  "which step fails, with which error, since when, and what the likely cause is. "
                  "Then propose a change of the task (update_task) or of what it depends on, and "
                  "ask before you change anything."),
             attached(name, Json::parse(found.json))});
        with_runs(exchange, prompt, {{"task_id", name.id}, {"limit", 5}}, std::move(messages));
    });
}

void schedule(const ExchangePtr& exchange, const Prompt& prompt, const Json& arguments) {
    const std::string zone = argument(arguments, "timezone");
    answer(exchange, prompt,
           Json::array({text(
               "Set up a task that does this: " + argument(arguments, "goal") + "\n" +
               (zone.empty() ? "Ask which time zone is meant unless it is plain.\n"
                             : "The time zone is " + zone + ".\n") +
               "Look at list_actions for what steps can do and preview_schedule for when it would "
               "run. Show the schedule in plain words with its next three times and the steps, and "
               "create it with create_task only once that is agreed. Then run it once with "
               "run_task_now, wait with get_run, and show what came out.")}));
}

void review(const ExchangePtr& exchange, const Prompt& prompt, const Json&) {
    with_runs(
        exchange, prompt, {{"success", false}, {"limit", 20}},
        Json::array({text("Below are the latest runs that did not succeed. Group them by task "
                          "and by cause, the most frequent first; say for each group what it "
                          "means and what to do. Use get_run and get_task for details.")}));
}

Json listed(const Prompt& prompt) {
    Json arguments = Json::array();
    for (const auto& one : prompt.arguments)
        arguments.push(
            {{"name", one.name}, {"description", one.description}, {"required", one.required}});
    return {{"name", prompt.name},
            {"title", prompt.title},
            {"description", prompt.description},
            {"arguments", std::move(arguments)}};
}

void check_arguments(const Prompt& prompt, const Json& arguments) {
    if (!arguments.is_object())
        throw RpcError(kInvalidParams, "params.arguments must be an object of texts");
    for (const auto& [name, value] : arguments.members())
        if (!value.is_string() || value.as_string().size() > kArgumentBytesMax)
            throw RpcError(kInvalidParams, "params.arguments." + excerpt(name) +
                                               " must be a text of at most 10,000 bytes");
    for (const auto& one : prompt.arguments)
        if (one.required && arguments.find(one.name) == nullptr)
            throw RpcError(kInvalidParams,
                           "params.arguments." + one.name + " is required: " + one.description);
}

}  // namespace

const std::vector<Prompt>& prompts() {
    static const std::vector<Prompt> all = {
        {"diagnose_failing_task",
         "Diagnose a failing task",
         "Finds out why a task fails, from its definition and its latest runs.",
         {{"task_id", "The id of the task.", true}},
         diagnose},
        {"schedule_task",
         "Schedule something",
         "Sets up a task from plain words: schedule, steps, a first run.",
         {{"goal", "What is to be done, and when, in plain words.", true},
          {"timezone", "The IANA time zone that is meant, e.g. Europe/Chisinau."}},
         schedule},
        {"review_failures",
         "Review recent failures",
         "Goes through the latest runs that did not succeed, grouped by cause.",
         {},
         review}};
    return all;
}

const Prompt* find_prompt(std::string_view name) {
    for (const Prompt& prompt : prompts())
        if (prompt.name == name) return &prompt;
    return nullptr;
}

void list_prompts(const ServerPtr&, const ExchangePtr& exchange) {
    check_cursor(exchange->message);
    Json list = Json::array();
    for (const Prompt& prompt : prompts()) list.push(listed(prompt));
    answer_list(exchange, {{"prompts", std::move(list)}}, kFreshMs);
}

void get_prompt(const ServerPtr&, const ExchangePtr& exchange) {
    const std::string name = exchange->message.required_text("name");
    const Prompt* prompt = find_prompt(name);
    if (prompt == nullptr)
        throw RpcError(kInvalidParams,
                       "there is no prompt '" + excerpt(name) + "'; prompts/list has them");
    const Json* given = exchange->message.params.find("arguments");
    const Json arguments = given == nullptr ? Json::object() : *given;
    check_arguments(*prompt, arguments);
    prompt->answer(exchange, *prompt, arguments);
}

}  // namespace mcp_http
