// Which of the two formats a client wants, and the page in it.
#pragma once
#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

struct Exposition {
    std::string content_type;
    std::string body;
};

// By the request's Accept: OpenMetrics when it is named and not wanted less than plain text;
// otherwise the text format of Prometheus, which every client reads.
Exposition expose(std::vector<prometheus::MetricFamily> families, std::string_view accept);
