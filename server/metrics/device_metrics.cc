#include "server/metrics/device_metrics.h"

#include <string>
#include <utility>

namespace convoy::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

ClientMetric Sample(std::vector<ClientMetric::Label> labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  return metric;
}

MetricFamily Gauge(std::string name, std::string help, std::vector<ClientMetric> samples) {
  return {.name = std::move(name),
          .help = std::move(help),
          .type = prometheus::MetricType::Gauge,
          .metric = std::move(samples)};
}

void AddGpu(const std::string& uuid, const DeviceMemory& memory,
            std::vector<MetricFamily>& families) {
  families.push_back(
      Gauge("nv_gpu_memory_total_bytes", "GPU memory",
            {Sample({{"gpu_uuid", uuid}}, static_cast<double>(memory.total_bytes))}));
  families.push_back(Gauge("nv_gpu_memory_used_bytes", "GPU memory that this process uses",
                           {Sample({{"gpu_uuid", uuid}}, static_cast<double>(memory.used_bytes))}));
}

}  // namespace

std::vector<MetricFamily> DeviceFamilies(const DeviceLabels& device,
                                         const std::optional<DeviceMemory>& memory) {
  std::vector<MetricFamily> families = {Gauge(
      "convoy_device_info", "1; what models run on",
      {Sample({{"device", device.id}, {"gpu_uuid", device.uuid}, {"name", device.name}}, 1)})};
  if (!memory.has_value()) return families;
  const std::pair<const char*, int64_t> kinds[] = {{"budget", memory->budget_bytes},
                                                   {"total", memory->total_bytes},
                                                   {"used", memory->used_bytes}};
  std::vector<ClientMetric> samples;
  for (const auto& [kind, bytes] : kinds) {
    samples.push_back(Sample({{"device", device.id}, {"kind", kind}}, static_cast<double>(bytes)));
  }
  families.push_back(Gauge("convoy_device_memory_bytes",
                           "The device's own memory: all, what this process may use, and uses",
                           std::move(samples)));
  if (!device.uuid.empty()) AddGpu(device.uuid, *memory, families);
  return families;
}

}  // namespace convoy::server
