// One ModelInfer: decode, queue, encode. See model_call.h for its life.
#pragma once

#include "inference/grpc_service.pb.h"
#include "server/rpc/model_call.h"
#include "server/rpc/tensor_codec.h"

namespace convoy::server {

class InferCall : public ModelCall {
 public:
  InferCall(ServiceCore& core, grpc::CallbackServerContext& context,
            const inference::ModelInferRequest& request, inference::ModelInferResponse& response);

  InferCall* Start();

  // The client went away or its deadline has passed. gRPC calls it after Start has returned.
  void OnCancel() override;

 private:
  absl::Status Submit();
  absl::Status Encode(const Answer& answer);
  void OnAnswer(absl::StatusOr<Answer> answer);

  const inference::ModelInferRequest& request_;
  inference::ModelInferResponse& response_;
  DecodedRequest decoded_;
  Batcher::Ticket ticket_ = 0;  // 0: not submitted
};

}  // namespace convoy::server
