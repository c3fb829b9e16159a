/* One misbehaving extension per BAD_…; each is compiled from this file with one idea switched on.
 */
#include <ordinaut/tools.h>
#include <string.h>

#ifndef BAD_ID
#define BAD_ID ORDINAUT_EXTENSION_ID
#endif
#ifndef BAD_STRUCT_SIZE
#define BAD_STRUCT_SIZE sizeof(ord_extension_v1)
#endif

#ifdef BAD_STUCK
#include <time.h>
static volatile int unstuck;
#endif

static const ord_host_v1* host;
static ord_handle own;
static int instance_of_it;

static ord_str str(const char* text) {
    ord_str s = {text, strlen(text)};
    return s;
}

static ord_status create(const ord_host_v1* given, ord_handle self, ord_str config,
                         void** instance) {
    const void* tools = NULL;
    uint32_t minor = 0;
    ord_tool_spec spec;
    (void)config;
    host = given;
    own = self;
    *instance = &instance_of_it;
#ifdef BAD_CREATE
    host->log(self, 3, str("the licence has expired"), NULL, 0);
    return ORD_E_DENIED;
#endif
    if (host->get_interface(self, str("ord.tools"), 1, &tools, &minor) != ORD_OK)
        return ORD_E_INTERNAL;
    if (host->get_interface(self, str("ord.nonsense"), 1, &tools, &minor) != ORD_E_UNSUPPORTED)
        return ORD_E_INTERNAL;
    if (host->get_interface(self + 1, str("ord.tools"), 1, &tools, &minor) != ORD_E_HANDLE)
        return ORD_E_INTERNAL;
    memset(&spec, 0, sizeof spec);
    spec.struct_size = sizeof spec;
    spec.name = str("run");
#ifdef BAD_SCHEMA
    spec.input_schema_json = str("{\"type\":\"array\"}");
#endif
#ifndef BAD_UNREGISTERED
    return ((const ord_tools_v1*)tools)->register_tool(self, &spec);
#else
    return ORD_OK;
#endif
}
static ord_status start(void* instance) { return (void)instance, ORD_OK; }
static void quiesce(void* instance, uint64_t deadline_ns) {
    (void)instance, (void)deadline_ns;
#ifdef BAD_STUCK
    unstuck = 1;
#endif
}
static void stop(void* instance) { (void)instance; }
static void destroy(void* instance) { (void)instance; }

static ord_status on_tool(void* instance, const ord_tool_call* call) {
    const ord_handle inv = call->call->inv;
    (void)instance;
#if defined(BAD_TWICE)
    host->finish(inv, ORD_OK, str("{\"first\":true}"), str(""));
    if (host->finish(inv, ORD_OK, str("{\"second\":true}"), str("")) != ORD_E_HANDLE)
        return ORD_E_INTERNAL;
    return ORD_OK;
#elif defined(BAD_RETURN)
    host->finish(inv, ORD_OK, str("{\"first\":true}"), str(""));
    return ORD_E_TERMINAL;
#elif defined(BAD_NEVER)
    (void)inv;
    host->log(own, 1, str("kept"), NULL, 0);
    return ORD_OK;
#elif defined(BAD_JSON)
    host->finish(inv, ORD_OK, str("{not json"), str(""));
    return ORD_OK;
#elif defined(BAD_STUCK)
    while (!unstuck) {
        struct timespec moment = {0, 1000000};
        nanosleep(&moment, NULL);
    }
    (void)inv;
    return ORD_OK;
#elif defined(BAD_HANDLE)
    if (host->finish(inv + 1, ORD_OK, str("{}"), str("")) != ORD_E_HANDLE) return ORD_E_INTERNAL;
    host->finish(inv, ORD_OK, str("{}"), str(""));
    return ORD_OK;
#elif defined(BAD_FLOOD)
    for (int n = 0; n < 20000; ++n) host->log(own, 1, str("and again"), NULL, 0);
    host->finish(inv, ORD_OK, str("{}"), str(""));
    return ORD_OK;
#elif defined(BAD_CALL_SIZE)
    {
        const void* tools = NULL;
        ord_tool_invoke call;
        memset(&call, 0, sizeof call);
        call.struct_size = 8;
        call.inv = inv;
        host->get_interface(own, str("ord.tools"), 1, &tools, NULL);
        if (((const ord_tools_v1*)tools)->invoke(own, &call) != ORD_E_INVALID)
            return ORD_E_INTERNAL;
        if (((const ord_tools_v1*)tools)->invoke(own, NULL) != ORD_E_INVALID) return ORD_E_INTERNAL;
    }
    host->finish(inv, ORD_OK, str("{}"), str(""));
    return ORD_OK;
#elif defined(BAD_STATUS)
    (void)inv;
    return 4711;
#else
    host->finish(inv, ORD_OK, str("{}"), str(""));
    return ORD_OK;
#endif
}

ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static ord_extension_v1 table;
    table.struct_size = BAD_STRUCT_SIZE;
    table.abi_major = ORD_ABI_MAJOR;
    table.max_concurrency = 2;
    table.id = str(BAD_ID);
    table.version = str(ORDINAUT_EXTENSION_VERSION);
    table.create = create;
    table.start = start;
    table.quiesce = quiesce;
    table.stop = stop;
    table.destroy = destroy;
    table.on_tool = on_tool;
#ifdef BAD_NULL
    table.on_tool = NULL;
#endif
#ifdef BAD_DESCRIPTOR
    table.struct_size = 0;
    return table.struct_size == 0 ? NULL : &table;
#else
    return &table;
#endif
}
