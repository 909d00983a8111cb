#include "server/rpc/infer_call.h"

#include <utility>

#include "compute/base/status.h"
#include "server/rpc/request_parameters.h"

namespace convoy::server {

InferCall::InferCall(ServiceCore& core, grpc::CallbackServerContext& context,
                     const inference::ModelInferRequest& request,
                     inference::ModelInferResponse& response)
    : ModelCall(core, context, "ModelInfer"), request_(request), response_(response) {}

InferCall* InferCall::Start() {
  if (const absl::Status status = Submit(); !status.ok()) End(status);
  return this;
}

absl::Status InferCall::Submit() {
  CONVOY_RETURN_IF_ERROR(Begin(request_.model_name(), request_.model_version(), true));
  CONVOY_ASSIGN_OR_RETURN(const RequestParameters parameters, ParseParameters(request_));
  CONVOY_ASSIGN_OR_RETURN(decoded_, DecodeRequest(request_, model_->spec()));
  sample_.rows = decoded_.rows;
  sample_.reached_queue = true;
  ticket_ = model_->batcher().Submit(
      {.rows = decoded_.rows,
       .shape_key = decoded_.shape_key,
       .inputs = std::move(decoded_.inputs),
       .deadline = DeadlineWithin(parameters.timeout),
       .done = [this](absl::StatusOr<Answer> answer) { OnAnswer(std::move(answer)); }});
  return absl::OkStatus();
}

void InferCall::OnCancel() {
  if (ticket_ != 0) model_->batcher().Cancel(ticket_);
}

absl::Status InferCall::Encode(const Answer& answer) {
  response_.set_model_name(model_->spec().name);
  response_.set_model_version(absl::StrFormat("%d", model_->version()));
  response_.set_id(request_.id());
  return EncodeOutputs(answer.outputs, decoded_.outputs, model_->spec(), response_);
}

void InferCall::OnAnswer(absl::StatusOr<Answer> answer) {
  if (!answer.ok()) return End(answer.status());
  sample_.queue = answer->queue;
  sample_.gather = answer->batch.gather;
  sample_.compute = answer->batch.compute;
  sample_.scatter = answer->batch.scatter;
  End(Encode(*answer));
}

}  // namespace convoy::server
