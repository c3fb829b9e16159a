/* Takes for granted that texts end with a NUL. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    (void)instance;
    if (strlen(call->input_json.ptr) > 1 << 20) return ORD_E_LIMIT;
    return zoo_finish(call, "{}"), ORD_OK;
}
ZOO(.on_tool = on_tool)
