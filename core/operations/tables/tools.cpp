#include "operations/tables/tables.h"

namespace ordinaut::operations {

std::vector<Operation> tools_table() {
    return {
        {.id = "tools.list",
         .method = Method::kGet,
         .path = "/tools",
         .tag = "tools",
         .summary = "List the tools pipelines can use",
         .input = "Nothing",
         .output = "Tools",
         .cli = "tool list",
         .mcp = "list_actions",
         .handler = list_tools},
        {.id = "tools.get",
         .method = Method::kGet,
         .path = "/tools/{name}",
         .tag = "tools",
         .summary = "Show a tool and its schemas",
         .input = "ToolRef",
         .output = "Tool",
         .example = R"({"name":"std.echo"})",
         .cli = "tool show",
         .handler = get_tool},
        {.id = "tools.invoke",
         .method = Method::kPost,
         .path = "/tools/{name}/invoke",
         .scope = "tools:invoke",
         .effect = Effect::kWrite,
         .tag = "tools",
         .summary = "Call a tool once, outside any run",
         .description = "The body is the tool's input itself.",
         .input = "ToolInvoke",
         .output = "ToolOutput",
         .body_member = "input",
         .example = R"({"name":"std.echo","input":{"text":"hi"}})",
         .cli = "tool invoke",
         .async_handler = invoke_tool},
    };
}

}  // namespace ordinaut::operations
