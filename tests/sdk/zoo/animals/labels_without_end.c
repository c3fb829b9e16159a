/* Counts under a label that has another value each time. */
#include <ordinaut/metrics.h>
#include <stdio.h>
#include "zoo.h"
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    const void* table = NULL;
    const ord_metrics_v1* metrics;
    ord_str name = zoo_text("user");
    ord_metric_spec spec = {.struct_size = sizeof spec,
                            .kind = ORD_METRIC_COUNTER,
                            .name = zoo_text("visits_total"),
                            .help = zoo_text("Visits by user."),
                            .labels = &name,
                            .n_labels = 1};
    ord_metric_sample sample = {.struct_size = sizeof sample, .n_values = 1, .value = 1};
    (void)instance;
    if (zoo_host->get_interface(zoo_self, zoo_text("ord.metrics"), 1, &table, NULL) != ORD_OK)
        return ORD_E_UNSUPPORTED;
    metrics = table;
    if (metrics->define(zoo_self, &spec, &sample.metric) != ORD_OK) return ORD_E_INTERNAL;
    for (int n = 0; n < 1000; ++n) {
        char user[20];
        snprintf(user, sizeof user, "user-%d", n);
        ord_str value = zoo_text(user);
        sample.values = &value;
        if (metrics->record(zoo_self, &sample) != ORD_OK) return ORD_E_INTERNAL;
    }
    return zoo_finish(call, "{}"), ORD_OK;
}
ZOO(.on_tool = on_tool)
