/* Its error message has a megabyte. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    static char text[1 << 20];
    (void)instance;
    memset(text, 'x', sizeof text);
    zoo_host->finish(call->call->inv, ORD_E_TERMINAL, zoo_text(""), (ord_str){text, sizeof text});
    return ORD_OK;
}
ZOO(.on_tool = on_tool)
