/* Answers what its own output_schema refuses. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    return (void)instance, zoo_finish(call, "[1]"), ORD_OK;
}
ZOO(.on_tool = on_tool)
