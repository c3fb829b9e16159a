// The tools assistants get: what each takes and gives, and how it is done by the server's
// operations.
#pragma once
#include "exchange.h"
#include "schema.h"

namespace mcp_http {

struct Tool;

// One call of a tool; its arguments fit the schema.
struct ToolRun {
    ExchangePtr exchange;
    const Tool* tool;
    Json arguments;
};

struct Tool {
    std::string name, title, description;
    Json input, output;
    Json hints;           // MCP's annotations.
    std::string example;  // Arguments that work, JSON; example_for() fits them to a call.
    std::string_view operation;
    // The operation's input from the arguments.
    Json (*input_of)(const Json& arguments) = nullptr;
    // structuredContent from the operation's answer.
    Json (*shape)(Json&& answer, const Json& arguments) = nullptr;
    // Instead of one call of the operation.
    void (*call)(const ToolRun& run) = nullptr;
};

// In the order of tools/list.
const std::vector<Tool>& tools();
const Tool* find_tool(std::string_view name);
Json listed(const Tool& tool);  // As tools/list shows it.

// Arguments that work, as close to the call's as they can be.
std::string example_for(const ToolRun& run);

// Checks the arguments, does it, answers the exchange.
void run_tool(const ExchangePtr& exchange, const Tool& tool, const Json& arguments);

// The answers of a tool call.
void succeed(const ExchangePtr& exchange, const Json& structured);
void refuse(const ToolRun& run, const std::vector<schema::Problem>& problems);
void refuse(const ToolRun& run, const ordinaut::Answer& answer);
void refuse(const ExchangePtr& exchange, const std::string& text);

// Asks for the tool's operation; `done` gets its answer when that is not a refusal.
void run_operation(const ToolRun& run, std::function<void(Json&& answer)> done);
// create_task and update_task: then says, too, what is likely to go wrong.
void save_task(const ToolRun& run);
// get_run with wait_seconds: answers when the run has ended or the time is over.
void wait_for_run(const ToolRun& run);

// results.cpp: the shapes of answers.
Json task_schema();
Json run_schema();
Json shaped_run(const Json& run);
Json task_answer(Json&& answer, const Json& arguments);
Json run_answer(Json&& answer, const Json& arguments);
Json tasks_answer(Json&& answer, const Json& arguments);
Json runs_answer(Json&& answer, const Json& arguments);
Json preview_answer(Json&& answer, const Json& arguments);
Json actions_answer(Json&& answer, const Json& arguments);
Json event_answer(Json&& answer, const Json& arguments);

// A cursor of ours, and the offset it stands for; none: it is not one of ours.
std::string cursor_of(int64_t offset);
std::optional<int64_t> offset_of(std::string_view cursor);

}  // namespace mcp_http
