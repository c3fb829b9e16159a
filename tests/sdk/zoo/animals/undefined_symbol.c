/* Needs a function that no library has. */
#include "zoo.h"
void a_function_nobody_defines(void);
static ord_status start(void* instance) {
    return a_function_nobody_defines(), (void)instance, ORD_OK;
}
ZOO(.start = start)
