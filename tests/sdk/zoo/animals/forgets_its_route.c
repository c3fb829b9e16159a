/* Its manifest declares a route that it does not add. */
#include "zoo.h"
static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config,
                         void** instance) {
    (void)config;
    return zoo_attach(host, self, instance);
}
static ord_status on_http(void* instance, const ord_http_request* request) {
    return (void)instance, (void)request, ORD_E_NOT_FOUND;
}
ZOO(.create = create, .on_http = on_http)
