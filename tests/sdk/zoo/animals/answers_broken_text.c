/* Its answer is not UTF-8. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    return (void)instance, zoo_finish(call, "{\"a\":\"\xff\"}"), ORD_OK;
}
ZOO(.on_tool = on_tool)
