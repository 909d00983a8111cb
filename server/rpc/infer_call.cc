#include "server/rpc/infer_call.h"

#include "server/rpc/call_metadata.h"
#include "server/rpc/status_codec.h"

namespace convoy::server {

InferCall::InferCall(ServiceCore& core, grpc::CallbackServerContext& context,
                     const inference::ModelInferRequest& request,
                     inference::ModelInferResponse& response)
    : context_(context),
      task_(core, "ModelInfer", MetadataOf(context, kTraceparent), request, response) {}

InferCall* InferCall::Start() {
  task_.Start(absl::FromChrono(context_.deadline()),
              [this](const absl::Status& status) { Finish(ToGrpcStatus(status)); });
  return this;
}

}  // namespace convoy::server
