/* Receives events, at least once each: finish(ORD_OK) is the acknowledgement; anything else is
 * redelivered or given up. */
#include <ordinaut/events.h>
#include <ordinaut/metrics.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const ord_host_v1* host;
    ord_handle self, subscription, opened;
    const ord_events_v1* events;
    const ord_metrics_v1* metrics; /* null: this host keeps none */
    atomic_uint count;
    atomic_uint_least64_t token;
} counter_t;

static ord_str text(const char* s) { return (ord_str){s, strlen(s)}; }
static ord_status refuse(const counter_t* c, const char* why, ord_status status) {
    c->host->log(c->self, 3, text(why), NULL, 0);
    return status;
}

/* Metrics are nice to have: without them it works all the same. */
static void count_opened(counter_t* c) {
    const ord_metric_spec spec = {.struct_size = sizeof spec,
                                  .kind = ORD_METRIC_COUNTER,
                                  .name = text("opened_total"),
                                  .help = text("Doors that opened.")};
    const void* table = NULL;
    if (c->host->get_interface(c->self, text("ord.metrics"), 1, &table, NULL) != ORD_OK) return;
    c->metrics = table;
    if (c->metrics->define(c->self, &spec, &c->opened) != ORD_OK) c->metrics = NULL;
}

static ord_status create(const ord_host_v1* host, ord_handle self, ord_str config_json,
                         void** out) {
    ord_event_subscription doors = {
        .struct_size = sizeof doors, .topic = text("door.*"), .group = text("counter")};
    const void* table = NULL;
    ord_status status;
    counter_t* c;
    (void)config_json;
    if (host->struct_size < sizeof(ord_host_v1)) return ORD_E_UNSUPPORTED;
    if ((c = calloc(1, sizeof *c)) == NULL) return ORD_E_INTERNAL;
    c->host = host;
    c->self = self;
    status = host->get_interface(self, text("ord.events"), 1, &table, NULL);
    if (status == ORD_OK) {
        c->events = table;
        status = c->events->subscribe(self, &doors, &c->subscription);
    }
    if (status != ORD_OK) {
        refuse(c, "cannot receive door.*; is EVENTS_SUB granted?", status);
        free(c);
        return status;
    }
    count_opened(c);
    *out = c;
    return ORD_OK;
}
static ord_status start(void* instance) { return (void)instance, ORD_OK; }
static void quiesce(void* instance, uint64_t deadline_ns) { (void)instance, (void)deadline_ns; }
static void stop(void* instance) { (void)instance; }
static void destroy(void* instance) { free(instance); }

static ord_status on_event(void* instance, const ord_event* event) {
    counter_t* c = instance;
    const unsigned count = atomic_fetch_add(&c->count, 1) + 1;
    char payload[64];
    if (c->metrics != NULL) {
        const ord_metric_sample one = {.struct_size = sizeof one, .metric = c->opened, .value = 1};
        c->metrics->record(c->self, &one);
    }
    if (count % 10 == 0) {
        const int length = snprintf(payload, sizeof payload, "{\"count\":%u}", count);
        const ord_event_publish tenth = {.struct_size = sizeof tenth,
                                         .inv = event->call->inv,
                                         .token = atomic_fetch_add(&c->token, 1) + 1,
                                         .topic = text("doors.tenth"),
                                         .payload_json = {payload, (uint64_t)length}};
        /* Without the grant, or with the event server down, the doors are still counted. */
        if (c->events->publish(c->self, &tenth) != ORD_OK)
            c->host->log(c->self, 2, text("doors.tenth was not published"), NULL, 0);
    }
    c->host->finish(event->call->inv, ORD_OK, text(""), text(""));
    return ORD_OK;
}
/* The answer to publish(). Must not block. */
static void on_async(void* instance, const ord_async* answer) {
    const counter_t* c = instance;
    if (answer->status != ORD_OK)
        c->host->log(c->self, 2, text("doors.tenth was not stored"), NULL, 0);
}

ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static const ord_extension_v1 table = {
        .struct_size = sizeof(ord_extension_v1),
        .abi_major = ORD_ABI_MAJOR,
        .abi_minor = ORD_ABI_MINOR,
        .max_concurrency = 4,
        .id = {ORDINAUT_EXTENSION_ID, sizeof(ORDINAUT_EXTENSION_ID) - 1},
        .version = {ORDINAUT_EXTENSION_VERSION, sizeof(ORDINAUT_EXTENSION_VERSION) - 1},
        .create = create,
        .start = start,
        .quiesce = quiesce,
        .stop = stop,
        .destroy = destroy,
        .on_event = on_event,
        .on_async = on_async};
    return &table;
}
