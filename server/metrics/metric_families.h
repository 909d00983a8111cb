// Every family of metrics, with its name and help text, once. Thread-safe.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>

#include "server/metrics/exemplars.h"

namespace convoy::server {

// Seconds. No two bounds between 1 ms and 1 s are further apart than a factor of 1.67, and the
// usual objectives (15, 50, 100 ms) are bounds themselves.
inline const prometheus::Histogram::BucketBoundaries kLatencyBounds = {
    .0001, .0002, .0005, .001, .0015, .002, .003, .005, .0075, .01, .015, .02, .03,
    .05,   .075,  .1,    .15,  .2,    .3,   .5,   .75,  1,     2,   5,    10};
inline const prometheus::Histogram::BucketBoundaries kBatchBounds = {1,  2,  4,   8,  16,
                                                                     32, 64, 128, 256};

inline constexpr char kRequestDuration[] = "convoy_request_duration_seconds";

class MetricFamilies {
 public:
  using Counters = prometheus::Family<prometheus::Counter>;
  using Gauges = prometheus::Family<prometheus::Gauge>;
  using Histograms = prometheus::Family<prometheus::Histogram>;

  Counters& AddCounter(const std::string& name, const std::string& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Gauges& AddGauge(const std::string& name, const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  Histograms& AddHistogram(const std::string& name, const std::string& help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  prometheus::Registry registry;
  Exemplars exemplars;

  Gauges& build = AddGauge("convoy_build_info", "1; the version is a label");
  Counters& requests = AddCounter("convoy_requests_total", "Finished requests by gRPC code");
  Counters& inferences =
      AddCounter("convoy_inferences_total", "Rows of requests that were answered");
  Counters& batches = AddCounter("convoy_batches_total", "Batches that ran");
  Histograms& duration = AddHistogram(kRequestDuration, "From arrival to answer, by method");
  Histograms& stage = AddHistogram(
      "convoy_stage_duration_seconds",
      "Of answered requests: decode, queue, input, compute, output and encode make up the whole");
  Histograms& batch_size = AddHistogram("convoy_batch_size", "Rows of each batch that ran");
  Gauges& queue_depth = AddGauge("convoy_queue_depth", "Requests that wait for a batch");
  Gauges& inflight = AddGauge("convoy_inflight_requests", "Requests that are not answered yet");
  Gauges& load_seconds =
      AddGauge("convoy_model_load_seconds", "Time to load and warm a model version");
  Gauges& model_memory =
      AddGauge("convoy_model_memory_bytes", "Weights and intermediate values of a loaded version");
  Counters& nv_success =
      AddCounter("nv_inference_request_success", "Number of successful inference requests");
  Counters& nv_failure =
      AddCounter("nv_inference_request_failure", "Number of failed inference requests, by reason");
  Counters& nv_count = AddCounter("nv_inference_count", "Number of inferences (rows)");
  Counters& nv_exec = AddCounter("nv_inference_exec_count", "Number of executed batches");
  Counters& nv_request_us =
      AddCounter("nv_inference_request_duration_us", "Sum of request times in microseconds");
  Counters& nv_queue_us =
      AddCounter("nv_inference_queue_duration_us", "Sum of queueing times in microseconds");
  Counters& nv_input_us = AddCounter("nv_inference_compute_input_duration_us",
                                     "Sum of input gathering times in microseconds");
  Counters& nv_infer_us = AddCounter("nv_inference_compute_infer_duration_us",
                                     "Sum of computing times in microseconds");
  Counters& nv_output_us = AddCounter("nv_inference_compute_output_duration_us",
                                      "Sum of output scattering times in microseconds");
  Counters& nv_cache_hits =
      AddCounter("nv_cache_num_hits_per_model", "Number of answers from the response cache");
  Counters& nv_cache_misses =
      AddCounter("nv_cache_num_misses_per_model", "Number of lookups in vain");
  Counters& nv_cache_hit_us = AddCounter("nv_cache_hit_duration_per_model",
                                         "Sum of times to take an answer, in microseconds");
  Counters& nv_cache_miss_us =
      AddCounter("nv_cache_miss_duration_per_model",
                 "Sum of times to look up in vain and to keep the answer, in microseconds");
  Gauges& nv_pending =
      AddGauge("nv_inference_pending_request_count", "Requests that wait for a batch");
};

}  // namespace convoy::server
