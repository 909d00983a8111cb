#include "server/metrics/server_metrics.h"

#include <prometheus/text_serializer.h>

#include <iterator>

#include "absl/strings/str_format.h"
#include "server/metrics/device_metrics.h"
#include "server/metrics/metric_families.h"
#include "server/metrics/model_counters.h"
#include "server/metrics/open_metrics.h"
#include "server/metrics/process_metrics.h"

namespace convoy::server {
namespace {

using prometheus::MetricFamily;

void Append(std::vector<MetricFamily> more, std::vector<MetricFamily>& families) {
  families.insert(families.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
}

std::vector<MetricFamily> Collect(const MetricFamilies& counted, const DeviceLabels& device,
                                  const ReadDeviceMemory& read_memory) {
  std::vector<MetricFamily> families = counted.registry.Collect();
  // A family without a sample would be a name that means nothing yet.
  std::erase_if(families, [](const MetricFamily& family) { return family.metric.empty(); });
  Append(ReadProcessMetrics(), families);
  if (read_memory) Append(DeviceFamilies(device, read_memory()), families);
  return families;
}

prometheus::Labels LabelsOf(const std::string& model, int64_t version,
                            const ServerMetrics::Tags& tags) {
  prometheus::Labels labels = {{"model", model}, {"version", absl::StrFormat("%d", version)}};
  for (const auto& [key, value] : tags) {
    // Prometheus keeps names with two underscores for itself.
    labels.emplace(key.starts_with('_') ? key : absl::StrFormat("_%s", key), value);
  }
  return labels;
}

}  // namespace

ServerMetrics::ServerMetrics(std::string_view version)
    : families_(std::make_unique<MetricFamilies>()) {
  if (!version.empty()) families_->build.Add({{"version", std::string(version)}}).Set(1);
}
ServerMetrics::~ServerMetrics() = default;

ModelMetrics& ServerMetrics::ForModel(const std::string& model, int64_t version) {
  const std::lock_guard lock(mutex_);
  Version& counted = models_[{model, version}];
  if (counted.counters.empty()) {
    counted.counters.push_back(
        std::make_unique<ModelCounters>(*families_, LabelsOf(model, version, {})));
  }
  return *counted.counters.back();
}

ModelMetrics& ServerMetrics::ForLoadedModel(const std::string& model, int64_t version,
                                            const Tags& tags) {
  const std::lock_guard lock(mutex_);
  Version& counted = models_[{model, version}];
  const bool changed = counted.counters.empty() || counted.tags != tags;
  if (changed && counted.counters.size() <= kMaxTagChanges) {
    counted.tags = tags;
    counted.counters.push_back(
        std::make_unique<ModelCounters>(*families_, LabelsOf(model, version, tags)));
  }
  return *counted.counters.back();
}

void ServerMetrics::CountUnknownModel(std::string_view method, absl::StatusCode code) {
  families_->requests
      .Add({{"code", absl::StatusCodeToString(code)},
            {"method", std::string(method)},
            {"model", ""},
            {"version", ""}})
      .Increment();
}

void ServerMetrics::SetDevice(DeviceLabels labels, ReadDeviceMemory read_memory) {
  device_ = std::move(labels);
  read_memory_ = std::move(read_memory);
}

std::string ServerMetrics::Render() const {
  return prometheus::TextSerializer().Serialize(Collect(*families_, device_, read_memory_));
}

std::string ServerMetrics::RenderOpenMetrics() const {
  return server::RenderOpenMetrics(Collect(*families_, device_, read_memory_),
                                   families_->exemplars);
}

}  // namespace convoy::server
