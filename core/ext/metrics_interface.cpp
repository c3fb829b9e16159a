// ord.metrics: what an extension counts, and what exporters read.
#include "base/json.h"
#include "ext/arguments.h"
#include "ext/downcall.h"
#include "ext/interface_tables.h"

namespace ordinaut::ext {
namespace {

constexpr uint32_t kListMax = 64;
constexpr size_t kLabelBytesMax = 200;

ord_status define(ord_handle self, const ord_metric_spec* given, ord_handle* out) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given) || out == nullptr || given->kind > ORD_METRIC_HISTOGRAM)
            return ORD_E_INVALID;
        if (given->n_labels > kListMax || given->n_buckets > kListMax ||
            (given->n_labels > 0 && given->labels == nullptr))
            return ORD_E_INVALID;
        MetricShape shape;
        shape.kind = given->kind == ORD_METRIC_COUNTER ? metrics::Kind::kCounter
                     : given->kind == ORD_METRIC_GAUGE ? metrics::Kind::kGauge
                                                       : metrics::Kind::kHistogram;
        shape.name = text_of(given->name);
        shape.help = clean(text_of(given->help), 500);
        for (uint32_t n = 0; n < given->n_labels; ++n)
            shape.labels.emplace_back(text_of(given->labels[n]));
        if (given->kind == ORD_METRIC_HISTOGRAM && given->buckets != nullptr)
            shape.bounds.assign(given->buckets, given->buckets + given->n_buckets);
        auto defined = instance.metrics().define(std::move(shape));
        if (defined.ok()) return *out = *defined, ORD_OK;
        if (defined.error().code == ErrorCode::kUnavailable) return ORD_E_UNSUPPORTED;
        instance.log(ORD_LOG_ERROR, "a metric is refused: " + clean(defined.error().message, 500),
                     {}, nullptr);
        return status_of(defined.error().code);
    });
}

ord_status record(ord_handle self, const ord_metric_sample* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given) || given->n_values > kListMax ||
            (given->n_values > 0 && given->values == nullptr))
            return ORD_E_INVALID;
        std::vector<std::string> values;
        for (uint32_t n = 0; n < given->n_values; ++n)
            values.push_back(clean(text_of(given->values[n]), kLabelBytesMax));
        switch (instance.metrics().record(given->metric, given->value, values)) {
            case ExtensionMetrics::Recorded::kOk: return ORD_OK;
            case ExtensionMetrics::Recorded::kInvalid: return ORD_E_INVALID;
            case ExtensionMetrics::Recorded::kUnknown: return ORD_E_HANDLE;
            case ExtensionMetrics::Recorded::kOverflowed: break;
        }
        instance.fault(
            "a metric has more than 200 combinations of label values; further ones are added up as "
            "'other'");
        return ORD_OK;
    });
}

std::string_view kind_name(metrics::Kind kind) {
    switch (kind) {
        case metrics::Kind::kCounter: return "counter";
        case metrics::Kind::kGauge: return "gauge";
        case metrics::Kind::kHistogram: return "histogram";
    }
    return "";
}

void write_sample(JsonWriter& writer, const metrics::Family& family,
                  const metrics::Sample& sample) {
    writer.begin_object().key("labels").begin_object();
    for (const auto& [name, value] : sample.labels) writer.field(name, value);
    writer.end_object();
    if (family.kind != metrics::Kind::kHistogram) {
        writer.field("value", sample.value).end_object();
        return;
    }
    writer.field("count", static_cast<int64_t>(sample.histogram.count))
        .field("sum", sample.histogram.sum)
        .key("buckets")
        .begin_array();
    uint64_t so_far = 0;
    for (size_t n = 0; n < family.bounds.size(); ++n) {
        so_far += sample.histogram.buckets[n];
        writer.begin_array()
            .number(family.bounds[n])
            .number(static_cast<int64_t>(so_far))
            .end_array();
    }
    writer.end_array().end_object();
}

ord_status collect(ord_handle self, ord_buf* out) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (out == nullptr) return ORD_E_INVALID;
        const metrics::Registry* registry = instance.context().seams.metrics;
        if (registry == nullptr) return ORD_E_UNSUPPORTED;
        JsonWriter writer;
        writer.begin_array();
        for (const auto& family : registry->snapshot()) {
            writer.begin_object()
                .field("name", family.name)
                .field("kind", kind_name(family.kind))
                .field("help", family.help);
            writer.key("samples").begin_array();
            for (const auto& sample : family.samples) write_sample(writer, family, sample);
            writer.end_array().end_object();
        }
        *out = make_buffer(writer.end_array().take());
        return ORD_OK;
    });
}

}  // namespace

const ord_metrics_v1& metrics_table() {
    static constexpr ord_metrics_v1 kTable = {sizeof(ord_metrics_v1), 0, define, record, collect};
    return kTable;
}

}  // namespace ordinaut::ext
