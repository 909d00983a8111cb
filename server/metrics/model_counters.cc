#include "server/metrics/model_counters.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_format.h"

namespace convoy::server {
namespace {

using prometheus::Counter;
using prometheus::Histogram;
using prometheus::Labels;

constexpr const char* kStages[] = {"decode", "queue", "input", "compute", "output", "encode"};

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

// A clock may step back; a sum may not.
double Microseconds(absl::Duration duration) {
  return std::max(absl::ToDoubleMicroseconds(duration), 0.0);
}
double Seconds(absl::Duration duration) { return std::max(absl::ToDoubleSeconds(duration), 0.0); }

// The upper bound of the bucket that a value falls into.
double BoundOf(double value) {
  const auto bound = std::lower_bound(kLatencyBounds.begin(), kLatencyBounds.end(), value);
  return bound == kLatencyBounds.end() ? std::numeric_limits<double>::infinity() : *bound;
}

}  // namespace

ModelCounters::ModelCounters(MetricFamilies& families, Labels labels)
    : families_(families),
      labels_(std::move(labels)),
      batch_size_(families.batch_size.Add(labels_, kBatchBounds)),
      queue_depth_(families.queue_depth.Add(labels_)),
      inflight_(families.inflight.Add(labels_)),
      load_seconds_(families.load_seconds.Add(labels_)),
      model_memory_(families.model_memory.Add(labels_)),
      inferences_(families.inferences.Add(labels_)),
      batches_(families.batches.Add(labels_)),
      success_(families.nv_success.Add(labels_)),
      count_(families.nv_count.Add(labels_)),
      exec_(families.nv_exec.Add(labels_)),
      request_us_(families.nv_request_us.Add(labels_)),
      queue_us_(families.nv_queue_us.Add(labels_)),
      input_us_(families.nv_input_us.Add(labels_)),
      infer_us_(families.nv_infer_us.Add(labels_)),
      output_us_(families.nv_output_us.Add(labels_)),
      pending_(families.nv_pending.Add(labels_)),
      stages_(MakeStages()) {
  for (const char* reason : {"BACKEND", "CANCELED", "OTHER", "REJECTED"}) {
    families.nv_failure.Add(With("reason", reason));
  }
}

Labels ModelCounters::With(const std::string& name, const std::string& value) const {
  Labels labels = labels_;
  labels[name] = value;
  return labels;
}

ModelCounters::Stages ModelCounters::MakeStages() const {
  Stages stages{};
  for (size_t i = 0; i < stages.size(); ++i) {
    stages[i] = &families_.stage.Add(With("stage", kStages[i]), kLatencyBounds);
  }
  return stages;
}

ModelCounters::Method& ModelCounters::MethodOf(std::string_view name) {
  if (const auto known = methods_.find(name); known != methods_.end()) return known->second;
  Method& method = methods_[std::string(name)];
  method.labels = With("method", std::string(name));
  method.duration = &families_.duration.Add(method.labels, kLatencyBounds);
  return method;
}

Counter& ModelCounters::CodeOf(Method& method, absl::StatusCode code) const {
  Counter*& counter = method.codes[code];
  if (counter == nullptr) {
    Labels labels = method.labels;
    labels["code"] = absl::StatusCodeToString(code);
    counter = &families_.requests.Add(labels);
  }
  return *counter;
}

void ModelCounters::CountRequest(const RequestSample& sample) {
  Histogram* duration = nullptr;
  Counter* code = nullptr;
  {
    const std::lock_guard lock(mutex_);
    statistics_.CountRequest(sample);
    Method& method = MethodOf(sample.method);
    duration = method.duration;
    code = &CodeOf(method, sample.code);
    if (!sample.trace_id.empty()) SetExemplar(sample, method.labels);
  }
  inflight_.Decrement();
  duration->Observe(Seconds(sample.total));
  code->Increment();
  if (sample.code == absl::StatusCode::kOk) {
    CountSuccess(sample);
  } else if (sample.reached_queue) {
    families_.nv_failure.Add(With("reason", std::string(FailureReason(sample.code)))).Increment();
  }
}

void ModelCounters::SetExemplar(const RequestSample& sample, const Labels& labels) {
  const double seconds = Seconds(sample.total);
  families_.exemplars.Set(kRequestDuration, labels, BoundOf(seconds),
                          {.trace_id = sample.trace_id, .value = seconds, .time = sample.end});
}

void ModelCounters::CountSuccess(const RequestSample& sample) {
  success_.Increment();
  const auto rows = static_cast<double>(sample.rows - sample.cached_rows);
  count_.Increment(rows);
  inferences_.Increment(rows);
  request_us_.Increment(Microseconds(sample.total));
  queue_us_.Increment(Microseconds(sample.queue));
  input_us_.Increment(Microseconds(sample.gather));
  infer_us_.Increment(Microseconds(sample.compute));
  output_us_.Increment(Microseconds(sample.scatter));
  const absl::Duration times[] = {sample.decode,  sample.queue,   sample.gather,
                                  sample.compute, sample.scatter, sample.encode};
  for (size_t i = 0; i < stages_.size(); ++i) stages_[i]->Observe(Seconds(times[i]));
  if (sample.cache_hits + sample.cache_misses > 0) CountCache(sample);
}

// Models that ask no cache have no such series.
void ModelCounters::CountCache(const RequestSample& sample) {
  families_.nv_cache_hits.Add(labels_).Increment(static_cast<double>(sample.cache_hits));
  families_.nv_cache_misses.Add(labels_).Increment(static_cast<double>(sample.cache_misses));
  families_.nv_cache_hit_us.Add(labels_).Increment(Microseconds(sample.cache_hit_time));
  families_.nv_cache_miss_us.Add(labels_).Increment(Microseconds(sample.cache_miss_time));
}

void ModelCounters::CountBatch(const BatchSample& sample) {
  batch_size_.Observe(static_cast<double>(sample.rows));
  exec_.Increment();
  batches_.Increment();
  const std::lock_guard lock(mutex_);
  statistics_.CountBatch(sample);
}

void ModelCounters::SetQueueSize(int64_t requests) {
  queue_depth_.Set(static_cast<double>(requests));
  pending_.Set(static_cast<double>(requests));
}

void ModelCounters::SetLoaded(absl::Duration load_time, std::vector<MemoryUse> memory) {
  load_seconds_.Set(absl::ToDoubleSeconds(load_time));
  int64_t bytes = 0;
  for (const MemoryUse& use : memory) bytes += use.bytes;
  model_memory_.Set(static_cast<double>(bytes));
  const std::lock_guard lock(mutex_);
  statistics_ = {};
  statistics_.memory = std::move(memory);
}

ModelStatistics ModelCounters::Statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

}  // namespace convoy::server
