/* Answers a call when its instance is stopped, not when it is canceled. */
#include "zoo.h"
static ord_handle open_call;
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    return (void)instance, open_call = call->call->inv, ORD_OK;
}
static void stop(void* instance) {
    (void)instance;
    zoo_host->finish(open_call, ORD_E_GONE, zoo_text(""), zoo_text("stopped"));
}
ZOO(.on_tool = on_tool, .stop = stop)
