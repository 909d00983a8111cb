#include "server/rpc/counted_request.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"

namespace convoy::server {

CountedRequest::CountedRequest(ServiceCore& core, std::string_view method, std::string traceparent)
    : core_(core),
      start_(core.clock.Now()),
      traceparent_(std::move(traceparent)),
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
  trace_ = core_.tracer.Begin(model_->spec().name, traceparent_);
  return absl::OkStatus();
}

void CountedRequest::Ran(absl::Duration queue, const BatchReport& batch) {
  sample_.queue = std::max(sample_.queue, queue);
  sample_.gather = std::max(sample_.gather, batch.gather);
  sample_.compute = std::max(sample_.compute, batch.compute);
  sample_.scatter = std::max(sample_.scatter, batch.scatter);
  batch_ = batch;
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

void CountedRequest::Count(const absl::Status& status) {
  sample_.code = status.code();
  sample_.total = core_.clock.Now() - start_;
  if (model_ != nullptr) {
    core_.metrics.ForModel(model_->spec().name, model_->version()).CountRequest(sample_);
  } else {
    core_.metrics.CountUnknownModel(sample_.method, status.code());
  }
  if (trace_.has_value()) Trace(status);
  counted_ = true;
}

}  // namespace convoy::server
