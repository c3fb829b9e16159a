/* Registers more tools than a host takes. */
#include <stdio.h>
#include "zoo.h"
static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config,
                         void** instance) {
    char name[32];
    ord_status status = zoo_create(host, self, config, instance);
    for (int n = 0; status == ORD_OK && n < 2000; ++n) {
        snprintf(name, sizeof name, "tool_%d", n);
        status = zoo_register(name);
    }
    if (status != ORD_OK) zoo_error("not all of its 2001 tools were taken");
    return status;
}
ZOO(.create = create)
