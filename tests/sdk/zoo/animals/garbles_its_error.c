/* Its error message is not UTF-8 and would command a terminal. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    (void)instance;
    zoo_host->finish(call->call->inv, ORD_E_TERMINAL, zoo_text(""), zoo_text("broken \xff text"));
    return ORD_OK;
}
ZOO(.on_tool = on_tool)
