// One ModelInfer: an InferTask in a gRPC reactor, which lives from the method's entry to OnDone and
// deletes itself there.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "server/rpc/infer_task.h"

namespace convoy::server {

class InferCall : public grpc::ServerUnaryReactor {
 public:
  InferCall(ServiceCore& core, grpc::CallbackServerContext& context,
            const inference::ModelInferRequest& request, inference::ModelInferResponse& response);

  InferCall* Start();

  // The client went away or its deadline has passed. gRPC calls it after Start has returned.
  void OnCancel() override { task_.Cancel(); }
  void OnDone() override { delete this; }

 private:
  grpc::CallbackServerContext& context_;
  const compute::Clock& clock_;
  InferTask task_;
};

}  // namespace convoy::server
