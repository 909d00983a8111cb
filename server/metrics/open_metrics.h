// The metrics in OpenMetrics 1.0, which Prometheus asks for first and which alone carries exemplars
// (https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md). Pure.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

#include "server/metrics/exemplars.h"

namespace convoy::server {

inline constexpr char kOpenMetricsType[] =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

// Whether who sends this Accept header prefers OpenMetrics to the plain text format.
bool PrefersOpenMetrics(std::string_view accept);

// Every series has the name that it has in the text format. OpenMetrics lets only names that end in
// "_total" be counters; the others, Triton's, are of type unknown here.
std::string RenderOpenMetrics(const std::vector<prometheus::MetricFamily>& families,
                              const Exemplars& exemplars);

}  // namespace convoy::server
