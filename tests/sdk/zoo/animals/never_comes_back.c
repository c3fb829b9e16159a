/* Its tool runs in a circle, on the host's thread. */
#include <unistd.h>
#include "zoo.h"
static volatile int going = 1;
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    (void)instance, (void)call;
    while (going) usleep(1000);
    return ORD_OK;
}
static void stop(void* instance) { (void)instance, going = 0; }
ZOO(.on_tool = on_tool, .stop = stop)
