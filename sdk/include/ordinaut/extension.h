/* extension.h: what an extension is to the host: its entry, its descriptor, its life, and the
 * host's table.
 *
 * An extension is a shared library that exports one function, ordinaut_extension_v1(). Everything
 * it asks of the host comes through ord_host_v1, most of it through the tables get_interface()
 * returns (http.h tools.h events.h background.h core.h kv.h metrics.h timer.h config.h log.h).
 *
 * Growth: tables and structs only grow at the end, and each begins with struct_size. Test a member
 * with ORD_HAS() before using it when it may be newer than the other side. Array elements never
 * grow. Values not named here are legal.
 *
 * Memory: inputs are borrowed until the call returns. Outputs come in an ord_buf, given back with
 * buf_release().
 *
 * Text: UTF-8 with a length; a terminating NUL is neither needed nor counted.
 *
 * Threads: [control] one call at a time per instance; [worker] at most max_concurrency threads
 * inside at once; [any] any thread, also from inside an upcall. A downcall never causes an upcall
 * on the same thread.
 *
 * Boundary: no exception, signal handler, locale, working directory, environment or umask change
 * may cross it. */
#ifndef ORDINAUT_EXTENSION_H
#define ORDINAUT_EXTENSION_H
#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The context of an upcall. Borrowed, as the struct that points to it is; `inv` alone stays valid
 * until completion. */
typedef struct ord_call {
    uint32_t struct_size, attempt;
    ord_handle inv;
    uint64_t deadline_ns; /* CLOCK_MONOTONIC; 0 = none */
    uint8_t trace_id[16], span_id[8];
    /* empty where they do not apply */
    ord_str principal, scopes_json, idempotency_key, run_id, step_id;
} ord_call;

typedef struct {
    uint32_t struct_size, reserved;
    const ord_call* call;
    ord_str name, input_json;
} ord_tool_call;
typedef struct ord_http_request ord_http_request; /* http.h */
typedef struct ord_event ord_event;               /* events.h */
typedef struct ord_task ord_task;                 /* background.h */

#define ORD_ASYNC_DATA 1u
#define ORD_ASYNC_END 2u
#define ORD_ASYNC_WRITABLE 4u
#define ORD_ASYNC_CANCELED 8u
/* The answer to an asynchronous downcall. OK: `bytes` is the result (JSON). Otherwise `head_json`
 * is {"message":…, "details"?:[{"pointer","message"}], "retry_after_ms"?:…}. END is set on the last
 * one of a token. */
typedef struct {
    uint32_t struct_size, flags;
    uint64_t token;
    ord_status status;
    uint32_t reserved;
    ord_str head_json, bytes;
} ord_async;

typedef struct ord_host_v1 {
    uint32_t struct_size, abi_minor;
    /* [any] The table of an interface ("ord.tools", major 1). OK: *table and *minor are set; the
     * table lives as long as the process. UNSUPPORTED: this host has no such interface or major.
     * HANDLE: `self` is stale. */
    ord_status (*get_interface)(ord_handle self, ord_str name, uint32_t major, const void** table,
                                uint32_t* minor);
    /* [any] Completes an invocation whose upcall returned (or will return) ORD_OK. ORD_OK: `json`
     * is the result, empty = null. Otherwise `message` is for a person and `json` is empty or
     * {"retry_after_ms"?:…, "details"?:…}. Returns OK; HANDLE: it is completed already (by you, or
     * by the host at its deadline) or was never yours. A result that is not JSON fails the call. */
    ord_status (*finish)(ord_handle inv, ord_status status, ord_str json, ord_str message);
    /* [any] 1: nobody waits for this invocation any more (canceled, past its deadline, completed,
     * unknown). 0: go on. */
    int32_t (*cancelled)(ord_handle inv);
    /* [any] Asks to end the asynchronous downcall `token`. Its one answer still comes, usually
     * CANCELED. NOT_FOUND: answered. */
    ord_status (*cancel)(ord_handle self, uint64_t token);
    /* [any] One log line. Levels in log.h. Inside an upcall of a run it also becomes a line of that
     * run's log. */
    void (*log)(ord_handle self, uint32_t level, ord_str message, const ord_kv* fields, uint32_t n);
    /* [any] Gives back an ord_buf of the host. 0 or stale: ignored. */
    void (*buf_release)(ord_handle owner);
} ord_host_v1;

/* Null is allowed only where "optional" stands, or where the extension never gets that upcall.
 * Completion: an upcall with a `call` that returns ORD_OK promises exactly one finish(), possibly
 * made already. Any other value *is* the completion, and finish() must not be called. Where none
 * comes the host makes up DEADLINE or GONE. */
