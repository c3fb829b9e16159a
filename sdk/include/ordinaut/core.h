/* core.h: interface "ord.core", major 1: ask the server for one of its operations ("tasks.create",
 * "pipelines.eval", …), with the identity and scopes of the caller the extension works for. Needs
 * no grant. */
#ifndef ORDINAUT_CORE_H
#define ORDINAUT_CORE_H
#include "extension.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t struct_size, reserved;
    ord_handle inv;       /* act for the caller of this invocation; 0 = for the extension itself */
    uint64_t token;       /* yours, unique among your unanswered downcalls */
    uint64_t deadline_ns; /* CLOCK_MONOTONIC; 0 = that of `inv` */
    ord_str operation;    /* its id, as in /openapi.json's operationId */
    ord_str input_json;   /* one object: path parameters, query and body merged; empty = {} */
    /* since minor 1: as the headers Idempotency-Key and If-Match (a version, without quotes); empty
     * = none */
    ord_str idempotency_key, if_match;
} ord_core_call;

typedef struct {
    uint32_t struct_size, reserved;
    ord_handle inv; /* see what its caller may see; 0 = what the extension itself may */
    uint64_t token; /* yours, unique among your unanswered downcalls */
    /* {"task_id"?, "run_id"?, "types"?: ["run.succeeded", "task.*", …]}; empty = every change of
     * tasks and runs. Types of "queue" and "extension" come where they are named. */
    ord_str filter_json;
} ord_core_watch;

typedef struct ord_core_v1 {
    uint32_t struct_size, minor;
    /* [any] OK: exactly one on_async with this token follows; its status is OK (`bytes` = the
     * operation's answer) or says what went wrong (INVALID, DENIED, NOT_FOUND, CONFLICT,
     * RATE_LIMITED, RETRYABLE, CANCELED, DEADLINE, INTERNAL). CONFLICT: the token is in use;
     * DENIED: inv = 0 and the extension has no identity; HANDLE: `inv` is not an open invocation;
     * LIMIT: too many unanswered downcalls; UNSUPPORTED: this host offers no operations. */
    ord_status (*call)(ord_handle self, const ord_core_call* call);
    /* [any] Changes of tasks and runs that happen after its return, as far as whoever it acts for
     * may see them: on_async with DATA and this token for each ({"type","at","task_id",
     * "run_id"?,…}), in order, then END. Its status: CANCELED after the host's cancel() or the end
     * of `inv`; DENIED: the scope runs:read is missing, or was taken; INVALID: the filter; LIMIT:
     * 1,000 are open; RETRYABLE: the host cannot tell more. A reader that falls behind, or a host
     * that does, gets one {"type":"resync"} in place of what is missing: read anew. Refused at once
     * as call() is. May wait for the database for a moment. */
    ord_status (*watch)(ord_handle self, const ord_core_watch* watch);
} ord_core_v1;

ORD_STATIC_ASSERT(offsetof(ord_core_call, inv) == 8 && offsetof(ord_core_call, token) == 16 &&
                      offsetof(ord_core_call, deadline_ns) == 24 &&
                      offsetof(ord_core_call, operation) == 32 &&
                      offsetof(ord_core_call, input_json) == 48 &&
                      offsetof(ord_core_call, idempotency_key) == 64 &&
                      offsetof(ord_core_call, if_match) == 80 && sizeof(ord_core_call) == 96,
                  "ord_core_call");
ORD_STATIC_ASSERT(offsetof(ord_core_watch, inv) == 8 && offsetof(ord_core_watch, token) == 16 &&
                      offsetof(ord_core_watch, filter_json) == 24 && sizeof(ord_core_watch) == 40,
                  "ord_core_watch");
ORD_STATIC_ASSERT(offsetof(ord_core_v1, call) == 8 && offsetof(ord_core_v1, watch) == 16 &&
                      sizeof(ord_core_v1) == 24,
                  "ord_core_v1");

#ifdef __cplusplus
}
#endif
#endif
