/* Ends the whole process. */
#include <stdlib.h>
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    return (void)instance, (void)call, exit(3), ORD_OK;
}
ZOO(.on_tool = on_tool)
