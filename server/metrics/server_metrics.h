// What the server counts, in Prometheus' text format or in OpenMetrics: families convoy_*, those of
// the process, and, for dashboards made for Triton, the nv_* that fit. Durations of the latter are
// sums in microseconds, charged to each request with its batch's full time, as there.
//
//   ModelMetrics& metrics = server_metrics.ForModel("lenet5", 1);
//   metrics.BeginRequest();
//   metrics.CountRequest({.method = "ModelInfer", .code = absl::StatusCode::kOk, .rows = 1, ...});
//   std::string page = server_metrics.Render();
//
// Thread-safe. A ModelMetrics lives as long as its ServerMetrics.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/metrics/device_memory.h"
#include "server/metrics/model_statistics.h"
#include "server/metrics/samples.h"

namespace convoy::server {

// The counters of one model version.
class ModelMetrics {
 public:
  virtual ~ModelMetrics() = default;
  // A request has come in; CountRequest tells its end.
  virtual void BeginRequest() = 0;
  virtual void CountRequest(const RequestSample& sample) = 0;
  virtual void CountBatch(const BatchSample& sample) = 0;
  virtual void SetQueueSize(int64_t requests) = 0;

  // The version was loaded. Its statistics begin again at zero; Prometheus' counters never do.
  virtual void SetLoaded(absl::Duration load_time, std::vector<MemoryUse> memory) = 0;

  virtual ModelStatistics Statistics() const = 0;
};

class MetricFamilies;  // metric_families.h
class ModelCounters;   // model_counters.h

class ServerMetrics {
 public:
  explicit ServerMetrics(std::string_view version = "");  // of the program
  ~ServerMetrics();

  using Tags = std::map<std::string, std::string>;

  ModelMetrics& ForModel(const std::string& model, int64_t version);

  // The same for a version that is loaded, whose config has these metric_tags: each is a label
  // "_KEY" from now on, as in Triton. A version's labels may change so often; later changes count
  // for nothing, because series stay for good.
  static constexpr size_t kMaxTagChanges = 16;
  ModelMetrics& ForLoadedModel(const std::string& model, int64_t version, const Tags& tags);

  // A request that names no model that there is. Its words do not become labels: those would grow
  // without bound.
  void CountUnknownModel(std::string_view method, absl::StatusCode code);

  // Asked for the device's memory at every scrape, from the scraper's thread. Set before the first.
  void SetDevice(DeviceLabels labels, ReadDeviceMemory read_memory);

  std::string Render() const;             // the text format, version 0.0.4
  std::string RenderOpenMetrics() const;  // with exemplars

 private:
  struct Version {
    Tags tags;
    // The last one counts; what still runs on a former load has a former one.
    std::vector<std::unique_ptr<ModelCounters>> counters;
  };

  std::unique_ptr<MetricFamilies> families_;
  DeviceLabels device_;
  ReadDeviceMemory read_memory_;  // empty until SetDevice
  std::mutex mutex_;              // guards what follows
  std::map<std::pair<std::string, int64_t>, Version> models_;
};

}  // namespace convoy::server
