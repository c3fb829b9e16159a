/* Uses handles it was never given, and an interface that is none. */
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    ord_handle handle = call->call->inv;
    const void* table = NULL;
    (void)instance;
    if (zoo_host->finish(handle + 1, ORD_OK, zoo_text("{}"), zoo_text("")) != ORD_E_HANDLE)
        return ORD_E_INTERNAL;
    if (zoo_host->finish(0, ORD_OK, zoo_text("{}"), zoo_text("")) != ORD_E_HANDLE)
        return ORD_E_INTERNAL;
    if (zoo_host->get_interface(handle, zoo_text("ord.tools"), 1, &table, NULL) != ORD_E_HANDLE)
        return ORD_E_INTERNAL;
    if (zoo_host->get_interface(zoo_self + 1, zoo_text("ord.tools"), 1, &table, NULL) !=
        ORD_E_HANDLE)
        return ORD_E_INTERNAL;
    if (zoo_host->get_interface(zoo_self, zoo_text("ord.nonsense"), 1, &table, NULL) !=
        ORD_E_UNSUPPORTED)
        return ORD_E_INTERNAL;
    if (zoo_host->cancel(zoo_self, 77) != ORD_E_NOT_FOUND) return ORD_E_INTERNAL;
    zoo_host->buf_release(handle);
    return zoo_finish(call, "{\"refused\":true}"), ORD_OK;
}
ZOO(.on_tool = on_tool)
