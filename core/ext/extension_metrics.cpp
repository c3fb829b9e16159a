#include "ext/extension_metrics.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "ext/handles.h"

namespace ordinaut::ext {

// Keeps the registry's series by their label values, so that recording is one look-up.
class MetricFamily {
public:
    MetricFamily(const ExtensionMetrics* owner, metrics::Registry& registry, std::string name,
                 MetricShape shape)
        : owner_(owner), registry_(registry), name_(std::move(name)), shape_(std::move(shape)) {}

    const ExtensionMetrics* owner() const { return owner_; }

    ExtensionMetrics::Recorded record(double value, const std::vector<std::string>& values) {
        using Recorded = ExtensionMetrics::Recorded;
        if (values.size() != shape_.labels.size() || !std::isfinite(value))
            return Recorded::kInvalid;
        if (shape_.kind != metrics::Kind::kGauge && value < 0) return Recorded::kInvalid;
        const std::lock_guard lock(mutex_);
        auto found = series_.find(values);
        bool first_overflow = false;
        if (found == series_.end() && series_.size() >= kSeriesMax) {
            const std::vector<std::string> other(values.size(), "other");
            first_overflow = !overflowed_;
            overflowed_ = true;
            found = series_.find(other);
            if (found == series_.end()) found = series_.emplace(other, make(other)).first;
        } else if (found == series_.end()) {
            found = series_.emplace(values, make(values)).first;
        }
        const Series& series = found->second;
        if (series.counter != nullptr) series.counter->add(value);
        if (series.gauge != nullptr) series.gauge->set(value);
        if (series.histogram != nullptr) series.histogram->observe(value);
        return first_overflow ? Recorded::kOverflowed : Recorded::kOk;
    }

    static constexpr size_t kSeriesMax = 200;

private:
    struct Series {
        metrics::Counter* counter = nullptr;
        metrics::Gauge* gauge = nullptr;
        metrics::Histogram* histogram = nullptr;
    };
    Series make(const std::vector<std::string>& values) {
        metrics::Labels labels;
        for (size_t n = 0; n < values.size(); ++n) labels.emplace_back(shape_.labels[n], values[n]);
        Series series;
        if (shape_.kind == metrics::Kind::kCounter)
            series.counter = &registry_.counter(name_, shape_.help, std::move(labels));
        else if (shape_.kind == metrics::Kind::kGauge)
            series.gauge = &registry_.gauge(name_, shape_.help, std::move(labels));
        else
            series.histogram = &registry_.histogram(name_, shape_.help, std::move(labels));
        return series;
    }

    const ExtensionMetrics* const owner_;
    metrics::Registry& registry_;
    const std::string name_;
    const MetricShape shape_;
    std::mutex mutex_;
    std::map<std::vector<std::string>, Series> series_;
    bool overflowed_ = false;
};

namespace {

constexpr size_t kFamiliesMax = 200, kLabelsMax = 8, kBoundsMax = 50;

HandleTable<MetricFamily>& families() {
    static HandleTable<MetricFamily> table(HandleKind::kMetric);
    return table;
}

bool is_name(std::string_view name, size_t size_max) {
    if (name.empty() || name.size() > size_max || name[0] < 'a' || name[0] > 'z') return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

Status check(const MetricShape& shape) {
    if (!is_name(shape.name, 100))
        return invalid("/name", "must be [a-z][a-z0-9_]{0,99}, such as items_total");
    if (shape.labels.size() > kLabelsMax) return invalid("/labels", "must be at most 8");
    const std::set<std::string> different(shape.labels.begin(), shape.labels.end());
    if (different.size() != shape.labels.size())
        return invalid("/labels", "must differ from one another");
    for (const auto& label : shape.labels)
        if (!is_name(label, 64) || label == "le")
            return invalid("/labels", "'" + label + "' must be [a-z][a-z0-9_]{0,63}, and not le");
    if (shape.bounds.size() > kBoundsMax) return invalid("/buckets", "must be at most 50");
    for (size_t n = 0; n < shape.bounds.size(); ++n)
        if (!std::isfinite(shape.bounds[n]) || (n > 0 && shape.bounds[n] <= shape.bounds[n - 1]))
            return invalid("/buckets", "must be finite and ascending");
    return ok();
}

bool same(const MetricShape& a, const MetricShape& b) {
    return a.kind == b.kind && a.labels == b.labels && a.bounds == b.bounds;
}

}  // namespace

ExtensionMetrics::ExtensionMetrics(metrics::Registry* registry, std::string extension_id)
    : registry_(registry), extension_id_(std::move(extension_id)) {}

ExtensionMetrics::~ExtensionMetrics() {
    for (const auto& [name, family] : families_) families().drop(family.first);
}

Result<ord_handle> ExtensionMetrics::define(MetricShape shape) {
    TRY(check(shape));
    if (registry_ == nullptr) return unavailable("this host keeps no metrics");
    const std::lock_guard lock(mutex_);
    if (const auto found = families_.find(shape.name); found != families_.end()) {
        if (same(found->second.second, shape)) return found->second.first;
        return conflict("the metric '" + shape.name +
                        "' is defined already with another kind, other labels or other buckets");
    }
    if (families_.size() >= kFamiliesMax)
        return Error{ErrorCode::kTooLarge, "more than 200 metrics"};
    const std::string full = "ordinaut_ext_" + extension_id_ + "_" + shape.name;
    TRY(registry_->define(
        {full, shape.help, shape.kind, shape.labels, shape.bounds, MetricFamily::kSeriesMax}));
    const ord_handle handle =
        families().add(std::make_shared<MetricFamily>(this, *registry_, full, shape));
    const std::string name = shape.name;
    families_.emplace(name, std::pair(handle, std::move(shape)));
    return handle;
}

ExtensionMetrics::Recorded ExtensionMetrics::record(ord_handle metric, double value,
                                                    const std::vector<std::string>& values) {
    const auto family = families().find(metric);
    if (family == nullptr || family->owner() != this) return Recorded::kUnknown;
    return family->record(value, values);
}

}  // namespace ordinaut::ext
