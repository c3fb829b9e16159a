/* timer.h: interface "ord.timer", major 1: the host's clock, so that tests can move it, and timers
 * on it. Needs no grant. */
#ifndef ORDINAUT_TIMER_H
#define ORDINAUT_TIMER_H
#include "extension.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t struct_size, reserved;
    uint64_t token;    /* yours, unique among your unanswered downcalls */
    uint64_t delay_ns; /* at most 366 days */
} ord_timer_after;

typedef struct ord_timer_v1 {
    uint32_t struct_size, minor;
    /* [any] *unix_ns: nanoseconds since 1970-01-01 UTC; *monotonic_ns: what deadlines are in.
     * Either may be null. OK; HANDLE. */
    ord_status (*now)(ord_handle self, int64_t* unix_ns, uint64_t* monotonic_ns);
    /* [any] One on_async(token, OK) after the delay, or CANCELED after the host's cancel(). OK;
     * CONFLICT: token in use; INVALID; LIMIT: too many unanswered downcalls. */
    ord_status (*after)(ord_handle self, const ord_timer_after* timer);
} ord_timer_v1;

ORD_STATIC_ASSERT(offsetof(ord_timer_after, token) == 8 &&
                      offsetof(ord_timer_after, delay_ns) == 16 && sizeof(ord_timer_after) == 24,
                  "ord_timer_after");
ORD_STATIC_ASSERT(offsetof(ord_timer_v1, now) == 8 && offsetof(ord_timer_v1, after) == 16 &&
                      sizeof(ord_timer_v1) == 24,
                  "ord_timer_v1");

#ifdef __cplusplus
}
#endif
#endif
