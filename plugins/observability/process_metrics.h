// What the kernel knows of this process, under the names every Prometheus client library uses.
#pragma once
#include <prometheus/metric_family.h>

#include <vector>

// Empty where /proc cannot be read.
std::vector<prometheus::MetricFamily> process_metrics();
