/* Calls itself for ever. */
#include "zoo.h"
static volatile int depth;
static int deeper(int n) {
    volatile char room[4096];
    room[n % 4096] = (char)n;
    return depth >= 0 ? deeper(n + 1) + room[0] : 0;
}
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    return (void)instance, (void)call, deeper(0) == 1 ? ORD_OK : ORD_E_INTERNAL;
}
ZOO(.on_tool = on_tool)
