/* config.h: interface "ord.config", major 1: the extension's configuration and the secrets meant
 * for it. Needs no grant. */
#ifndef ORDINAUT_CONFIG_H
#define ORDINAUT_CONFIG_H
#include "extension.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ord_config_v1 {
    uint32_t struct_size, minor;
    /* [any] OK: *out is the JSON of one member of the configuration; the empty key gives all of it.
     * NOT_FOUND: not set. */
    ord_status (*get)(ord_handle self, ord_str key, ord_buf* out);
    /* [any] OK: *out is the secret's text: do not log or keep it. NOT_FOUND; DENIED; UNSUPPORTED:
     * this host keeps none. */
    ord_status (*secret)(ord_handle self, ord_str name, ord_buf* out);
} ord_config_v1;

ORD_STATIC_ASSERT(offsetof(ord_config_v1, get) == 8 && offsetof(ord_config_v1, secret) == 16 &&
                      sizeof(ord_config_v1) == 24,
                  "ord_config_v1");

#ifdef __cplusplus
}
#endif
#endif
