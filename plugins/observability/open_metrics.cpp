#include "open_metrics.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::string_view type_name(MetricType type) {
    switch (type) {
        case MetricType::Counter: return "counter";
        case MetricType::Gauge: return "gauge";
        case MetricType::Histogram: return "histogram";
        default: return "unknown";
    }
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

// The shortest text that reads back as the same number; bounds of buckets want a point in it.
std::string number(double value, bool with_point = false) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    std::string out(text, end);
    if (with_point && out.find_first_of(".e") == std::string::npos) out += ".0";
    return out;
}

class Page {
public:
    void add(const MetricFamily& family) {
        std::string base = family.name;
        if (family.type == MetricType::Counter && base.size() > 6) base.resize(base.size() - 6);
        text_ += "# HELP " + base + " " + escaped(family.help) + "\n# TYPE " + base + " ";
        text_.append(type_name(family.type)).append("\n");
        for (const ClientMetric& metric : family.metric) add(family, metric);
    }
    std::string take() {
        text_ += "# EOF\n";
        return std::move(text_);
    }

private:
    void add(const MetricFamily& family, const ClientMetric& metric) {
        switch (family.type) {
            case MetricType::Counter:
                line(family.name, metric, number(metric.counter.value));
                break;
            case MetricType::Gauge: line(family.name, metric, number(metric.gauge.value)); break;
            case MetricType::Histogram: add_histogram(family.name, metric); break;
            default: line(family.name, metric, number(metric.untyped.value)); break;
        }
    }

    void add_histogram(const std::string& name, const ClientMetric& metric) {
        const auto& histogram = metric.histogram;
        for (const auto& bucket : histogram.bucket)
            line(name + "_bucket", metric, std::to_string(bucket.cumulative_count),
                 number(bucket.upper_bound, true));
        line(name + "_bucket", metric, std::to_string(histogram.sample_count), "+Inf");
        line(name + "_count", metric, std::to_string(histogram.sample_count));
        line(name + "_sum", metric, number(histogram.sample_sum));
    }

    void line(const std::string& name, const ClientMetric& metric, const std::string& value,
              const std::string& le = {}) {
        text_ += name;
        char separator = '{';
        const auto label = [&](std::string_view key, std::string_view text) {
            text_ += separator;
            text_.append(key).append("=\"").append(escaped(text)).append("\"");
            separator = ',';
        };
        for (const auto& [key, text] : metric.label) label(key, text);
        if (!le.empty()) label("le", le);
        if (separator == ',') text_ += '}';
        text_.append(" ").append(value).append("\n");
    }

    std::string text_;
};

}  // namespace

std::string to_open_metrics(const std::vector<MetricFamily>& families) {
    Page page;
    for (const MetricFamily& family : families) page.add(family);
    return page.take();
}
