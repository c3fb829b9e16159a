/* Frees what it has freed. */
#include <stdlib.h>
#include "zoo.h"
static void* volatile block;
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    (void)instance, (void)call;
    block = malloc(100);
    for (int n = 0; n < 2; ++n) free(block);
    return ORD_OK;
}
ZOO(.on_tool = on_tool)
