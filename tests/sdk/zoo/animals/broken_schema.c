/* Registers a tool with a schema that is none. */
#include "zoo.h"
static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config,
                         void** instance) {
    ord_tool_spec spec = {.struct_size = sizeof spec,
                          .name = zoo_text("extra"),
                          .input_schema_json = zoo_text("{\"type\":\"objekt\"}")};
    ord_status status = zoo_create(host, self, config, instance);
    return status == ORD_OK ? zoo_tools->register_tool(self, &spec) : status;
}
ZOO(.create = create)
