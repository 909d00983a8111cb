#include "server/rpc/inference_service.h"

#include <vector>

#include "compute/base/status.h"
#include "models/config/config_proto.h"
#include "server/rpc/infer_call.h"
#include "server/rpc/model_metadata.h"
#include "server/rpc/status_codec.h"

namespace convoy::server {
namespace {

constexpr char kServerName[] = "convoy";
// The protocol's extensions that this server honours.
constexpr const char* kExtensions[] = {"classification", "model_configuration", "schedule_policy",
                                       "binary_tensor_data", "parameters"};

grpc::ServerUnaryReactor* FinishWith(grpc::CallbackServerContext* context,
                                     const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

// A stream that ends at once.
class EndedStream : public grpc::ServerBidiReactor<inference::ModelInferRequest,
                                                   inference::ModelStreamInferResponse> {
 public:
  explicit EndedStream(const absl::Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

absl::Status Unserved(std::string_view rpc) {
  return absl::UnimplementedError(absl::StrFormat("This server does not serve %s", rpc));
}

}  // namespace

grpc::ServerUnaryReactor* InferenceService::FinishUnserved(CallContext* context,
                                                           std::string_view rpc) {
  return FinishWith(context, Unserved(rpc));
}

grpc::ServerBidiReactor<inference::ModelInferRequest, inference::ModelStreamInferResponse>*
InferenceService::ModelStreamInfer(CallContext*) {
  return new EndedStream(Unserved("ModelStreamInfer"));
}

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
  response->set_name(kServerName);
  response->set_version(core_.version);
  for (const char* extension : kExtensions) response->add_extensions(extension);
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

}  // namespace convoy::server
