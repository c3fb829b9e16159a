/* The host serves the folder that extension.json names. The code has nothing to do but to exist. */
#include <ordinaut/extension.h>

static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config_json,
                         void** out) {
    static char nothing;
    (void)self, (void)config_json;
    *out = &nothing;
    return host->struct_size < sizeof(ord_host_v1) ? ORD_E_UNSUPPORTED : ORD_OK;
}
static ord_status start(void* instance) { return (void)instance, ORD_OK; }
static void quiesce(void* instance, uint64_t deadline_ns) { (void)instance, (void)deadline_ns; }
static void stop(void* instance) { (void)instance; }

ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static const ord_extension_v1 table = {
        .struct_size = sizeof(ord_extension_v1),
        .abi_major = ORD_ABI_MAJOR,
        .abi_minor = ORD_ABI_MINOR,
        .max_concurrency = 1,
        .id = {ORDINAUT_EXTENSION_ID, sizeof(ORDINAUT_EXTENSION_ID) - 1},
        .version = {ORDINAUT_EXTENSION_VERSION, sizeof(ORDINAUT_EXTENSION_VERSION) - 1},
        .create = create,
        .start = start,
        .quiesce = quiesce,
        .stop = stop,
        .destroy = stop};
    return &table;
}
