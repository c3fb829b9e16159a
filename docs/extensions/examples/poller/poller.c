/* A background task: the host starts it, watches it, starts it again after a failure and stops it.
 * It blocks in sleep() only, which returns at once when the host wants it to end. */
#include <ordinaut/background.h>
#include <stdlib.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

typedef struct {
    const ord_host_v1* host;
    const ord_background_v1* background;
    ord_handle self, task;
} poller_t;

static ord_str text(const char* s) { return (ord_str){s, strlen(s)}; }

static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config_json,
                         void** out) {
    const ord_task_spec poll = {
        .struct_size = sizeof poll,
        .flags = ORD_TASK_CLUSTER, /* one process of the installation does it */
        .name = text("poll"),
        .heartbeat_ns = 60 * SECOND};
    const void* table = NULL;
    ord_status status;
    poller_t* p;
    (void)config_json;
    if (host->struct_size < sizeof(ord_host_v1)) return ORD_E_UNSUPPORTED;
    if ((p = calloc(1, sizeof *p)) == NULL) return ORD_E_INTERNAL;
    p->host = host;
    p->self = self;
    status = host->get_interface(self, text("ord.background"), 1, &table, NULL);
    if (status == ORD_OK) {
        p->background = table;
        status = p->background->spawn(self, &poll, &p->task); /* It begins after start(). */
    }
    if (status != ORD_OK) {
        host->log(self, 3, text("cannot poll; is BACKGROUND_TASKS granted?"), NULL, 0);
        free(p);
        return status;
    }
    *out = p;
    return ORD_OK;
}
static ord_status start(void* instance) { return (void)instance, ORD_OK; }
static void quiesce(void* instance, uint64_t deadline_ns) { (void)instance, (void)deadline_ns; }
static void stop(void* instance) { (void)instance; }
static void destroy(void* instance) { free(instance); }

/* On a thread of its own. ORD_OK: done for good; anything else: failed, and started again after the
 * backoff. */
static ord_status on_task(void* instance, const ord_task* task) {
    const poller_t* p = instance;
    for (unsigned polls = 1;; ++polls) {
        /* The look at something would be here; after a failure: return ORD_E_RETRYABLE. */
        if (polls % 100 == 0) p->host->log(p->self, 1, text("polled a hundred times"), NULL, 0);
        if (p->background->sleep(p->self, task->task, 10 * SECOND) != ORD_OK) return ORD_E_CANCELED;
    }
}

ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static const ord_extension_v1 table = {
        .struct_size = sizeof(ord_extension_v1),
        .abi_major = ORD_ABI_MAJOR,
        .abi_minor = ORD_ABI_MINOR,
        .max_concurrency = 1,
        .id = {ORDINAUT_EXTENSION_ID, sizeof(ORDINAUT_EXTENSION_ID) - 1},
        .version = {ORDINAUT_EXTENSION_VERSION, sizeof(ORDINAUT_EXTENSION_VERSION) - 1},
        .create = create,
        .start = start,
        .quiesce = quiesce,
        .stop = stop,
        .destroy = destroy,
        .on_task = on_task};
    return &table;
}
