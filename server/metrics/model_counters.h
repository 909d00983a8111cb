// The series of one model version. Thread-safe; `families` outlives it.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/labels.h>

#include <array>
#include <map>
#include <mutex>
#include <string>

#include "server/metrics/metric_families.h"
#include "server/metrics/server_metrics.h"

namespace convoy::server {

class ModelCounters : public ModelMetrics {
 public:
  ModelCounters(MetricFamilies& families, prometheus::Labels labels);

  void BeginRequest() override { inflight_.Increment(); }
  void CountRequest(const RequestSample& sample) override;
  void CountBatch(const BatchSample& sample) override;
  void SetQueueSize(int64_t requests) override;
  void SetLoaded(absl::Duration load_time, std::vector<MemoryUse> memory) override;
  ModelStatistics Statistics() const override;

 private:
  // decode, queue, input, compute, output, encode
  using Stages = std::array<prometheus::Histogram*, 6>;

  // The series of one method, found once.
  struct Method {
    prometheus::Labels labels;
    prometheus::Histogram* duration = nullptr;
    std::map<absl::StatusCode, prometheus::Counter*> codes;
  };

  prometheus::Labels With(const std::string& name, const std::string& value) const;
  Stages MakeStages() const;
  Method& MethodOf(std::string_view name);  // called with mutex_ held
  prometheus::Counter& CodeOf(Method& method, absl::StatusCode code) const;
  void SetExemplar(const RequestSample& sample, const prometheus::Labels& labels);
  void CountSuccess(const RequestSample& sample);
  void CountCache(const RequestSample& sample);

  MetricFamilies& families_;
  const prometheus::Labels labels_;
  prometheus::Histogram& batch_size_;
  prometheus::Gauge& queue_depth_;
  prometheus::Gauge& inflight_;
  prometheus::Gauge& load_seconds_;
  prometheus::Gauge& model_memory_;
  prometheus::Counter& inferences_;
  prometheus::Counter& batches_;
  prometheus::Counter& success_;
  prometheus::Counter& count_;
  prometheus::Counter& exec_;
  prometheus::Counter& request_us_;
  prometheus::Counter& queue_us_;
  prometheus::Counter& input_us_;
  prometheus::Counter& infer_us_;
  prometheus::Counter& output_us_;
  prometheus::Gauge& pending_;
  const Stages stages_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Method, std::less<>> methods_;
  ModelStatistics statistics_;
};

}  // namespace convoy::server
