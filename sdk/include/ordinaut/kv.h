/* kv.h: interface "ord.kv", major 1: small durable state of the extension's own, shared by all
 * processes. Needs no grant.
 *
 * Keys: 1 to 512 bytes of UTF-8 without control characters. Values: one JSON value of at most 256
 * KiB. At most 100,000 keys. Every entry has a revision: 1 when made, one more with each put. All
 * calls are asynchronous: exactly one on_async with the token follows each OK. Refused at once:
 * CONFLICT (token in use), INVALID (the reason is logged), LIMIT (the value's size, or 1,000 calls
 * are waiting), UNSUPPORTED (this host keeps none). RETRYABLE as the answer: the database does not
 * answer; nothing was changed. INTERNAL: it may have been. */
#ifndef ORDINAUT_KV_H
#define ORDINAUT_KV_H
#include "extension.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ORD_KV_ANY UINT64_MAX /* expected_revision: whatever it is */
#define ORD_KV_NEW 0u         /* expected_revision: there is no such key yet */

typedef struct {
    uint32_t struct_size, reserved;
    uint64_t token;
    ord_str key;
} ord_kv_get;
typedef struct {
    uint32_t struct_size, reserved;
    uint64_t token, expected_revision;
    ord_str key, value_json;
    uint64_t ttl_ns; /* then it is gone; 0 = never */
} ord_kv_put;
typedef struct {
    uint32_t struct_size, reserved;
    uint64_t token, expected_revision;
    ord_str key;
} ord_kv_erase;
typedef struct {
    uint32_t struct_size, limit; /* 1 to 1,000; 0 = 100 */
    uint64_t token;
    ord_str prefix, after; /* keys beginning with prefix and greater (by bytes) than after */
} ord_kv_scan;

typedef struct ord_kv_v1 {
    uint32_t struct_size, minor;
    /* [any] Answer: {"value":…, "revision":n}; NOT_FOUND. */
    ord_status (*get)(ord_handle self, const ord_kv_get* get);
    /* [any] Answer: {"revision":n}; CONFLICT: another revision is there, head_json is {"message",
     * "revision"} (0 = none); LIMIT: 100,000 keys are there already. */
    ord_status (*put)(ord_handle self, const ord_kv_put* put);
    /* [any] Answer: {"erased":true|false}; CONFLICT as put. */
    ord_status (*erase)(ord_handle self, const ord_kv_erase* erase);
    /* [any] Answer: {"entries":[{"key","value","revision"}], "more":true|false}, by key; fewer than
     * `limit` when they are large. */
    ord_status (*scan)(ord_handle self, const ord_kv_scan* scan);
} ord_kv_v1;

ORD_STATIC_ASSERT(offsetof(ord_kv_get, token) == 8 && offsetof(ord_kv_get, key) == 16 &&
                      sizeof(ord_kv_get) == 32,
                  "ord_kv_get");
ORD_STATIC_ASSERT(offsetof(ord_kv_put, token) == 8 &&
                      offsetof(ord_kv_put, expected_revision) == 16 &&
                      offsetof(ord_kv_put, key) == 24 && offsetof(ord_kv_put, value_json) == 40 &&
                      offsetof(ord_kv_put, ttl_ns) == 56 && sizeof(ord_kv_put) == 64,
                  "ord_kv_put");
ORD_STATIC_ASSERT(offsetof(ord_kv_erase, token) == 8 &&
                      offsetof(ord_kv_erase, expected_revision) == 16 &&
                      offsetof(ord_kv_erase, key) == 24 && sizeof(ord_kv_erase) == 40,
                  "ord_kv_erase");
ORD_STATIC_ASSERT(offsetof(ord_kv_scan, token) == 8 && offsetof(ord_kv_scan, prefix) == 16 &&
                      offsetof(ord_kv_scan, after) == 32 && sizeof(ord_kv_scan) == 48,
                  "ord_kv_scan");
ORD_STATIC_ASSERT(offsetof(ord_kv_v1, get) == 8 && offsetof(ord_kv_v1, put) == 16 &&
                      offsetof(ord_kv_v1, erase) == 24 && offsetof(ord_kv_v1, scan) == 32 &&
                      sizeof(ord_kv_v1) == 40,
                  "ord_kv_v1");

#ifdef __cplusplus
}
#endif
#endif
