/* events.h: interface "ord.events", major 1: publish events and receive them, at least once each.
 * publish needs the grant EVENTS_PUB, subscribe EVENTS_SUB.
 *
 * With an empty `ns` an event is on the shared spine: a dotted topic ("door.opened") that also
 * triggers event tasks. With a namespace it lives in the extension's own stream
 * ext:<id>:<ns>:<topic>, where only this extension's subscriptions and whoever it shows them to see
 * it. */
#ifndef ORDINAUT_EVENTS_H
#define ORDINAUT_EVENTS_H
#include "extension.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One delivery, as on_event(). Its completion is the acknowledgement: ORD_OK = done, never again in
 * this group; RETRYABLE, RATE_LIMITED (either with retry_after_ms), AGAIN, INTERNAL, GONE, CANCELED
 * or no answer within ack_timeout = delivered again; any other = given up, and said so. Delivered
 * again after retry_after_ms (at most ack_timeout), else after 1 s, 2 s, 4 s … */
struct ord_event {
    uint32_t struct_size, redelivered; /* how many deliveries there were before this one */
    const ord_call* call;
    ord_handle subscription;
    ord_str id; /* of the entry: for from_id */
    ord_str topic, source, causation_id, published_at /* RFC 3339 UTC */, payload_json;
};

typedef struct {
    uint32_t struct_size, reserved;
    ord_handle inv;       /* its trace and causation go on in the event; 0 = none */
    uint64_t token;       /* yours, unique among your unanswered downcalls */
    ord_str ns;           /* empty: the spine. Else [a-z0-9_]{1,64} */
    ord_str topic;        /* 1 to 200 characters: segments of [A-Za-z0-9_-] joined by dots */
    ord_str payload_json; /* one JSON value of at most 256 KiB; empty = null */
    ord_str event_id;     /* yours, at most 200 bytes, for exactly-once effects: the same one again
                           * within 24 h changes nothing and gives the first one's answer. Empty:
                           * the host makes one. */
} ord_event_publish;

typedef struct {
    uint32_t struct_size, max_in_flight; /* unacknowledged deliveries at a time; 0 = 16 */
    ord_str ns;                          /* as in publish */
    ord_str topic;                       /* may hold wildcards: "*" one segment, "#" the rest */
    /* processes and subscriptions of one group (on the spine: and of one topic) share the entries;
     * [A-Za-z0-9_-]{1,64}. Empty: this subscription looks on, by itself: each entry is delivered to
     * it once, those of several topics in the order of their ids, nothing is delivered again
     * whatever the answer, and nothing of it stays when it ends. */
    ord_str group;
    /* where a new group, or one that looks on, begins: empty = what comes from now on, "0" = the
     * oldest kept, else after this id */
    ord_str from_id;
    uint64_t ack_timeout_ns;           /* 10 ms to 24 h; 0 = 60 s */
    uint32_t max_deliveries, reserved; /* then it is given up and said so; 0 = 10 */
} ord_event_subscription;

typedef struct ord_events_v1 {
    uint32_t struct_size, minor;
    /* [any] OK: exactly one on_async with this token: OK with {"id":…} once it is stored, RETRYABLE
     * when it is not (event server down: nothing was published), LIMIT (the namespace has 1,000
     * topics). DENIED; CONFLICT: token in use; INVALID: topic, ns or payload (the reason is
     * logged); LIMIT: payload, unanswered downcalls, or a chain of more than 8 events, each caused
     * by the one before; HANDLE: `inv` is not open. */
    ord_status (*publish)(ord_handle self, const ord_event_publish* event);
    /* [any] Deliveries begin after start(). OK: *subscription is set; DENIED; INVALID; LIMIT: more
     * than 100, or the topic's 1,001st group. */
    ord_status (*subscribe)(ord_handle self, const ord_event_subscription* spec,
                            ord_handle* subscription);
    /* [any] No new delivery begins; those under way may still be completed. The group and its
     * position are kept. OK; HANDLE. */
    ord_status (*unsubscribe)(ord_handle self, ord_handle subscription);
} ord_events_v1;

ORD_STATIC_ASSERT(offsetof(ord_event, call) == 8 && offsetof(ord_event, subscription) == 16 &&
                      offsetof(ord_event, id) == 24 && offsetof(ord_event, topic) == 40 &&
                      offsetof(ord_event, source) == 56 &&
                      offsetof(ord_event, causation_id) == 72 &&
                      offsetof(ord_event, published_at) == 88 &&
                      offsetof(ord_event, payload_json) == 104 && sizeof(ord_event) == 120,
                  "ord_event");
ORD_STATIC_ASSERT(offsetof(ord_event_publish, inv) == 8 &&
                      offsetof(ord_event_publish, token) == 16 &&
                      offsetof(ord_event_publish, ns) == 24 &&
                      offsetof(ord_event_publish, topic) == 40 &&
                      offsetof(ord_event_publish, payload_json) == 56 &&
                      offsetof(ord_event_publish, event_id) == 72 &&
                      sizeof(ord_event_publish) == 88,
                  "ord_event_publish");
ORD_STATIC_ASSERT(offsetof(ord_event_subscription, ns) == 8 &&
                      offsetof(ord_event_subscription, topic) == 24 &&
                      offsetof(ord_event_subscription, group) == 40 &&
                      offsetof(ord_event_subscription, from_id) == 56 &&
                      offsetof(ord_event_subscription, ack_timeout_ns) == 72 &&
                      offsetof(ord_event_subscription, max_deliveries) == 80 &&
                      sizeof(ord_event_subscription) == 88,
                  "ord_event_subscription");
ORD_STATIC_ASSERT(offsetof(ord_events_v1, publish) == 8 &&
                      offsetof(ord_events_v1, subscribe) == 16 &&
                      offsetof(ord_events_v1, unsubscribe) == 24 && sizeof(ord_events_v1) == 32,
                  "ord_events_v1");

#ifdef __cplusplus
}
#endif
#endif
