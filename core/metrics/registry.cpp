#include "metrics/registry.h"

#include <algorithm>

#include "base/check.h"

namespace ordinaut::metrics {
namespace {

bool is_name(std::string_view name) {
    const auto letter = [](unsigned char c) { return isalpha(c) || c == '_'; };
    return !name.empty() && letter(static_cast<unsigned char>(name[0])) &&
           std::all_of(name.begin(), name.end(),
                       [&](unsigned char c) { return letter(c) || isdigit(c); });
}

double value_of(const Counter& counter) { return counter.value(); }
double value_of(const Gauge& gauge) { return gauge.value(); }

template <class Metric>
Sample sample_of(const Labels& labels, const Metric& metric) {
    if constexpr (std::is_same_v<Metric, Histogram>)
        return {labels, 0, metric.read()};
    else
        return {labels, value_of(metric), {}};
}

template <class Table>
void append(const Table& table, Kind kind, std::vector<Family>& families) {
    for (const auto& [name, series] : table) {
        Family family{name, series.help, kind, series.bounds, {}};
        if constexpr (std::is_same_v<typename std::decay_t<decltype(series.by_labels)>::mapped_type,
                                     Histogram>)
            if (family.bounds.empty())
                family.bounds.assign(Histogram::kBounds.begin(), Histogram::kBounds.end());
        for (const auto& [labels, metric] : series.by_labels)
            family.samples.push_back(sample_of(labels, metric));
        families.push_back(std::move(family));
    }
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), buckets_(bounds_.size() + 1) {}

void Histogram::observe(double value) {
    if (!(value > 0)) value = 0;
    const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
    buckets_[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Reading Histogram::read() const {
    Reading reading;
    for (const auto& bucket : buckets_) {
        reading.buckets.push_back(bucket.load(std::memory_order_relaxed));
        reading.count += reading.buckets.back();
    }
    reading.sum = sum_.load(std::memory_order_relaxed);
    return reading;
}

bool Registry::is_free_for(const void* table, std::string_view name) const {
    return (table == &counters_ || !counters_.contains(name)) &&
           (table == &gauges_ || !gauges_.contains(name)) &&
           (table == &histograms_ || !histograms_.contains(name));
}

template <class Metric>
Metric& Registry::find_or_make(Table<Metric>& table, std::string_view name, std::string_view help,
                               Labels labels) {
    std::sort(labels.begin(), labels.end());
    const std::lock_guard lock(mutex_);
    auto family = table.find(name);
    if (family == table.end()) {
        CHECK(is_name(name));
        CHECK(is_free_for(&table, name));
        family = table.emplace(std::string(name), Series<Metric>{std::string(help)}).first;
    }
    auto& by_labels = family->second.by_labels;
    if (const auto series = by_labels.find(labels); series != by_labels.end())
        return series->second;
    for (const auto& [label, value] : labels) CHECK(is_name(label));
    if (by_labels.size() >= family->second.series_max)
        for (auto& [label, value] : labels) value = "other";
    if constexpr (std::is_same_v<Metric, Histogram>)
        if (!family->second.bounds.empty())
            return by_labels.try_emplace(std::move(labels), family->second.bounds).first->second;
    return by_labels.try_emplace(std::move(labels)).first->second;
}

template <class Metric>
Status Registry::define_in(Table<Metric>& table, FamilySpec spec) {
    const std::lock_guard lock(mutex_);
    if (!is_free_for(&table, spec.name))
        return conflict("the metric '" + spec.name + "' is there with another kind");
    const auto found = table.find(spec.name);
    if (found == table.end()) {
        CHECK(is_name(spec.name));
        table.emplace(spec.name, Series<Metric>{std::move(spec.help),
                                                std::move(spec.labels),
                                                std::move(spec.bounds),
                                                spec.series_max,
                                                {}});
        return ok();
    }
    if (found->second.labels != spec.labels)
        return conflict("the metric '" + spec.name + "' is there with other labels");
    if (found->second.bounds != spec.bounds)
        return conflict("the metric '" + spec.name + "' is there with other buckets");
    return ok();
}

Status Registry::define(FamilySpec spec) {
    switch (spec.kind) {
        case Kind::kCounter: return define_in(counters_, std::move(spec));
        case Kind::kGauge: return define_in(gauges_, std::move(spec));
        case Kind::kHistogram: return define_in(histograms_, std::move(spec));
    }
    return ok();
}

Counter& Registry::counter(std::string_view name, std::string_view help, Labels labels) {
    return find_or_make(counters_, name, help, std::move(labels));
}
Gauge& Registry::gauge(std::string_view name, std::string_view help, Labels labels) {
    return find_or_make(gauges_, name, help, std::move(labels));
}
Histogram& Registry::histogram(std::string_view name, std::string_view help, Labels labels) {
    return find_or_make(histograms_, name, help, std::move(labels));
}

std::vector<Family> Registry::snapshot() const {
    std::vector<Family> families;
    {
        const std::lock_guard lock(mutex_);
        append(counters_, Kind::kCounter, families);
        append(gauges_, Kind::kGauge, families);
        append(histograms_, Kind::kHistogram, families);
    }
    std::sort(families.begin(), families.end(),
              [](const Family& a, const Family& b) { return a.name < b.name; });
    return families;
}

}  // namespace ordinaut::metrics
