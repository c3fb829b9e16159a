/* types.h: what every table of the ABI is made of: its version, statuses, text and handles. */
#ifndef ORDINAUT_TYPES_H
#define ORDINAUT_TYPES_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define ORD_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define ORD_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

#define ORD_ABI_MAJOR 1u
#define ORD_ABI_MINOR 0u
#define ORD_EXPORT __attribute__((visibility("default")))

/* True when the other side's struct is new enough to have `member`. */
#define ORD_HAS(ptr, member) \
    ((ptr)->struct_size >= (uint64_t)((const char*)(&(ptr)->member + 1) - (const char*)(ptr)))

/* kind | generation | slot. 0 is never a handle. Stale or foreign: ORD_E_HANDLE. */
typedef uint64_t ord_handle;
typedef int32_t ord_status;

/* A status this host or extension does not know counts as ORD_E_TERMINAL. */
#define ORD_OK 0
#define ORD_E_INVALID 1       /* The input is wrong; the message or details name the place. */
#define ORD_E_DENIED 2        /* The operator did not grant this. */
#define ORD_E_UNSUPPORTED 3   /* This host (or extension) is too old for it. */
#define ORD_E_NOT_FOUND 4     /* There is no such thing, or it belongs to someone else. */
#define ORD_E_CONFLICT 5      /* The state does not allow it, or the name is taken. */
#define ORD_E_CANCELED 6      /* Stopped because someone asked. */
#define ORD_E_DEADLINE 7      /* It took longer than allowed. */
#define ORD_E_AGAIN 8         /* Not now; the host says when. */
#define ORD_E_LIMIT 9         /* A size or count limit was reached. */
#define ORD_E_GONE 10         /* The other side stopped. */
#define ORD_E_STATE 11        /* Not allowed at this point of the life cycle. */
#define ORD_E_HANDLE 12       /* The handle is stale or foreign. */
#define ORD_E_RETRYABLE 13    /* Failed; trying again may help. */
#define ORD_E_RATE_LIMITED 14 /* Failed; try again after retry_after_ms. */
#define ORD_E_TERMINAL 15     /* Failed; trying again will not help. */
#define ORD_E_INTERNAL 16     /* A fault of the callee's own. */

typedef struct {
    const char* ptr;
    uint64_t len;
} ord_str; /* frozen */
/* frozen; give `owner` to buf_release */
typedef struct {
    ord_str data;
    ord_handle owner;
} ord_buf;
typedef struct {
    ord_str key, value;
} ord_kv; /* frozen: array element */

ORD_STATIC_ASSERT(sizeof(void*) == 8, "64-bit only");
ORD_STATIC_ASSERT(sizeof(ord_str) == 16 && sizeof(ord_buf) == 24 && sizeof(ord_kv) == 32, "frozen");

#ifdef __cplusplus
}
#endif
#endif
