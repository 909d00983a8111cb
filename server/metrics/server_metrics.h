// What the server counts, in Prometheus' text format: families convoy_* and, for dashboards made
// for Triton, the nv_inference_* that fit. Durations of the latter are sums in microseconds,
// charged to each request with its batch's full time, as there.
//
//   ModelMetrics& metrics = server_metrics.ForModel("lenet5", 1);
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
#include "server/metrics/model_statistics.h"
#include "server/metrics/samples.h"

namespace convoy::server {

// The counters of one model version.
class ModelMetrics {
 public:
  virtual ~ModelMetrics() = default;
  virtual void CountRequest(const RequestSample& sample) = 0;
  virtual void CountBatch(const BatchSample& sample) = 0;
  virtual void SetQueueSize(int64_t requests) = 0;

  // The version was loaded. Its statistics begin again at zero; Prometheus' counters never do.
  virtual void SetLoaded(absl::Duration load_time, std::vector<MemoryUse> memory) = 0;

  virtual ModelStatistics Statistics() const = 0;
};

class ServerMetrics {
 public:
  ServerMetrics();
  ~ServerMetrics();

  ModelMetrics& ForModel(const std::string& model, int64_t version);

  // A request that names no model that there is. Its words do not become labels: those would grow
  // without bound.
  void CountUnknownModel(std::string_view method, absl::StatusCode code);

  std::string Render() const;

 private:
  class Families;
  class ModelCounters;

  std::unique_ptr<Families> families_;
  std::mutex mutex_;  // guards what follows
  std::map<std::pair<std::string, int64_t>, std::unique_ptr<ModelCounters>> models_;
};

}  // namespace convoy::server
