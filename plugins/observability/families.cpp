#include "families.h"

#include <limits>
#include <ordinaut/ordinaut.hpp>

namespace {

using ordinaut::Json;
using ordinaut::JsonError;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

const Json& member(const Json& object, std::string_view name) {
    if (const Json* found = object.find(name)) return *found;
    throw JsonError("a metric has no member '" + std::string(name) + "'");
}

double number(const Json& json) {
    return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.as_double();
}

MetricType type_of(const std::string& kind) {
    if (kind == "counter") return MetricType::Counter;
    if (kind == "gauge") return MetricType::Gauge;
    if (kind == "histogram") return MetricType::Histogram;
    return MetricType::Untyped;  // Of a later host.
}

ClientMetric::Histogram histogram_of(const Json& sample) {
    ClientMetric::Histogram histogram;
    histogram.sample_count = static_cast<uint64_t>(member(sample, "count").as_int());
    histogram.sample_sum = number(member(sample, "sum"));
    const auto& buckets = member(sample, "buckets").items();
    histogram.bucket.reserve(buckets.size());
    for (const Json& bucket : buckets)
        histogram.bucket.push_back({static_cast<uint64_t>(bucket.items().at(1).as_int()),
                                    bucket.items().at(0).as_double()});
    return histogram;
}

ClientMetric metric_of(const Json& sample, MetricType type) {
    ClientMetric metric;
    for (const auto& label : member(sample, "labels").members())
        metric.label.push_back({label.name, label.value.as_string()});
    switch (type) {
        case MetricType::Counter: metric.counter.value = number(member(sample, "value")); break;
        case MetricType::Gauge: metric.gauge.value = number(member(sample, "value")); break;
        case MetricType::Histogram: metric.histogram = histogram_of(sample); break;
        default: metric.untyped.value = number(member(sample, "value")); break;
    }
    return metric;
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

MetricFamily family_of(const Json& given) {
    MetricFamily family;
    family.name = member(given, "name").as_string();
    family.help = member(given, "help").as_string();
    family.type = type_of(member(given, "kind").as_string());
    if (family.help.empty()) family.help = "Not described.";
    if (family.type == MetricType::Counter && !ends_with(family.name, "_total"))
        family.name += "_total";
    for (const Json& sample : member(given, "samples").items())
        family.metric.push_back(metric_of(sample, family.type));
    return family;
}

}  // namespace

std::vector<MetricFamily> parse_families(std::string_view collected_json) {
    const Json collected = Json::parse(collected_json);
    std::vector<MetricFamily> families;
    families.reserve(collected.items().size());
    for (const Json& given : collected.items()) families.push_back(family_of(given));
    return families;
}
