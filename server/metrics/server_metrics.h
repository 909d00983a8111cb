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

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace convoy::server {

// One finished request. Stage times are those of its batch, zero when it did not run.
struct RequestSample {
  std::string_view method;
  absl::StatusCode code = absl::StatusCode::kOk;
  int64_t rows = 0;
  bool reached_queue = false;  // false: refused before, as malformed
  absl::Duration total, queue, gather, compute, scatter;
};

// The counters of one model version.
class ModelMetrics {
 public:
  virtual ~ModelMetrics() = default;
  virtual void CountRequest(const RequestSample& sample) = 0;
  virtual void CountBatch(int64_t rows) = 0;
  virtual void SetQueueSize(int64_t requests) = 0;
  virtual void SetLoadTime(absl::Duration time) = 0;
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
