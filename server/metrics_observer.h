// Brings the batches and the queue of a model version into its metrics. Thread-safe.
#pragma once

#include "compute/base/clock.h"
#include "server/batching/batcher.h"
#include "server/metrics/server_metrics.h"

namespace convoy::server {

class MetricsObserver : public BatchObserver {
 public:
  // Both outlive the observer.
  MetricsObserver(ModelMetrics& metrics, const compute::Clock& clock)
      : metrics_(metrics), clock_(clock) {}

  void OnBatch(const BatchReport& report) override {
    metrics_.CountBatch({.rows = report.rows,
                         .gather = report.gather,
                         .compute = report.compute,
                         .scatter = report.scatter,
                         .end = clock_.Now()});
  }
  void OnQueueSize(int64_t requests) override { metrics_.SetQueueSize(requests); }

 private:
  ModelMetrics& metrics_;
  const compute::Clock& clock_;
};

}  // namespace convoy::server
