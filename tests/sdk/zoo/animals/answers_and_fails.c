/* Answers a call, then returns an error for it. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    return (void)instance, zoo_finish(call, "{\"first\":true}"), ORD_E_TERMINAL;
}
ZOO(.on_tool = on_tool)
