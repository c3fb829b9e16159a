// Counters, gauges and histograms of the host itself.
//
//   Counter& made = metrics.counter("orchestrator_tasks_created_total", "Tasks created.");   //
//   once, at construction made.add(); // on the hot path
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ordinaut::metrics {

// Only grows. Lock-free.
class Counter {
public:
    void add(double by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }  // `by` >= 0.
    double value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<double> value_{0};
};

// Goes up and down. Lock-free.
class Gauge {
public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    void add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<double> value_{0};
};

// Values in buckets; by default durations in seconds, in buckets of 1 ms to 5 min. Lock-free.
class Histogram {
public:
    static constexpr std::array<double, 17> kBounds = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300};

    Histogram() : Histogram(std::vector<double>(kBounds.begin(), kBounds.end())) {}
    explicit Histogram(std::vector<double> bounds);  // Ascending.

    void observe(double value);  // Negative or not a number counts as 0.

    struct Reading {
        // Each on its own, not added up; the last: above all bounds.
        std::vector<uint64_t> buckets;
        uint64_t count = 0;  // Their sum.
        double sum = 0;
    };
    // Observations made meanwhile may be in `sum` and not yet in `buckets`, or the reverse.
    Reading read() const;
    const std::vector<double>& bounds() const { return bounds_; }

private:
    const std::vector<double> bounds_;
    std::vector<std::atomic<uint64_t>> buckets_;
    std::atomic<double> sum_{0};
};

// Route templates and the like, never ids.
using Labels = std::vector<std::pair<std::string, std::string>>;

enum class Kind { kCounter, kGauge, kHistogram };

// One series as it is now. `value` is set for counters and gauges, `histogram` for histograms.
struct Sample {
    Labels labels;  // By name.
    double value = 0;
    Histogram::Reading histogram;
};

struct Family {
    std::string name;
    std::string help;
    Kind kind = Kind::kCounter;
    std::vector<double> bounds;  // Of a histogram.
    std::vector<Sample> samples;
};

// A family whose shape comes from outside this program.
struct FamilySpec {
    std::string name;
    std::string help;
    Kind kind = Kind::kCounter;
    std::vector<std::string> labels;  // Names.
    std::vector<double> bounds = {};  // Of a histogram, ascending; empty = Histogram::kBounds.
    size_t series_max = 500;
};

// Thread-safe. Handles live as long as the registry; asking for one takes a lock, so callers keep
// them.
class Registry {
public:
    // The series with this name and these labels (in any order), made at the first call. Names and
    // label names are [a-zA-Z_][a-zA-Z0-9_]*; a name that is used for another kind, or of another
    // form, is a programmer's error. Beyond kSeriesMax series of one name all further labels share
    // one whose label values are "other".
    Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, Labels labels = {});

    // Makes the family before its first series, or finds it made with the same kind, labels and
    // bounds. kConflict: it is there with others. Names must be well-formed.
    Status define(FamilySpec spec);

    std::vector<Family> snapshot() const;  // By name, then labels.

    static constexpr size_t kSeriesMax = 500;

private:
    template <class Metric>
    struct Series {
        std::string help;
        std::vector<std::string> labels = {};  // Of define().
        std::vector<double> bounds = {};
        size_t series_max = kSeriesMax;
        std::map<Labels, Metric> by_labels = {};  // Nodes never move.
    };
    template <class Metric>
    using Table = std::map<std::string, Series<Metric>, std::less<>>;
    template <class Metric>
    Metric& find_or_make(Table<Metric>& table, std::string_view name, std::string_view help,
                         Labels labels);
    template <class Metric>
    Status define_in(Table<Metric>& table, FamilySpec spec);
    bool is_free_for(const void* table, std::string_view name) const;

    mutable std::mutex mutex_;
    Table<Counter> counters_;
    Table<Gauge> gauges_;
    Table<Histogram> histograms_;
};

}  // namespace ordinaut::metrics
