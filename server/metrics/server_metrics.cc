#include "server/metrics/server_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "absl/strings/str_format.h"

namespace convoy::server {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Labels;

// Seconds. No two bounds between 1 ms and 1 s are further apart than a factor of 1.67, and the
// usual objectives (15, 50, 100 ms) are bounds themselves.
const Histogram::BucketBoundaries kLatencyBounds = {
    .0001, .0002, .0005, .001, .0015, .002, .003, .005, .0075, .01, .015, .02, .03,
    .05,   .075,  .1,    .15,  .2,    .3,   .5,   .75,  1,     2,   5,    10};
const Histogram::BucketBoundaries kBatchBounds = {1, 2, 4, 8, 16, 32, 64, 128, 256};

// What Triton's label `reason` tells apart.
std::string_view FailureReason(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return "REJECTED";
    case absl::StatusCode::kCancelled:
      return "CANCELED";
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return "BACKEND";
    default:
      return "OTHER";
  }
}

double Microseconds(absl::Duration duration) {
  const double us = absl::ToDoubleMicroseconds(duration);
  return us > 0 ? us : 0;  // a clock may step back; a counter may not
}

}  // namespace

class ServerMetrics::Families {
 public:
  Family<Counter>& AddCounter(const std::string& name, const std::string& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Family<Gauge>& AddGauge(const std::string& name, const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  Family<Histogram>& AddHistogram(const std::string& name, const std::string& help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  prometheus::Registry registry;
  Family<Counter>& requests = AddCounter("convoy_requests_total", "Finished requests by gRPC code");
  Family<Histogram>& duration =
      AddHistogram("convoy_request_duration_seconds", "From arrival to answer, by method");
  Family<Histogram>& batch_size = AddHistogram("convoy_batch_size", "Rows of each batch that ran");
  Family<Gauge>& queue_depth = AddGauge("convoy_queue_depth", "Requests that wait for a batch");
  Family<Gauge>& load_seconds =
      AddGauge("convoy_model_load_seconds", "Time to load and warm a model version");
  Family<Counter>& nv_success =
      AddCounter("nv_inference_request_success", "Number of successful inference requests");
  Family<Counter>& nv_failure =
      AddCounter("nv_inference_request_failure", "Number of failed inference requests, by reason");
  Family<Counter>& nv_count = AddCounter("nv_inference_count", "Number of inferences (rows)");
  Family<Counter>& nv_exec = AddCounter("nv_inference_exec_count", "Number of executed batches");
  Family<Counter>& nv_request_us =
      AddCounter("nv_inference_request_duration_us", "Sum of request times in microseconds");
  Family<Counter>& nv_queue_us =
      AddCounter("nv_inference_queue_duration_us", "Sum of queueing times in microseconds");
  Family<Counter>& nv_input_us = AddCounter("nv_inference_compute_input_duration_us",
                                            "Sum of input gathering times in microseconds");
  Family<Counter>& nv_infer_us = AddCounter("nv_inference_compute_infer_duration_us",
                                            "Sum of computing times in microseconds");
  Family<Counter>& nv_output_us = AddCounter("nv_inference_compute_output_duration_us",
                                             "Sum of output scattering times in microseconds");
  Family<Gauge>& nv_pending =
      AddGauge("nv_inference_pending_request_count", "Requests that wait for a batch");
};

class ServerMetrics::ModelCounters : public ModelMetrics {
 public:
  ModelCounters(Families& families, const std::string& model, int64_t version)
      : families_(families),
        labels_{{"model", model}, {"version", absl::StrFormat("%d", version)}},
        batch_size_(families.batch_size.Add(labels_, kBatchBounds)),
        queue_depth_(families.queue_depth.Add(labels_)),
        load_seconds_(families.load_seconds.Add(labels_)),
        success_(families.nv_success.Add(labels_)),
        count_(families.nv_count.Add(labels_)),
        exec_(families.nv_exec.Add(labels_)),
        request_us_(families.nv_request_us.Add(labels_)),
        queue_us_(families.nv_queue_us.Add(labels_)),
        input_us_(families.nv_input_us.Add(labels_)),
        infer_us_(families.nv_infer_us.Add(labels_)),
        output_us_(families.nv_output_us.Add(labels_)),
        pending_(families.nv_pending.Add(labels_)) {
    for (const char* reason : {"BACKEND", "CANCELED", "OTHER", "REJECTED"}) {
      families.nv_failure.Add(With("reason", reason));
    }
  }

  void CountRequest(const RequestSample& sample) override {
    {
      const std::lock_guard lock(mutex_);
      statistics_.CountRequest(sample);
    }
    const std::string method(sample.method);
    Labels labels = With("method", method);
    families_.duration.Add(labels, kLatencyBounds).Observe(absl::ToDoubleSeconds(sample.total));
    labels["code"] = absl::StatusCodeToString(sample.code);
    families_.requests.Add(labels).Increment();
    if (sample.code == absl::StatusCode::kOk) {
      CountSuccess(sample);
    } else if (sample.reached_queue) {
      families_.nv_failure.Add(With("reason", std::string(FailureReason(sample.code)))).Increment();
    }
  }

  void CountBatch(const BatchSample& sample) override {
    batch_size_.Observe(static_cast<double>(sample.rows));
    exec_.Increment();
    const std::lock_guard lock(mutex_);
    statistics_.CountBatch(sample);
  }

  void SetQueueSize(int64_t requests) override {
    queue_depth_.Set(static_cast<double>(requests));
    pending_.Set(static_cast<double>(requests));
  }

  void SetLoaded(absl::Duration load_time, std::vector<MemoryUse> memory) override {
    load_seconds_.Set(absl::ToDoubleSeconds(load_time));
    const std::lock_guard lock(mutex_);
    statistics_ = {};
    statistics_.memory = std::move(memory);
  }

  ModelStatistics Statistics() const override {
    const std::lock_guard lock(mutex_);
    return statistics_;
  }

 private:
  Labels With(const std::string& name, const std::string& value) const {
    Labels labels = labels_;
    labels[name] = value;
    return labels;
  }

  void CountSuccess(const RequestSample& sample) {
    success_.Increment();
    count_.Increment(static_cast<double>(sample.rows));
    request_us_.Increment(Microseconds(sample.total));
    queue_us_.Increment(Microseconds(sample.queue));
    input_us_.Increment(Microseconds(sample.gather));
    infer_us_.Increment(Microseconds(sample.compute));
    output_us_.Increment(Microseconds(sample.scatter));
  }

  Families& families_;
  const Labels labels_;
  Histogram& batch_size_;
  Gauge& queue_depth_;
  Gauge& load_seconds_;
  Counter& success_;
  Counter& count_;
  Counter& exec_;
  Counter& request_us_;
  Counter& queue_us_;
  Counter& input_us_;
  Counter& infer_us_;
  Counter& output_us_;
  Gauge& pending_;
  mutable std::mutex mutex_;  // guards what follows
  ModelStatistics statistics_;
};

ServerMetrics::ServerMetrics() : families_(std::make_unique<Families>()) {}
ServerMetrics::~ServerMetrics() = default;

ModelMetrics& ServerMetrics::ForModel(const std::string& model, int64_t version) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<ModelCounters>& counters = models_[{model, version}];
  if (counters == nullptr) counters = std::make_unique<ModelCounters>(*families_, model, version);
  return *counters;
}

void ServerMetrics::CountUnknownModel(std::string_view method, absl::StatusCode code) {
  families_->requests
      .Add({{"code", absl::StatusCodeToString(code)},
            {"method", std::string(method)},
            {"model", ""},
            {"version", ""}})
      .Increment();
}

std::string ServerMetrics::Render() const {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace convoy::server
