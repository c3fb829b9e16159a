/* Refuses to start and does not say why. */
#include "zoo.h"
static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config,
                         void** instance) {
    (void)config;
    return zoo_attach(host, self, instance) == ORD_OK ? ORD_E_INTERNAL : ORD_E_UNSUPPORTED;
}
ZOO(.create = create)
