/* my_ext: an extension of Ordinaut in plain C. */
#include <ordinaut/tools.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One instance. Several may exist at the same time, so nothing is global but constants. */
typedef struct {
    const ord_host_v1* host;
    ord_handle self;
} instance_t;

static ord_str text(const char* s) {
    ord_str str = {s, strlen(s)};
    return str;
}

static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config_json,
                         void** out) {
    const void* tools = NULL;
    ord_tool_spec greet = {
        sizeof(ord_tool_spec), ORD_EFFECT_PURE, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    ord_status status;
    instance_t* instance;
    (void)config_json;
    if (host->struct_size < sizeof(ord_host_v1)) return ORD_E_UNSUPPORTED;
    status = host->get_interface(self, text("ord.tools"), 1, &tools, NULL);
    if (status != ORD_OK) {
        host->log(self, 3, text("this host has no ord.tools"), NULL, 0);
        return status;
    }
    greet.name = text("greet"); /* Its description and schemas are in extension.json. */
    status = ((const ord_tools_v1*)tools)->register_tool(self, &greet);
    if (status != ORD_OK) {
        host->log(self, 3, text("the tool 'greet' was refused; is TOOLS granted?"), NULL, 0);
        return status;
    }
    instance = malloc(sizeof *instance);
    if (instance == NULL) return ORD_E_INTERNAL;
    instance->host = host;
    instance->self = self;
    *out = instance;
    return ORD_OK;
}
static ord_status start(void* instance) { return (void)instance, ORD_OK; }
static void quiesce(void* instance, uint64_t deadline_ns) { (void)instance, (void)deadline_ns; }
static void stop(void* instance) { (void)instance; }
static void destroy(void* instance) { free(instance); }

/* Finds the text of "name" in {"name":"…"}. The host has checked the input against the schema; a
 * real extension would use a JSON library here. Returns 0 when there is none. Escapes stay as they
 * are, so the answer is JSON again. */
static int find_name(ord_str json, ord_str* name) {
    static const char key[] = "\"name\"";
    uint64_t at = 0, end;
    while (at + sizeof key - 1 <= json.len && memcmp(json.ptr + at, key, sizeof key - 1) != 0) ++at;
    if (at + sizeof key - 1 > json.len) return 0;
    for (at += sizeof key - 1; at < json.len && (json.ptr[at] == ' ' || json.ptr[at] == ':');
         ++at) {
    }
    if (at >= json.len || json.ptr[at] != '"') return 0;
    for (end = ++at; end < json.len && json.ptr[end] != '"'; ++end)
        if (json.ptr[end] == '\\') ++end;
    if (end >= json.len) return 0;
    name->ptr = json.ptr + at;
    name->len = end - at;
    return 1;
}

static ord_status on_tool(void* data, const ord_tool_call* call) {
    const instance_t* instance = data;
    const ord_handle inv = call->call->inv;
    char answer[1024];
    ord_str name;
    int length;
    if (call->name.len != 5 || memcmp(call->name.ptr, "greet", 5) != 0) return ORD_E_NOT_FOUND;
    if (!find_name(call->input_json, &name) || name.len > 900) {
        instance->host->finish(inv, ORD_E_INVALID, text(""),
                               text("/name: is required, with at most 900 bytes"));
        return ORD_OK;
    }
    length = snprintf(answer, sizeof answer, "{\"text\":\"Hello %.*s\"}", (int)name.len, name.ptr);
    instance->host->finish(inv, ORD_OK, (ord_str){answer, (uint64_t)length}, text(""));
    return ORD_OK;
}

ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static const ord_extension_v1 table = {
        .struct_size = sizeof(ord_extension_v1),
        .abi_major = ORD_ABI_MAJOR,
        .abi_minor = ORD_ABI_MINOR,
        .max_concurrency = 4,
        .id = {ORDINAUT_EXTENSION_ID, sizeof(ORDINAUT_EXTENSION_ID) - 1},
        .version = {ORDINAUT_EXTENSION_VERSION, sizeof(ORDINAUT_EXTENSION_VERSION) - 1},
        .create = create,
        .start = start,
        .quiesce = quiesce,
        .stop = stop,
        .destroy = destroy,
        .on_tool = on_tool,
    };
    return &table;
}
