/* The least a tool can do: it answers its input, inside the upcall. */
#include <ordinaut/tools.h>
#include <string.h>

static const ord_host_v1* host;
static int instance_of_it;

static ord_str str(const char* text) {
    ord_str s = {text, strlen(text)};
    return s;
}
static ord_status create(const ord_host_v1* given, ord_handle self, ord_str config,
                         void** instance) {
    const void* tools = NULL;
    ord_tool_spec spec;
    ord_status found;
    (void)config;
    host = given;
    *instance = &instance_of_it;
    memset(&spec, 0, sizeof spec);
    spec.struct_size = sizeof spec;
    spec.name = str("run");
    found = host->get_interface(self, str("ord.tools"), 1, &tools, NULL);
    return found != ORD_OK ? found : ((const ord_tools_v1*)tools)->register_tool(self, &spec);
}
static ord_status start(void* instance) { return (void)instance, ORD_OK; }
static void quiesce(void* instance, uint64_t deadline_ns) { (void)instance, (void)deadline_ns; }
static void nothing(void* instance) { (void)instance; }
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    (void)instance;
    host->finish(call->call->inv, ORD_OK, call->input_json, str(""));
    return ORD_OK;
}

ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static ord_extension_v1 table;
    table.struct_size = sizeof table;
    table.abi_major = ORD_ABI_MAJOR;
    table.max_concurrency = 2;
    table.id = str(ORDINAUT_EXTENSION_ID);
    table.version = str(ORDINAUT_EXTENSION_VERSION);
    table.create = create;
    table.start = start;
    table.quiesce = quiesce;
    table.stop = nothing;
    table.destroy = nothing;
    table.on_tool = on_tool;
    return &table;
}
