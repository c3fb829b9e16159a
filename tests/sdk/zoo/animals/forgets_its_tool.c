/* Declares a tool and does not register it. */
#include "zoo.h"
static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config,
                         void** instance) {
    (void)config;
    return zoo_attach(host, self, instance);
}
ZOO(.create = create)
