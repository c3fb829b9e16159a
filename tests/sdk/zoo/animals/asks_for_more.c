/* Asks for what it has no grant for: its manifest wants TOOLS only. */
#include <ordinaut/http.h>
#include "zoo.h"
static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config,
                         void** instance) {
    const void* http = NULL;
    ord_route route = {
        .struct_size = sizeof route, .method = zoo_text("GET"), .pattern = zoo_text("/hello")};
    ord_status status = zoo_create(host, self, config, instance);
    if (status != ORD_OK) return status;
    if (host->get_interface(self, zoo_text("ord.http"), 1, &http, NULL) != ORD_OK)
        return zoo_error("this host has no ord.http"), ORD_E_UNSUPPORTED;
    status = ((const ord_http_v1*)http)->add_route(self, &route);
    if (status != ORD_OK) zoo_error("the route /hello was refused");
    return status;
}
ZOO(.create = create)
