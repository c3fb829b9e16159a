/* Asks for something asynchronous, but has no on_async. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    ord_tool_invoke other = {.struct_size = sizeof other,
                             .inv = call->call->inv,
                             .token = 1,
                             .name = zoo_text("no.such"),
                             .input_json = zoo_text("{}")};
    (void)instance;
    zoo_tools->invoke(zoo_self, &other);
    return zoo_finish(call, "{}"), ORD_OK;
}
ZOO(.on_tool = on_tool)