typedef struct ord_extension_v1 {
    /* max_concurrency 1..256: threads in [worker] upcalls */
    uint32_t struct_size, abi_major, abi_minor, max_concurrency;
    ord_str id, version; /* must equal the manifest's */
    /* [control] `host` outlives the instance. OK: destroy() will follow; otherwise nothing follows.
     */
    ord_status (*create)(const ord_host_v1* host, ord_handle self, ord_str config_json,
                         void** instance);
    /* [control] OK: quiesce() and stop() will follow. */
    ord_status (*start)(void* instance);
    ord_status (*reconfigure)(void* instance, ord_str config_json); /* [control] optional */
    ord_status (*health)(void* instance, const ord_call* call);     /* [worker] optional */
    /* [control] Nothing new comes from here on; finish what is under way by `deadline_ns`
     * (CLOCK_MONOTONIC). Must not block. */
    void (*quiesce)(void* instance, uint64_t deadline_ns);
    /* [control] On return the extension's own threads are joined. No upcall but destroy follows. */
    void (*stop)(void* instance);
    void (*destroy)(void* instance); /* [control] Frees the instance. */
    ord_status (*on_tool)(void* instance, const ord_tool_call* call); /* [worker] needs TOOLS */
    /* [worker] needs ROUTES */
    ord_status (*on_http)(void* instance, const ord_http_request* request);
    /* [worker] needs EVENTS_SUB; completion = ack or nack */
    ord_status (*on_event)(void* instance, const ord_event* event);
    /* own host thread, may block; needs BACKGROUND_TASKS */
    ord_status (*on_task)(void* instance, const ord_task* task);
    /* [worker] not counted; must not block */
    void (*on_async)(void* instance, const ord_async* answer);
    /* [any] optional; must not block */
    void (*on_cancel)(void* instance, ord_handle inv);
    /* [any] optional: what it offers later hosts */
    const void* (*get_interface)(ord_str name, uint32_t major);
} ord_extension_v1;

/* The one exported symbol. Pure: called before any instance exists, any number of times, from any
 * thread; returns a descriptor with the lifetime of the library, or null when the extension cannot
 * run here. */
ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void);

ORD_STATIC_ASSERT(offsetof(ord_call, inv) == 8 && offsetof(ord_call, deadline_ns) == 16 &&
                      offsetof(ord_call, trace_id) == 24 && offsetof(ord_call, span_id) == 40 &&
                      offsetof(ord_call, principal) == 48 && offsetof(ord_call, step_id) == 112 &&
                      sizeof(ord_call) == 128,
                  "ord_call");
ORD_STATIC_ASSERT(offsetof(ord_tool_call, call) == 8 && offsetof(ord_tool_call, name) == 16 &&
                      offsetof(ord_tool_call, input_json) == 32 && sizeof(ord_tool_call) == 48,
                  "ord_tool_call");
ORD_STATIC_ASSERT(offsetof(ord_async, token) == 8 && offsetof(ord_async, status) == 16 &&
                      offsetof(ord_async, head_json) == 24 && offsetof(ord_async, bytes) == 40 &&
                      sizeof(ord_async) == 56,
                  "ord_async");
ORD_STATIC_ASSERT(offsetof(ord_host_v1, get_interface) == 8 &&
                      offsetof(ord_host_v1, finish) == 16 &&
                      offsetof(ord_host_v1, cancelled) == 24 &&
                      offsetof(ord_host_v1, cancel) == 32 && offsetof(ord_host_v1, log) == 40 &&
                      offsetof(ord_host_v1, buf_release) == 48 && sizeof(ord_host_v1) == 56,
                  "ord_host_v1");
ORD_STATIC_ASSERT(
    offsetof(ord_extension_v1, id) == 16 && offsetof(ord_extension_v1, version) == 32 &&
        offsetof(ord_extension_v1, create) == 48 && offsetof(ord_extension_v1, start) == 56 &&
        offsetof(ord_extension_v1, quiesce) == 80 && offsetof(ord_extension_v1, stop) == 88 &&
        offsetof(ord_extension_v1, destroy) == 96 && offsetof(ord_extension_v1, on_tool) == 104 &&
        offsetof(ord_extension_v1, on_http) == 112 && offsetof(ord_extension_v1, on_async) == 136 &&
        offsetof(ord_extension_v1, on_cancel) == 144 &&
        offsetof(ord_extension_v1, get_interface) == 152 && sizeof(ord_extension_v1) == 160,
    "ord_extension_v1");

#ifdef __cplusplus
}
#endif
#endif
