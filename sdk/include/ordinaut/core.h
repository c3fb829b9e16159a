/* core.h: interface "ord.core", major 1: ask the server for one of its operations ("tasks.create", "pipelines.eval", …),
 * with the identity and scopes of the caller the extension works for. Needs no grant. */
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
} ord_core_call;

typedef struct ord_core_v1 {
  uint32_t struct_size, minor;
  /* [any] OK: exactly one on_async with this token follows; its status is OK (`bytes` = the operation's answer) or says
   * what went wrong (INVALID, DENIED, NOT_FOUND, CONFLICT, RATE_LIMITED, RETRYABLE, CANCELED, DEADLINE, INTERNAL).
   * CONFLICT: the token is in use; DENIED: inv = 0 and the extension has no identity; HANDLE: `inv` is not an open
   * invocation; LIMIT: too many unanswered downcalls; UNSUPPORTED: this host offers no operations. */
  ord_status (*call)(ord_handle self, const ord_core_call *call);
} ord_core_v1;

ORD_STATIC_ASSERT(offsetof(ord_core_call, inv) == 8 && offsetof(ord_core_call, token) == 16 &&
                  offsetof(ord_core_call, deadline_ns) == 24 && offsetof(ord_core_call, operation) == 32 &&
                  offsetof(ord_core_call, input_json) == 48 && sizeof(ord_core_call) == 64, "ord_core_call");
ORD_STATIC_ASSERT(offsetof(ord_core_v1, call) == 8 && sizeof(ord_core_v1) == 16, "ord_core_v1");

#ifdef __cplusplus
}
#endif
#endif
