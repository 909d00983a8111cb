#include "server/rpc/counted_request.h"

#include "compute/base/status.h"

namespace convoy::server {

CountedRequest::CountedRequest(ServiceCore& core, std::string_view method)
    : core_(core), start_(core.clock.Now()), sample_{.method = method} {}

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
  return absl::OkStatus();
}

void CountedRequest::Count(const absl::Status& status) {
  sample_.code = status.code();
  sample_.total = core_.clock.Now() - start_;
  if (model_ != nullptr) {
    core_.metrics.ForModel(model_->spec().name, model_->version()).CountRequest(sample_);
  } else {
    core_.metrics.CountUnknownModel(sample_.method, status.code());
  }
  counted_ = true;
}

}  // namespace convoy::server
