#include "server/rpc/inference_service.h"

#include <vector>

#include "compute/base/status.h"
#include "models/config/config_proto.h"
#include "server/rpc/infer_call.h"
#include "server/rpc/infer_stream.h"
#include "server/rpc/model_metadata.h"
#include "server/rpc/repository_calls.h"
#include "server/rpc/settings_calls.h"
#include "server/rpc/shared_memory_calls.h"
#include "server/rpc/statistics_call.h"
#include "server/rpc/status_codec.h"

namespace convoy::server {
namespace {

// The protocol's extensions that this server honours.
constexpr const char* kExtensions[] = {"classification",
                                       "model_repository",
                                       "model_repository(unload_dependents)",
                                       "model_configuration",
                                       "schedule_policy",
                                       "binary_tensor_data",
                                       "parameters",
                                       "statistics",
                                       "trace",
                                       "logging"};
constexpr char kSharedMemoryExtension[] = "system_shared_memory";  // where it is allowed

grpc::ServerUnaryReactor* FinishWith(grpc::CallbackServerContext* context,
                                     const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

absl::Status NoControl() {
  return absl::UnavailableError("explicit model load / unload is not allowed by this server");
}

}  // namespace

InferenceService::Reactor* InferenceService::ServerLive(CallContext* context,
                                                        const inference::ServerLiveRequest*,
                                                        inference::ServerLiveResponse* response) {
  response->set_live(true);
  return FinishWith(context, absl::OkStatus());
}

InferenceService::Reactor* InferenceService::ServerReady(CallContext* context,
                                                         const inference::ServerReadyRequest*,
                                                         inference::ServerReadyResponse* response) {
  response->set_ready(core_.readiness().ok());
  return FinishWith(context, absl::OkStatus());
}

InferenceService::Reactor* InferenceService::ServerMetadata(
    CallContext* context, const inference::ServerMetadataRequest*,
    inference::ServerMetadataResponse* response) {
  response->set_name(core_.name);
  response->set_version(core_.version);
  for (const char* extension : kExtensions) response->add_extensions(extension);
  if (core_.shared_memory.allowed()) response->add_extensions(kSharedMemoryExtension);
  return FinishWith(context, absl::OkStatus());
}

// A model that is known but cannot be asked is an answer, one that is unknown an error.
InferenceService::Reactor* InferenceService::ModelReady(CallContext* context,
                                                        const inference::ModelReadyRequest* request,
                                                        inference::ModelReadyResponse* response) {
  const absl::Status status = core_.registry.Acquire(request->name(), request->version()).status();
  response->set_ready(status.ok());
  const bool known =
      absl::IsUnavailable(status) || (absl::IsNotFound(status) && request->version().empty() &&
                                      core_.registry.Knows(request->name()));
  return FinishWith(context, known ? absl::OkStatus() : status);
}

InferenceService::Reactor* InferenceService::ModelMetadata(
    CallContext* context, const inference::ModelMetadataRequest* request,
    inference::ModelMetadataResponse* response) {
  const auto model = core_.registry.Acquire(request->name(), request->version());
  if (!model.ok()) return FinishWith(context, model.status());
  const std::vector<int64_t> versions = request->version().empty()
                                            ? core_.registry.ReadyVersions(request->name())
                                            : std::vector<int64_t>{(*model)->version()};
  FillMetadata((*model)->spec(), versions, *response);
  return FinishWith(context, absl::OkStatus());
}

InferenceService::Reactor* InferenceService::ModelConfig(
    CallContext* context, const inference::ModelConfigRequest* request,
    inference::ModelConfigResponse* response) {
  const auto model = core_.registry.Acquire(request->name(), request->version());
  if (!model.ok()) return FinishWith(context, model.status());
  *response->mutable_config() = models::ToConfigProto((*model)->spec());
  return FinishWith(context, absl::OkStatus());
}

InferenceService::Reactor* InferenceService::ModelInfer(CallContext* context,
                                                        const inference::ModelInferRequest* request,
                                                        inference::ModelInferResponse* response) {
  return (new InferCall(core_, *context, *request, *response))->Start();
}

// On a thread that may wait for directories.
InferenceService::Reactor* InferenceService::RepositoryIndex(
    CallContext* context, const inference::RepositoryIndexRequest* request,
    inference::RepositoryIndexResponse* response) {
  if (!request->repository_name().empty()) {
    return FinishWith(context,
                      absl::UnimplementedError("'repository_name' specification is not supported"));
  }
  Reactor* reactor = context->DefaultReactor();
  const bool posted = core_.decoders.Post([this, request, response, reactor] {
    FillIndex(core_.control == nullptr ? core_.registry.List() : core_.control->Index(),
              request->ready(), *response);
    reactor->Finish(grpc::Status::OK);
  });
  if (!posted) reactor->Finish(ToGrpcStatus(absl::UnavailableError("Too many calls wait")));
  return reactor;
}

InferenceService::Reactor* InferenceService::RepositoryModelLoad(
    CallContext* context, const inference::RepositoryModelLoadRequest* request,
    inference::RepositoryModelLoadResponse* response) {
  const absl::StatusOr<RepositoryOrder> order = ParseLoad(*request);
  if (!order.ok()) return FinishWith(context, order.status());
  if (core_.control == nullptr) return FinishWith(context, NoControl());
  Reactor* reactor = context->DefaultReactor();
  core_.control->Load(order->model, order->config,
                      [order = *order, response, reactor](const absl::Status& status) {
                        if (status.ok()) AnswerLoad(order, *response);
                        reactor->Finish(ToGrpcStatus(status));
                      });
  return reactor;
}

InferenceService::Reactor* InferenceService::RepositoryModelUnload(
    CallContext* context, const inference::RepositoryModelUnloadRequest* request,
    inference::RepositoryModelUnloadResponse* response) {
  const absl::StatusOr<RepositoryOrder> order = ParseUnload(*request);
  if (!order.ok()) return FinishWith(context, order.status());
  if (core_.control == nullptr) return FinishWith(context, NoControl());
  Reactor* reactor = context->DefaultReactor();
  core_.control->Unload(order->model,
                        [order = *order, response, reactor](const absl::Status& status) {
                          if (status.ok()) AnswerUnload(order, *response);
                          reactor->Finish(ToGrpcStatus(status));
                        });
  return reactor;
}

grpc::ServerBidiReactor<inference::ModelInferRequest, inference::ModelStreamInferResponse>*
InferenceService::ModelStreamInfer(CallContext* context) {
  return new InferStream(core_, *context);
}

InferenceService::Reactor* InferenceService::ModelStatistics(
    CallContext* context, const inference::ModelStatisticsRequest* request,
    inference::ModelStatisticsResponse* response) {
  return FinishWith(context, FillStatistics(*request, core_.registry, core_.metrics, *response));
}

InferenceService::Reactor* InferenceService::SystemSharedMemoryStatus(
    CallContext* context, const inference::SystemSharedMemoryStatusRequest* request,
    inference::SystemSharedMemoryStatusResponse* response) {
  return FinishWith(context, FillStatus(core_.shared_memory, *request, *response));
}

InferenceService::Reactor* InferenceService::SystemSharedMemoryRegister(
    CallContext* context, const inference::SystemSharedMemoryRegisterRequest* request,
    inference::SystemSharedMemoryRegisterResponse*) {
  return FinishWith(context, core_.shared_memory.Register(request->name(), request->key(),
                                                          request->offset(), request->byte_size()));
}

InferenceService::Reactor* InferenceService::SystemSharedMemoryUnregister(
    CallContext* context, const inference::SystemSharedMemoryUnregisterRequest* request,
    inference::SystemSharedMemoryUnregisterResponse*) {
  return FinishWith(context, core_.shared_memory.Unregister(request->name()));
}

InferenceService::Reactor* InferenceService::CudaSharedMemoryStatus(
    CallContext* context, const inference::CudaSharedMemoryStatusRequest* request,
    inference::CudaSharedMemoryStatusResponse*) {
  return FinishWith(context, CheckCudaStatus(*request));
}

InferenceService::Reactor* InferenceService::CudaSharedMemoryRegister(
    CallContext* context, const inference::CudaSharedMemoryRegisterRequest* request,
    inference::CudaSharedMemoryRegisterResponse*) {
  return FinishWith(context, RefuseCudaRegion(*request));
}

InferenceService::Reactor* InferenceService::CudaSharedMemoryUnregister(
    CallContext* context, const inference::CudaSharedMemoryUnregisterRequest*,
    inference::CudaSharedMemoryUnregisterResponse*) {
  return FinishWith(context, absl::OkStatus());
}

InferenceService::Reactor* InferenceService::TraceSetting(
    CallContext* context, const inference::TraceSettingRequest* request,
    inference::TraceSettingResponse* response) {
  return FinishWith(context, ChangeTraceSettings(*request, core_.registry, core_.trace, *response));
}

InferenceService::Reactor* InferenceService::LogSettings(
    CallContext* context, const inference::LogSettingsRequest* request,
    inference::LogSettingsResponse* response) {
  return FinishWith(context, ChangeLogSettings(*request, *response));
}

}  // namespace convoy::server
