/* Changes the working directory of the whole server. */
#include <unistd.h>
#include "zoo.h"
static ord_status start(void* instance) {
    return (void)instance, chdir("/") == 0 ? ORD_OK : ORD_E_INTERNAL;
}
ZOO(.start = start)
