/* Fails with a status nobody knows. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    return (void)instance, (void)call, 4711;
}
ZOO(.on_tool = on_tool)
