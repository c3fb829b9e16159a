/* Writes ten thousand lines in one call. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    (void)instance;
    for (int n = 0; n < 10000; ++n)
        zoo_host->log(zoo_self, ORD_LOG_INFO, zoo_text("and another thing"), NULL, 0);
    return zoo_finish(call, "{}"), ORD_OK;
}
ZOO(.on_tool = on_tool)
