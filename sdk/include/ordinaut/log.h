/* log.h: levels of a log line, and interface "ord.log", major 1. Needs no grant. Never log payloads
 * or secrets. */
#ifndef ORDINAUT_LOG_H
#define ORDINAUT_LOG_H
#include "extension.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ORD_LOG_DEBUG 0u /* per run */
#define ORD_LOG_INFO 1u  /* lifecycle */
#define ORD_LOG_WARN 2u  /* someone should know */
#define ORD_LOG_ERROR 3u /* someone must act */

typedef struct {
    uint32_t struct_size, level;
    ord_handle inv; /* 0 = the upcall this thread is in, if any */
    ord_str message;
    const ord_kv* fields; /* may be null when n is 0 */
    uint32_t n, reserved;
} ord_log_line;

typedef struct ord_log_v1 {
    uint32_t struct_size, minor;
    /* [any] Like the host's log(), for a given invocation, also from another thread. At most 64
     * fields; text over 16 KiB is cut and marked. OK; HANDLE: `self` is stale, or `inv` is
     * completed; INVALID: an unknown level or broken UTF-8. */
    ord_status (*write)(ord_handle self, const ord_log_line* line);
} ord_log_v1;

ORD_STATIC_ASSERT(offsetof(ord_log_line, inv) == 8 && offsetof(ord_log_line, message) == 16 &&
                      offsetof(ord_log_line, fields) == 32 && offsetof(ord_log_line, n) == 40 &&
                      sizeof(ord_log_line) == 48,
                  "ord_log_line");
ORD_STATIC_ASSERT(offsetof(ord_log_v1, write) == 8 && sizeof(ord_log_v1) == 16, "ord_log_v1");

#ifdef __cplusplus
}
#endif
#endif
