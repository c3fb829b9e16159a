/* Tells how far it is, how it is, and which tasks are its own. */
#include <ordinaut/core.h>
#include <ordinaut/tools.h>
#include <string.h>

static const ord_host_v1* host;
static ord_handle self;
static const ord_tools_v1* tools;
static const ord_core_v1* core;
static int instance_of_all, ill;

static ord_str text(const char* of) { return (ord_str){of, strlen(of)}; }
static int is(ord_str name, const char* other) {
    return name.len == strlen(other) && memcmp(name.ptr, other, name.len) == 0;
}

static ord_status create(const ord_host_v1* given, ord_handle own, ord_str config,
                         void** instance) {
    static const char* const names[] = {"work", "mine", "fall_ill"};
    const void* table = NULL;
    (void)config;
    host = given;
    self = own;
    *instance = &instance_of_all;
    if (host->get_interface(self, text("ord.tools"), 1, &table, NULL) != ORD_OK)
        return ORD_E_UNSUPPORTED;
    tools = table;
    if (host->get_interface(self, text("ord.core"), 1, &table, NULL) != ORD_OK)
        return ORD_E_UNSUPPORTED;
    core = table;
    for (size_t n = 0; n < sizeof names / sizeof *names; ++n) {
        const ord_tool_spec spec = {.struct_size = sizeof spec, .name = text(names[n])};
        const ord_status status = tools->register_tool(self, &spec);
        if (status != ORD_OK) return status;
    }
    return ORD_OK;
}

static ord_status work(ord_handle inv) {
    const ord_tool_progress half = {
        .struct_size = sizeof half, .permille = 505, .inv = inv, .message = text("halfway there")};
    const ord_status status = tools->progress(self, &half);
    return status == ORD_OK ? host->finish(inv, ORD_OK, text("{}"), text("")) : status;
}

/* The handle of the call that waits is the token. */
static ord_status mine(ord_handle inv) {
    const ord_core_call call = {.struct_size = sizeof call,
                                .inv = 0,
                                .token = inv,
                                .operation = text("tasks.list"),
                                .input_json = text("{}")};
    return core->call(self, &call);
}

static ord_status on_tool(void* instance, const ord_tool_call* call) {
    const ord_handle inv = call->call->inv;
    (void)instance;
    if (is(call->name, "work")) return work(inv);
    if (is(call->name, "mine")) return mine(inv);
    ill = 1;
    return host->finish(inv, ORD_OK, text("{}"), text(""));
}

static void on_async(void* instance, const ord_async* answer) {
    (void)instance;
    host->finish(answer->token, answer->status,
                 answer->status == ORD_OK ? answer->bytes : answer->head_json, text("refused"));
}

static ord_status health(void* instance, const ord_call* call) {
    (void)instance;
    return ill ? host->finish(call->inv, ORD_E_RETRYABLE, text(""), text("the pump is cold"))
               : host->finish(call->inv, ORD_OK, text(""), text(""));
}

static ord_status start(void* instance) { return (void)instance, ORD_OK; }
static void quiesce(void* instance, uint64_t deadline_ns) { (void)instance, (void)deadline_ns; }
static void stop(void* instance) { (void)instance; }

ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static const ord_extension_v1 table = {
        .struct_size = sizeof(ord_extension_v1),
        .abi_major = ORD_ABI_MAJOR,
        .abi_minor = ORD_ABI_MINOR,
        .max_concurrency = 2,
        .id = {ORDINAUT_EXTENSION_ID, sizeof(ORDINAUT_EXTENSION_ID) - 1},
        .version = {ORDINAUT_EXTENSION_VERSION, sizeof(ORDINAUT_EXTENSION_VERSION) - 1},
        .create = create,
        .start = start,
        .health = health,
        .quiesce = quiesce,
        .stop = stop,
        .destroy = stop,
        .on_tool = on_tool,
        .on_async = on_async};
    return &table;
}
