/* background.h: interface "ord.background", major 1: work of its own that the host starts, watches,
 * restarts and stops. Needs the grant BACKGROUND_TASKS.
 *
 * A task runs as on_task() on a thread of its own and may block there. Its return is the outcome:
 * ORD_OK = done (a periodic task: until the next time); anything else = failed, started again after
 * the backoff. */
#ifndef ORDINAUT_BACKGROUND_H
#define ORDINAUT_BACKGROUND_H
#include "extension.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ord_task {
    uint32_t struct_size, restarts; /* how many failures in a row came before this start */
    const ord_call* call;           /* cancelled(call->inv) is 1 once it should return */
    ord_handle task;
    ord_str name;
};

/* In one process of the installation at a time; another takes over when that one ends or dies.
 * Should this process lose its lease (the database is out of reach), the task is asked to return,
 * and starts again once the lease is back. */
#define ORD_TASK_CLUSTER 1u

typedef struct {
    uint32_t struct_size, flags;
    ord_str name; /* as in the manifest's background[], whose scope wins over the flag */
    /* start to start; a start that would overlap is left out. 0: runs once, until it returns ORD_OK
     */
    uint64_t period_ns;
    uint64_t backoff_min_ns; /* after the first failure, doubled for each further one; 0 = 1 s */
    uint64_t backoff_max_ns; /* 0 = 60 s */
    /* without sleep() or heartbeat() for so long it counts as stuck and is said so; 0 = never */
    uint64_t heartbeat_ns;
    uint32_t max_failures, reserved; /* in a row, then it is given up and said so; 0 = no limit */
} ord_task_spec;

typedef struct ord_background_v1 {
    uint32_t struct_size, minor;
    /* [any] First start: after start() returned OK. OK: *task is set; DENIED: no BACKGROUND_TASKS;
     * CONFLICT: the name is in use; INVALID: name or times (the reason is logged); LIMIT: more than
     * 100; STATE: quiescing. */
    ord_status (*spawn)(ord_handle self, const ord_task_spec* spec, ord_handle* task);
    /* [any] Asks the task to end and not to start again. Does not wait. OK; HANDLE. */
    ord_status (*stop)(ord_handle self, ord_handle task);
    /* [any] From inside the task: waits. OK: the time has passed; CANCELED: return now (stop,
     * disable, shutdown); HANDLE. */
    ord_status (*sleep)(ord_handle self, ord_handle task, uint64_t duration_ns);
    /* [any] From inside the task: it is alive. OK; CANCELED: return now; HANDLE. */
    ord_status (*heartbeat)(ord_handle self, ord_handle task);
} ord_background_v1;

ORD_STATIC_ASSERT(offsetof(ord_task, call) == 8 && offsetof(ord_task, task) == 16 &&
                      offsetof(ord_task, name) == 24 && sizeof(ord_task) == 40,
                  "ord_task");
ORD_STATIC_ASSERT(offsetof(ord_task_spec, name) == 8 && offsetof(ord_task_spec, period_ns) == 24 &&
                      offsetof(ord_task_spec, backoff_min_ns) == 32 &&
                      offsetof(ord_task_spec, backoff_max_ns) == 40 &&
                      offsetof(ord_task_spec, heartbeat_ns) == 48 &&
                      offsetof(ord_task_spec, max_failures) == 56 && sizeof(ord_task_spec) == 64,
                  "ord_task_spec");
ORD_STATIC_ASSERT(offsetof(ord_background_v1, spawn) == 8 &&
                      offsetof(ord_background_v1, stop) == 16 &&
                      offsetof(ord_background_v1, sleep) == 24 &&
                      offsetof(ord_background_v1, heartbeat) == 32 &&
                      sizeof(ord_background_v1) == 40,
                  "ord_background_v1");

#ifdef __cplusplus
}
#endif
#endif
