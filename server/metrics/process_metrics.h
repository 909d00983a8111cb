// What the process itself takes, under the names that Prometheus' client libraries agree on
// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics). Thread-safe.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace convoy::server {

// Of /proc/PID/stat.
struct ProcessStat {
  int64_t cpu_ticks = 0;    // in user and system mode
  int64_t start_ticks = 0;  // since the host was started
  int64_t virtual_bytes = 0;
  int64_t resident_pages = 0;
};

// The program's name, in parentheses, may hold anything. Nullopt for what has no such form. Pure.
std::optional<ProcessStat> ParseProcessStat(std::string_view text);

// Read now; what this system does not tell is left out.
std::vector<prometheus::MetricFamily> ReadProcessMetrics();

}  // namespace convoy::server
