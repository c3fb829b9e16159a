// The C++ side of metrics.h. Included by ordinaut.hpp.
//
//   const auto polls = s.host().counter("polls_total", "Polls by outcome.", {"outcome"});   //
//   once, in setup() polls.add(1, {"ok"});
#pragma once
#include <initializer_list>

#include "instance.hpp"
#include "metrics.h"

namespace ordinaut {

// Values of the labels, in their order. Copyable; a default-constructed one does nothing.
class Metric {
public:
    using Values = std::initializer_list<std::string_view>;
    Metric() = default;

protected:
    friend class Host;
    void record(double value, Values values) const {
        if (instance_ == nullptr) return;
        std::vector<ord_str> texts;
        for (const auto text : values) texts.push_back(to_ord(text));
        const ord_metric_sample sample{sizeof sample, static_cast<uint32_t>(texts.size()), metric_,
                                       value, texts.data()};
        table_->record(instance_->self(), &sample);
    }
    void define(Instance& instance, uint32_t kind, std::string_view name, std::string_view help,
                const std::vector<std::string>& labels, const std::vector<double>& buckets) {
        std::vector<ord_str> names;
        for (const auto& label : labels) names.push_back(to_ord(label));
        const ord_metric_spec spec{sizeof spec,
                                   kind,
                                   to_ord(name),
                                   to_ord(help),
                                   names.data(),
                                   buckets.empty() ? nullptr : buckets.data(),
                                   static_cast<uint32_t>(names.size()),
                                   static_cast<uint32_t>(buckets.size())};
        table_ = &instance.table<ord_metrics_v1>("ord.metrics");
        const ord_status status = table_->define(instance.self(), &spec, &metric_);
        if (status != ORD_OK)
            throw CallError(status, "metric '" + std::string(name) + "' is refused (status " +
                                        std::to_string(status) + ")");
        instance_ = &instance;
    }

private:
    const Instance* instance_ = nullptr;
    const ord_metrics_v1* table_ = nullptr;
    ord_handle metric_ = 0;
};

class Counter : public Metric {
public:
    void add(double by = 1, Values values = {}) const { record(by, values); }
};
class Gauge : public Metric {
public:
    void set(double value, Values values = {}) const { record(value, values); }
};
class Histogram : public Metric {
public:
    void observe(double value, Values values = {}) const { record(value, values); }
};

inline Counter Host::counter(std::string_view name, std::string_view help,
                             const std::vector<std::string>& labels) const {
    Counter made;
    made.define(*instance_, ORD_METRIC_COUNTER, name, help, labels, {});
    return made;
}
inline Gauge Host::gauge(std::string_view name, std::string_view help,
                         const std::vector<std::string>& labels) const {
    Gauge made;
    made.define(*instance_, ORD_METRIC_GAUGE, name, help, labels, {});
    return made;
}
inline Histogram Host::histogram(std::string_view name, std::string_view help,
                                 const std::vector<std::string>& labels,
                                 const std::vector<double>& buckets) const {
    Histogram made;
    made.define(*instance_, ORD_METRIC_HISTOGRAM, name, help, labels, buckets);
    return made;
}
inline std::string Host::metrics() const {
    ord_buf out{};
    const ord_status status =
        instance_->table<ord_metrics_v1>("ord.metrics").collect(instance_->self(), &out);
    if (status != ORD_OK) throw CallError(status, "the host keeps no metrics");
    return instance_->take(out);
}

}  // namespace ordinaut
