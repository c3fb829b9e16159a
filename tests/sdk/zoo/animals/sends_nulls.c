/* Hands over null pointers and structs without a size, or with one that is too small. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    ord_tool_spec unsized_spec = {.struct_size = 0, .name = zoo_text("other")};
    ord_tool_invoke small = {.struct_size = 8, .inv = call->call->inv};
    (void)instance;
    if (zoo_tools->invoke(zoo_self, &small) != ORD_E_INVALID) return ORD_E_INTERNAL;
    if (zoo_tools->register_tool(zoo_self, NULL) != ORD_E_INVALID) return ORD_E_INTERNAL;
    if (zoo_tools->register_tool(zoo_self, &unsized_spec) != ORD_E_INVALID) return ORD_E_INTERNAL;
    if (zoo_tools->invoke(zoo_self, NULL) != ORD_E_INVALID) return ORD_E_INTERNAL;
    if (zoo_tools->list(zoo_self, NULL) != ORD_E_INVALID) return ORD_E_INTERNAL;
    if (zoo_host->get_interface(zoo_self, zoo_text("ord.tools"), 1, NULL, NULL) != ORD_E_INVALID)
        return ORD_E_INTERNAL;
    zoo_host->log(zoo_self, ORD_LOG_INFO, (ord_str){NULL, 5}, NULL, 3);
    return zoo_finish(call, "{\"refused\":true}"), ORD_OK;
}
ZOO(.on_tool = on_tool)
