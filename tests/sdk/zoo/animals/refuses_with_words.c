/* Refuses to start, as it may: with a reason. */
#include "zoo.h"
static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config,
                         void** instance) {
    (void)config;
    if (zoo_attach(host, self, instance) != ORD_OK) return ORD_E_UNSUPPORTED;
    return zoo_error("the licence has expired"), ORD_E_DENIED;
}
ZOO(.create = create)
