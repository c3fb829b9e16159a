// The OpenMetrics 1.0 text format, which prometheus-cpp does not write.
#pragma once
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

// Ends with "# EOF". Families must have names of their own; a counter's name ends in _total.
std::string to_open_metrics(const std::vector<prometheus::MetricFamily>& families);
