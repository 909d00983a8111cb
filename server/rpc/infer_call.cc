#include "server/rpc/infer_call.h"

#include "server/rpc/call_metadata.h"
#include "server/rpc/status_codec.h"

namespace convoy::server {

InferCall::InferCall(ServiceCore& core, grpc::CallbackServerContext& context,
                     const inference::ModelInferRequest& request,
                     inference::ModelInferResponse& response)
    : context_(context),
      clock_(core.clock),
      task_(core, "ModelInfer", HeadersOf(context, core.access_log.on()), request, response) {}

InferCall* InferCall::Start() {
  task_.Start(DeadlineOf(context_, clock_), [this](const absl::Status& status) {
    if (const std::string id = task_.id_to_tell(); !id.empty()) {
      context_.AddTrailingMetadata(kRequestId, id);
    }
    Finish(ToGrpcStatus(status));
  });
  return this;
}

}  // namespace convoy::server
