// inference.GRPCInferenceService: health, metadata and ModelInfer. RPCs that this server does not
// have answer UNIMPLEMENTED with their own name. Thread-safe; `core` must outlive it.
#pragma once

#include "inference/grpc_service.grpc.pb.h"
#include "server/rpc/service_core.h"

namespace convoy::server {

class InferenceService : public inference::GRPCInferenceService::CallbackService {
 public:
  explicit InferenceService(ServiceCore& core) : core_(core) {}

  using Reactor = grpc::ServerUnaryReactor;
  using CallContext = grpc::CallbackServerContext;

  Reactor* ServerLive(CallContext* context, const inference::ServerLiveRequest* request,
                      inference::ServerLiveResponse* response) override;
  Reactor* ServerReady(CallContext* context, const inference::ServerReadyRequest* request,
                       inference::ServerReadyResponse* response) override;
  Reactor* ServerMetadata(CallContext* context, const inference::ServerMetadataRequest* request,
                          inference::ServerMetadataResponse* response) override;
  Reactor* ModelReady(CallContext* context, const inference::ModelReadyRequest* request,
                      inference::ModelReadyResponse* response) override;
  Reactor* ModelMetadata(CallContext* context, const inference::ModelMetadataRequest* request,
                         inference::ModelMetadataResponse* response) override;
  Reactor* ModelConfig(CallContext* context, const inference::ModelConfigRequest* request,
                       inference::ModelConfigResponse* response) override;
  Reactor* ModelInfer(CallContext* context, const inference::ModelInferRequest* request,
                      inference::ModelInferResponse* response) override;

// One line an RPC that is declared but not served.
#define CONVOY_UNSERVED(rpc)                                                                    \
  Reactor* rpc(CallContext* context, const inference::rpc##Request*, inference::rpc##Response*) \
      override {                                                                                \
    return FinishUnserved(context, #rpc);                                                       \
  }
  CONVOY_UNSERVED(ModelStatistics)
  CONVOY_UNSERVED(RepositoryIndex)
  CONVOY_UNSERVED(RepositoryModelLoad)
  CONVOY_UNSERVED(RepositoryModelUnload)
  CONVOY_UNSERVED(SystemSharedMemoryStatus)
  CONVOY_UNSERVED(SystemSharedMemoryRegister)
  CONVOY_UNSERVED(SystemSharedMemoryUnregister)
  CONVOY_UNSERVED(CudaSharedMemoryStatus)
  CONVOY_UNSERVED(CudaSharedMemoryRegister)
  CONVOY_UNSERVED(CudaSharedMemoryUnregister)
  CONVOY_UNSERVED(TraceSetting)
  CONVOY_UNSERVED(LogSettings)
#undef CONVOY_UNSERVED
  grpc::ServerBidiReactor<inference::ModelInferRequest, inference::ModelStreamInferResponse>*
  ModelStreamInfer(CallContext* context) override;

 private:
  static Reactor* FinishUnserved(CallContext* context, std::string_view rpc);

  ServiceCore& core_;
};

}  // namespace convoy::server
