/* Declares a background task and does not spawn it; wants a scope that there is not. */
#include "zoo.h"
static ord_status on_task(void* instance, const ord_task* task) {
    return (void)instance, (void)task, ORD_OK;
}
ZOO(.on_task = on_task)
