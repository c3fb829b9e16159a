/* Takes a call and forgets it. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    (void)instance, (void)call;
    zoo_host->log(zoo_self, ORD_LOG_INFO, zoo_text("kept"), NULL, 0);
    return ORD_OK;
}
ZOO(.on_tool = on_tool)
