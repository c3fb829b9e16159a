/* metrics.h: interface "ord.metrics", major 1: count and measure, and read all that this process
 * counted. Needs no grant. A family of the extension is exported as ordinaut_ext_<id>_<name>.
 * Labels are few and bounded: at most 8 names, and 200 combinations of values for each family; what
 * comes beyond is added up under the value "other" and said once. */
#ifndef ORDINAUT_METRICS_H
#define ORDINAUT_METRICS_H
#include "extension.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ORD_METRIC_COUNTER 0u   /* record(): adds value, which is >= 0 */
#define ORD_METRIC_GAUGE 1u     /* record(): sets to value */
#define ORD_METRIC_HISTOGRAM 2u /* record(): observes value */

typedef struct {
    uint32_t struct_size, kind;
    /* [a-z][a-z0-9_]{0,99}, with its unit at the end: "poll_seconds", "items_total" */
    ord_str name;
    ord_str help;          /* one sentence */
    const ord_str* labels; /* names, [a-z][a-z0-9_]{0,63}; may be null when n_labels is 0 */
    /* histogram: ascending upper bounds, at most 50; null = the server's default for seconds */
    const double* buckets;
    uint32_t n_labels, n_buckets;
} ord_metric_spec;

typedef struct {
    uint32_t struct_size, n_values;
    ord_handle metric;
    double value;
    const ord_str* values; /* of the labels, in their order; n_values = the family's n_labels */
} ord_metric_sample;

typedef struct ord_metrics_v1 {
    uint32_t struct_size, minor;
    /* [any] OK: *metric is set, the same one for the same spec; CONFLICT: the name is there with
     * another kind or other labels; INVALID: name, label or bucket (the reason is logged); LIMIT:
     * more than 200 families; UNSUPPORTED: this host keeps none. */
    ord_status (*define)(ord_handle self, const ord_metric_spec* spec, ord_handle* metric);
    /* [any] Cheap. OK; HANDLE; INVALID: n_values, a negative count, NaN. */
    ord_status (*record)(ord_handle self, const ord_metric_sample* sample);
    /* [any] OK: *out is a JSON array of every family of the process: {name, kind, help, samples:
     * [{labels, value} | {labels, count, sum, buckets: [[le, count of what is <= le], …]}]}. For
     * exporters. UNSUPPORTED: this host keeps none. */
    ord_status (*collect)(ord_handle self, ord_buf* out);
} ord_metrics_v1;

ORD_STATIC_ASSERT(offsetof(ord_metric_spec, name) == 8 && offsetof(ord_metric_spec, help) == 24 &&
                      offsetof(ord_metric_spec, labels) == 40 &&
                      offsetof(ord_metric_spec, buckets) == 48 &&
                      offsetof(ord_metric_spec, n_labels) == 56 && sizeof(ord_metric_spec) == 64,
                  "ord_metric_spec");
ORD_STATIC_ASSERT(offsetof(ord_metric_sample, metric) == 8 &&
                      offsetof(ord_metric_sample, value) == 16 &&
                      offsetof(ord_metric_sample, values) == 24 && sizeof(ord_metric_sample) == 32,
                  "ord_metric_sample");
ORD_STATIC_ASSERT(offsetof(ord_metrics_v1, define) == 8 && offsetof(ord_metrics_v1, record) == 16 &&
                      offsetof(ord_metrics_v1, collect) == 24 && sizeof(ord_metrics_v1) == 32,
                  "ord_metrics_v1");

#ifdef __cplusplus
}
#endif
#endif
