/* Registers its tool with another schema than its manifest's. */
#include "zoo.h"
static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config,
                         void** instance) {
    ord_tool_spec spec = {.struct_size = sizeof spec,
                          .name = zoo_text("run"),
                          .input_schema_json = zoo_text("{\"type\":\"array\"}")};
    ord_status status = zoo_attach(host, self, instance);
    (void)config;
    return status == ORD_OK ? zoo_tools->register_tool(self, &spec) : status;
}
ZOO(.create = create)
