/* A well-behaved extension with one tool, "run". An animal replaces the entry in which it
 * misbehaves:
 *
 *   static ord_status on_tool(void *instance, const ord_tool_call *call) { … }
 *   ZOO(.on_tool = on_tool)
 */
#ifndef ZOO_H
#define ZOO_H
#include <ordinaut/config.h>
#include <ordinaut/log.h>
#include <ordinaut/tools.h>
#include <string.h>

/* Only one instance lives at a time. */
static const ord_host_v1* zoo_host;
static ord_handle zoo_self;
static const ord_tools_v1* zoo_tools;
static int zoo_instance;

static inline ord_str zoo_text(const char* text) { return (ord_str){text, strlen(text)}; }
static inline void zoo_error(const char* text) {
    zoo_host->log(zoo_self, ORD_LOG_ERROR, zoo_text(text), NULL, 0);
}
static inline ord_status zoo_finish(const ord_tool_call* call, const char* json) {
    return zoo_host->finish(call->call->inv, ORD_OK, zoo_text(json), zoo_text(""));
}
static inline ord_status zoo_register(const char* name) {
    ord_tool_spec spec = {.struct_size = sizeof spec, .name = zoo_text(name)};
    return zoo_tools->register_tool(zoo_self, &spec);
}
static inline ord_status zoo_attach(const ord_host_v1* host, ord_handle self, void** instance) {
    const void* tools = NULL;
    if (host->struct_size < sizeof(ord_host_v1)) return ORD_E_UNSUPPORTED;
    zoo_host = host;
    zoo_self = self;
    *instance = &zoo_instance;
    if (host->get_interface(self, zoo_text("ord.tools"), 1, &tools, NULL) != ORD_OK) {
        zoo_error("this host has no ord.tools");
        return ORD_E_UNSUPPORTED;
    }
    zoo_tools = tools;
    return ORD_OK;
}

static inline ord_status zoo_create(const ord_host_v1* host, ord_handle self, ord_str config,
                                    void** instance) {
    ord_status status = zoo_attach(host, self, instance);
    (void)config;
    if (status == ORD_OK && (status = zoo_register("run")) != ORD_OK)
        zoo_error("the tool 'run' was refused");
    return status;
}
static inline ord_status zoo_start(void* instance) { return (void)instance, ORD_OK; }
static inline void zoo_quiesce(void* instance, uint64_t deadline_ns) {
    (void)instance, (void)deadline_ns;
}
static inline void zoo_stop(void* instance) { (void)instance; }
static inline ord_status zoo_on_tool(void* instance, const ord_tool_call* call) {
    (void)instance;
    if (call->name.len != 3 || memcmp(call->name.ptr, "run", 3) != 0) return ORD_E_NOT_FOUND;
    return zoo_finish(call, "{}"), ORD_OK;
}

#define ZOO_TEXT(literal) \
    { literal, sizeof(literal) - 1 }
#define ZOO(...)                                                                                \
    ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {                            \
        static const ord_extension_v1 table = {.struct_size = sizeof(ord_extension_v1),         \
                                               .abi_major = ORD_ABI_MAJOR,                      \
                                               .abi_minor = ORD_ABI_MINOR,                      \
                                               .max_concurrency = 2,                            \
                                               .id = ZOO_TEXT(ORDINAUT_EXTENSION_ID),           \
                                               .version = ZOO_TEXT(ORDINAUT_EXTENSION_VERSION), \
                                               .create = zoo_create,                            \
                                               .start = zoo_start,                              \
                                               .quiesce = zoo_quiesce,                          \
                                               .stop = zoo_stop,                                \
                                               .destroy = zoo_stop,                             \
                                               .on_tool = zoo_on_tool,                          \
                                               __VA_ARGS__};                                    \
        return &table;                                                                          \
    }
#endif
