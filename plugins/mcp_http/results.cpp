// The shapes in which tools answer, and how they come from the server's answers.
#include <algorithm>
#include <charconv>

#include "tools.h"

namespace mcp_http {
namespace {

using namespace schema;

constexpr int64_t kCountMax = 9'007'199'254'740'991;  // What every JSON reader keeps exactly.

std::string member_text(const Json& object, std::string_view name) {
    const Json* found = object.find(name);
    return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// {"items", "offset", "has_more"} → {name: items, "next_cursor"}.
Json page(const Json& answer, const char* name, Json (*item)(const Json&)) {
    Json items = Json::array();
    for (const Json& one : answer.find("items")->items()) items.push(item(one));
    const auto count = static_cast<int64_t>(items.items().size());
    const Json next = answer.find("has_more")->as_bool()
                          ? Json(cursor_of(answer.find("offset")->as_int() + count))
                          : Json();
    return {{name, std::move(items)}, {"next_cursor", next}};
}

Json as_it_is(const Json& value) { return value; }

}  // namespace

Json task_schema() {
    Json schema = open_object(
        {{"id", text("The task's id."), true},
         {"title", text("What a person calls it."), true},
         {"description", text("More about it.")},
         {"status", choice("Where it stands.", {"active", "paused", "canceled", "completed"}),
          true},
         {"schedule_kind", text("cron, rrule, once, event or condition."), true},
         {"schedule_expr", text("When it runs, in that language."), true},
         {"timezone", text("The zone its wall clock lives in."), true},
         {"payload", any_object("What it does: params and pipeline."), true},
         {"priority", integer("9 is the most urgent.", 1, 9)},
         {"next_run_at", or_null(text("Its next occurrence, UTC; null when there is none."))},
         {"last_run", anything("Its latest run, or null.")},
         {"version", integer("Grows with each change; for expected_version.", 0, kCountMax)},
         {"created_at", text("When it was made.")},
         {"updated_at", text("When it was changed last.")}});
    schema.set("description", "A task: what is done, when and how.");
    return schema;
}

Json run_schema() {
    Json schema = open_object(
        {{"id", text("The run's id."), true},
         {"task_id", text("Its task."), true},
         {"status",
          choice("Where it stands; the last five are final.",
                 {"scheduled", "ready", "running", "retry_wait", "succeeded", "failed", "timed_out",
                  "canceled", "expired"}),
          true},
         {"success", or_null(truth("Null until it has ended."))},
         {"output", anything("The results of its steps by name; null until there are any."), true},
         {"error", or_null(any_object("Why it did not succeed.")), true},
         {"attempt", integer("How often a worker took it.", 0, kCountMax)},
         {"created_at", text("When it was queued.")},
         {"started_at", or_null(text("When it began."))},
         {"finished_at", or_null(text("When it ended."))},
         {"steps", list("Its steps with inputs and outputs.", any_object("One step."))}});
    schema.set("description", "A run: one execution of a task.");
    return schema;
}

Json shaped_run(const Json& run) {
    Json shaped = Json::object();
    for (const auto& member : run.members())
        shaped.set(member.name == "state" ? "status" : member.name, member.value);
    for (const char* name : {"output", "error"})
        if (shaped.find(name) == nullptr) shaped.set(name, nullptr);
    return shaped;
}

Json task_answer(Json&& answer, const Json&) { return {{"task", std::move(answer)}}; }
Json run_answer(Json&& answer, const Json&) { return {{"run", shaped_run(answer)}}; }
Json tasks_answer(Json&& answer, const Json&) { return page(answer, "tasks", as_it_is); }
Json runs_answer(Json&& answer, const Json&) { return page(answer, "runs", shaped_run); }
Json preview_answer(Json&& answer, const Json&) {
    // The warnings are there in English already.
    Json shaped = Json::object();
    for (const auto& member : answer.members())
        if (member.name != "warning_texts") shaped.set(member.name, member.value);
    return shaped;
}

Json event_answer(Json&& answer, const Json&) {
    const Json* details = answer.find("details");
    return {{"event", details == nullptr ? answer : *details}};
}

// The catalogue is small and whole: it is filtered and cut here.
Json actions_answer(Json&& answer, const Json& arguments) {
    const Json* items = answer.find("items");
    const auto& all = items == nullptr ? answer.items() : items->items();
    const std::string query = lower(member_text(arguments, "query"));
    const int64_t first = offset_of(member_text(arguments, "cursor")).value_or(0);
    const Json* limit = arguments.find("limit");
    const int64_t most = limit == nullptr ? 50 : limit->as_int();
    Json actions = Json::array();
    int64_t position = 0;
    bool more = false;
    for (const Json& tool : all) {
        const std::string about =
            lower(member_text(tool, "name") + " " + member_text(tool, "description"));
        if (about.find(query) == std::string::npos) continue;
        if (position++ < first) continue;
        more = position > first + most;
        if (more) break;
        Json action = Json::object();
        for (const char* name : {"name", "description", "input_schema", "output_schema", "effect"})
            if (const Json* found = tool.find(name)) action.set(name, *found);
        actions.push(std::move(action));
    }
    return {{"actions", std::move(actions)},
            {"next_cursor", more ? Json(cursor_of(first + most)) : Json()}};
}

std::string cursor_of(int64_t offset) { return "from-" + std::to_string(offset); }

std::optional<int64_t> offset_of(std::string_view cursor) {
    constexpr std::string_view kPrefix = "from-";
    if (cursor.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
    cursor.remove_prefix(kPrefix.size());
    int64_t offset = 0;
    const char* const end = cursor.data() + cursor.size();
    const auto [rest, error] = std::from_chars(cursor.data(), end, offset);
    if (error != std::errc() || rest != end || offset < 0 || offset > 1'000'000)
        return std::nullopt;
    return offset;
}

}  // namespace mcp_http
