/* Takes a call and forgets it. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    return (void)instance, (void)call, ORD_OK;
}
ZOO(.on_tool = on_tool)
