#include "server/rpc/counted_request.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"
#include "server/tracing/access_log.h"

namespace convoy::server {

CountedRequest::CountedRequest(ServiceCore& core, std::string_view method, CallHeaders headers)
    : core_(core),
      start_(core.clock.Now()),
      headers_(std::move(headers)),
      id_(headers_.request_id),
      sample_{.method = method} {}

CountedRequest::~CountedRequest() {
  const bool leaves = counted_ && entered_;
  model_.reset();
  if (leaves) core_.gate.Leave();  // behind this the server may go
}

absl::Status CountedRequest::Begin(const std::string& model, const std::string& version,
                                   bool name_required) {
  CONVOY_RETURN_IF_ERROR(core_.gate.Enter());
  entered_ = true;
  if (model.empty() && !name_required) {
    CONVOY_ASSIGN_OR_RETURN(model_, core_.registry.AcquireOnly());
  } else {
    CONVOY_ASSIGN_OR_RETURN(model_, core_.registry.Acquire(model, version));
  }
  metrics_ = &core_.metrics.ForModel(model_->spec().name, model_->version());
  metrics_->BeginRequest();
  trace_ = core_.tracer.Begin(model_->spec().name, headers_.traceparent);
  return absl::OkStatus();
}

void CountedRequest::Ran(absl::Duration queue, const BatchReport& batch) {
  sample_.queue = std::max(sample_.queue, queue);
  sample_.gather = std::max(sample_.gather, batch.gather);
  sample_.compute = std::max(sample_.compute, batch.compute);
  sample_.scatter = std::max(sample_.scatter, batch.scatter);
  batch_ = batch;
}

void CountedRequest::AskedCache(CacheUse use, absl::Duration time, int64_t rows) {
  if (use == CacheUse::kHit) {
    ++sample_.cache_hits;
    sample_.cached_rows += rows;
    sample_.cache_hit_time += time;
  } else if (use == CacheUse::kMiss) {
    ++sample_.cache_misses;
    sample_.cache_miss_time += time;
  }
}

void CountedRequest::Trace(const absl::Status& status) {
  const bool classifies = sample_.method == "Classify";
  trace_->method = absl::StrFormat(
      "/%s/%s", classifies ? "convoy.v1.ClassifyService" : "inference.GRPCInferenceService",
      sample_.method);
  trace_->version = absl::StrFormat("%d", model_->version());
  trace_->request_id = id_;
  trace_->status = status;
  trace_->received = start_;
  trace_->end = start_ + sample_.total;
  trace_->batch = batch_.id;
  trace_->rows = sample_.rows;
  trace_->batch_rows = batch_.rows;
  trace_->queued = batch_.start - sample_.queue;
  trace_->queue = sample_.queue;
  trace_->gather = batch_.gather;
  trace_->compute = batch_.compute;
  trace_->scatter = batch_.scatter;
  core_.tracer.End(*trace_);
}

// What came before the queue and behind the batch.
void CountedRequest::TimeTheEnds() {
  if (batch_.id == 0) return;
  const absl::Duration until_batch = batch_.start - start_;
  const absl::Duration in_batch = batch_.gather + batch_.compute + batch_.scatter;
  sample_.decode = std::max(until_batch - sample_.queue, absl::ZeroDuration());
  sample_.encode = std::max(sample_.total - until_batch - in_batch, absl::ZeroDuration());
}

void CountedRequest::Log(const absl::Status& status) {
  if (id_.empty()) {
    id_ = NewRequestId();
    id_made_up_ = true;
  }
  AccessRecord record{.request_id = id_,
                      .trace_id = sample_.trace_id,
                      .method = sample_.method,
                      .peer = headers_.peer,
                      .status = status,
                      .rows = sample_.rows,
                      .batch_rows = batch_.rows,
                      .total = sample_.total,
                      .queue = sample_.queue,
                      .compute = sample_.compute};
  if (model_ != nullptr) {
    record.model = model_->spec().name;
    record.version = absl::StrFormat("%d", model_->version());
  }
  WriteAccess(record);
}

std::string CountedRequest::id_to_tell() const {
  return id_made_up_ || id_ == headers_.request_id ? id_ : "";
}

void CountedRequest::Count(const absl::Status& status) {
  sample_.code = status.code();
  sample_.end = core_.clock.Now();
  sample_.total = sample_.end - start_;
  TimeTheEnds();
  if (trace_.has_value()) sample_.trace_id = ToHex(trace_->context.trace_id);
  if (metrics_ != nullptr) {
    metrics_->CountRequest(sample_);
  } else {
    core_.metrics.CountUnknownModel(sample_.method, status.code());
  }
  if (Wants(core_.access_log, sample_.code, sample_.total)) Log(status);
  if (trace_.has_value()) Trace(status);
  if (entered_) core_.gate.FreePlace();
  counted_ = true;
}

}  // namespace convoy::server
