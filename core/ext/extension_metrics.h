// The metrics one extension defines, in the process's registry as ordinaut_ext_<id>_<name>.
#pragma once
#include <ordinaut/extension.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "metrics/registry.h"

namespace ordinaut::ext {

class MetricFamily;

struct MetricShape {
    metrics::Kind kind = metrics::Kind::kCounter;
    std::string name, help;           // Without the prefix.
    std::vector<std::string> labels;  // Names.
    std::vector<double> bounds;       // Of a histogram; empty = the default.
};

// Thread-safe. Handles end with it; what was counted stays in the registry.
class ExtensionMetrics {
public:
    // `registry` null: nothing is kept, define() is kUnavailable.
    ExtensionMetrics(metrics::Registry* registry, std::string extension_id);
    ~ExtensionMetrics();

    // The same handle for the same shape. kInvalid: name, labels or bounds; kConflict: the name has
    // another shape; kTooLarge: more than 200 families.
    Result<ord_handle> define(MetricShape shape);

    enum class Recorded { kOk, kOverflowed, kInvalid, kUnknown };
    // kOverflowed: recorded under "other", for the first time in this family. kInvalid: a negative
    // count, not a number, or not as many values as labels. kUnknown: not a handle of this
    // extension.
    Recorded record(ord_handle metric, double value, const std::vector<std::string>& values);

private:
    metrics::Registry* const registry_;
    const std::string extension_id_;
    std::mutex mutex_;
    std::map<std::string, std::pair<ord_handle, MetricShape>> families_;
};

}  // namespace ordinaut::ext
