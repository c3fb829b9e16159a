/* Its tool keeps the host's thread until the extension is to end. */
#include <unistd.h>
#include "zoo.h"
static volatile int going = 1;
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    (void)instance, (void)call;
    while (going) usleep(1000);
    return ORD_OK;
}
static void quiesce(void* instance, uint64_t deadline_ns) {
    (void)instance, (void)deadline_ns, going = 0;
}
ZOO(.on_tool = on_tool, .quiesce = quiesce)
