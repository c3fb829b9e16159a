// From what the host counted (the JSON of ord.metrics collect()) to families of prometheus-cpp.
#pragma once
#include <prometheus/metric_family.h>

#include <string_view>
#include <vector>

// Throws ordinaut::JsonError when the text is not what the interface promises. A counter's name
// always ends in _total, and every family has a help text: exporters owe that to their readers,
// whatever an extension chose. A number that JSON cannot express comes as null and becomes NaN.
std::vector<prometheus::MetricFamily> parse_families(std::string_view collected_json);
