/* Is created, but does not start. */
#include "zoo.h"
static ord_status start(void* instance) {
    return (void)instance, zoo_error("the port is taken"), ORD_E_CONFLICT;
}
ZOO(.start = start)
