#include "server/rpc/model_call.h"

#include <algorithm>

#include "compute/base/status.h"
#include "server/rpc/status_codec.h"

namespace convoy::server {

ModelCall::ModelCall(ServiceCore& core, grpc::CallbackServerContext& context,
                     std::string_view method)
    : core_(core), start_(core.clock.Now()), sample_{.method = method}, context_(context) {}

void ModelCall::OnDone() {
  DrainGate& gate = core_.gate;
  const bool leaves = ended_ && entered_;
  delete this;
  if (leaves) gate.Leave();  // behind this the server may go
}

absl::Status ModelCall::Begin(const std::string& model, const std::string& version,
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

absl::Time ModelCall::DeadlineWithin(absl::Duration timeout) const {
  return std::min(absl::FromChrono(context_.deadline()), start_ + timeout);
}

void ModelCall::End(const absl::Status& status) {
  sample_.code = status.code();
  sample_.total = core_.clock.Now() - start_;
  if (model_ != nullptr) {
    core_.metrics.ForModel(model_->spec().name, model_->version()).CountRequest(sample_);
  } else {
    core_.metrics.CountUnknownModel(sample_.method, status.code());
  }
  ended_ = true;
  Finish(ToGrpcStatus(status));
}

}  // namespace convoy::server
