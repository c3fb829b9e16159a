/* Keeps a value that is larger than ord.kv allows, and under a key with a line break in it. */
#include <ordinaut/kv.h>
#include <stdlib.h>
#include "zoo.h"
static void on_async(void* instance, const ord_async* answer) { (void)instance, (void)answer; }
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    enum { kBytes = 300000 };
    const void* table = NULL;
    char* value = malloc(kBytes);
    ord_kv_put put = {.struct_size = sizeof put, .token = 1, .key = zoo_text("everything")};
    ord_status large, broken;
    (void)instance;
    if (value == NULL ||
        zoo_host->get_interface(zoo_self, zoo_text("ord.kv"), 1, &table, NULL) != ORD_OK)
        return free(value), ORD_E_UNSUPPORTED;
    memset(value, '1', kBytes);
    put.value_json = (ord_str){value, kBytes};
    large = ((const ord_kv_v1*)table)->put(zoo_self, &put);
    put.key = zoo_text("two\nlines");
    put.value_json = zoo_text("1");
    broken = ((const ord_kv_v1*)table)->put(zoo_self, &put);
    free(value);
    if (large != ORD_E_LIMIT || broken != ORD_E_INVALID) return ORD_E_INTERNAL;
    return zoo_finish(call, "{\"refused\":true}"), ORD_OK;
}
ZOO(.on_tool = on_tool, .on_async = on_async)
