#include "client/client.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client/channel.h"
#include "client/wire.h"
#include "convoy/v1/classify.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "inference/grpc_service.grpc.pb.h"

namespace convoy::client {
namespace {

namespace health = ::grpc::health::v1;

// One blocking call: `send` takes the context, which carries the deadline and the token.
template <typename Send>
absl::Status Call(const std::string& token, const CallOptions& options, const Send& send) {
  grpc::ClientContext context;
  if (!token.empty()) context.AddMetadata("authorization", absl::StrFormat("Bearer %s", token));
  const absl::Duration timeout = std::min(options.timeout, kLongestCall);
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  return FromGrpc(send(&context));
}

}  // namespace

struct Client::Impl {
  Impl(const std::shared_ptr<grpc::Channel>& channel, std::string bearer_token)
      : token(std::move(bearer_token)),
        inference_stub(inference::GRPCInferenceService::NewStub(channel)),
        classify_stub(v1::ClassifyService::NewStub(channel)),
        health_stub(health::Health::NewStub(channel)) {}

  const std::string token;  // empty: none
  std::unique_ptr<inference::GRPCInferenceService::Stub> inference_stub;
  std::unique_ptr<v1::ClassifyService::Stub> classify_stub;
  std::unique_ptr<health::Health::Stub> health_stub;
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(std::string_view url,
                                                        const ConnectOptions& options) {
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = OpenChannel(url, options);
  if (!channel.ok()) return channel.status();
  return std::unique_ptr<Client>(
      new Client(std::make_unique<Impl>(*channel, options.credentials.token)));
}

absl::StatusOr<Classification> Client::Classify(const ClassifyCall& call,
                                                const CallOptions& options) {
  v1::ClassifyResponse response;
  const absl::Status status = Call(impl_->token, options, [&](grpc::ClientContext* context) {
    return impl_->classify_stub->Classify(context, EncodeClassify(call), &response);
  });
  if (!status.ok()) return status;
  return DecodeClassify(response, call.images.size());
}

absl::StatusOr<Inference> Client::Infer(const InferCall& call, const CallOptions& options) {
  inference::ModelInferResponse response;
  const absl::Status status = Call(impl_->token, options, [&](grpc::ClientContext* context) {
    return impl_->inference_stub->ModelInfer(context, EncodeInfer(call), &response);
  });
  if (!status.ok()) return status;
  return DecodeInfer(std::move(response));
}

absl::Status Client::CheckHealth(const CallOptions& options) {
  health::HealthCheckResponse response;
  const absl::Status status = Call(impl_->token, options, [&](grpc::ClientContext* context) {
    return impl_->health_stub->Check(context, {}, &response);
  });
  if (!status.ok()) return status;
  if (response.status() == health::HealthCheckResponse::SERVING) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrFormat("The server answers %s, not SERVING.",
                      health::HealthCheckResponse::ServingStatus_Name(response.status())));
}

absl::StatusOr<bool> Client::ModelReady(std::string_view model, const CallOptions& options) {
  inference::ModelReadyRequest request;
  request.set_name(std::string(model));
  inference::ModelReadyResponse response;
  const absl::Status status = Call(impl_->token, options, [&](grpc::ClientContext* context) {
    return impl_->inference_stub->ModelReady(context, request, &response);
  });
  if (!status.ok()) return status;
  return response.ready();
}

absl::StatusOr<ServerDescription> Client::DescribeServer(const CallOptions& options) {
  inference::ServerMetadataResponse response;
  const absl::Status status = Call(impl_->token, options, [&](grpc::ClientContext* context) {
    return impl_->inference_stub->ServerMetadata(context, {}, &response);
  });
  if (!status.ok()) return status;
  return ServerDescription{response.name(),
                           response.version(),
                           {response.extensions().begin(), response.extensions().end()}};
}

absl::StatusOr<ModelCounters> Client::CountModel(std::string_view model, std::string_view version,
                                                 const CallOptions& options) {
  inference::ModelStatisticsRequest request;
  request.set_name(std::string(model));
  request.set_version(std::string(version));
  inference::ModelStatisticsResponse response;
  const absl::Status status = Call(impl_->token, options, [&](grpc::ClientContext* context) {
    return impl_->inference_stub->ModelStatistics(context, request, &response);
  });
  if (!status.ok()) return status;
  return DecodeCounters(response);
}

absl::StatusOr<inference::ModelConfig> Client::ConfigOf(std::string_view model,
                                                        std::string_view version,
                                                        const CallOptions& options) {
  inference::ModelConfigRequest request;
  request.set_name(std::string(model));
  request.set_version(std::string(version));
  inference::ModelConfigResponse response;
  const absl::Status status = Call(impl_->token, options, [&](grpc::ClientContext* context) {
    return impl_->inference_stub->ModelConfig(context, request, &response);
  });
  if (!status.ok()) return status;
  return std::move(*response.mutable_config());
}

absl::Status Client::LoadModel(std::string_view model, std::string_view config,
                               const CallOptions& options) {
  inference::RepositoryModelLoadRequest request;
  request.set_model_name(std::string(model));
  if (!config.empty()) {
    (*request.mutable_parameters())["config"].set_string_param(std::string(config));
  }
  inference::RepositoryModelLoadResponse response;
  return Call(impl_->token, options, [&](grpc::ClientContext* context) {
    return impl_->inference_stub->RepositoryModelLoad(context, request, &response);
  });
}

absl::StatusOr<ModelDescription> Client::DescribeModel(std::string_view model,
                                                       std::string_view version,
                                                       const CallOptions& options) {
  inference::ModelMetadataRequest request;
  request.set_name(std::string(model));
  request.set_version(std::string(version));
  inference::ModelMetadataResponse response;
  const absl::Status status = Call(impl_->token, options, [&](grpc::ClientContext* context) {
    return impl_->inference_stub->ModelMetadata(context, request, &response);
  });
  if (!status.ok()) return status;
  return DecodeModel(response);
}

}  // namespace convoy::client
