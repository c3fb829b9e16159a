/* Answers one call twice. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    (void)instance;
    zoo_finish(call, "{\"first\":true}");
    zoo_finish(call, "{\"second\":true}");
    return ORD_OK;
}
ZOO(.on_tool = on_tool)
