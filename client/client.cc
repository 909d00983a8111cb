#include "client/client.h"

#include <grpc/grpc.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client/url.h"
#include "client/wire.h"
#include "convoy/v1/classify.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "inference/grpc_service.grpc.pb.h"

namespace convoy::client {
namespace {

namespace health = ::grpc::health::v1;

// A deadline below one week keeps arithmetic on the wire's timeout header in range.
constexpr absl::Duration kLongestCall = absl::Hours(24 * 7);

grpc::ChannelArguments ChannelSettings() {
  grpc::ChannelArguments settings;
  // Six 224x224 float images fill gRPC's default limit of 4 MiB. The server decides what it takes.
  settings.SetMaxReceiveMessageSize(-1);
  settings.SetMaxSendMessageSize(-1);
  // Each Client has a connection of its own, so that N clients are N connections.
  settings.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // http_proxy is meant for the web, not for a server on this host or in this cluster.
  settings.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  settings.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  return settings;
}

// Keeps the library started until the process ends. Stopping it with the last channel blocks for up
// to 10 s after large messages (gRPC 1.51), at the end of a program that has nothing left to do.
void KeepGrpcStarted() {
  static std::once_flag once;
  std::call_once(once, &grpc_init);
}

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

std::shared_ptr<grpc::ChannelCredentials> ToGrpc(const Credentials& credentials) {
  if (!credentials.tls) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({.pem_root_certs = credentials.root_certificates,
                               .pem_private_key = credentials.key,
                               .pem_cert_chain = credentials.certificate});
}

// One blocking call: `send` takes the context, which carries the deadline and the token.
template <typename Send>
absl::Status Call(const std::string& token, const CallOptions& options, const Send& send) {
  grpc::ClientContext context;
  if (!token.empty()) context.AddMetadata("authorization", absl::StrFormat("Bearer %s", token));
  const absl::Duration timeout = std::min(options.timeout, kLongestCall);
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  return FromGrpc(send(&context));
}

// Blocks until the channel has a connection; UNAVAILABLE as soon as that fails, or at the timeout
// where the caller wants to wait.
absl::Status AwaitConnection(grpc::Channel& channel, std::string_view target,
                             const ConnectOptions& options) {
  const auto deadline = absl::ToChronoTime(absl::Now() + std::min(options.timeout, kLongestCall));
  grpc_connectivity_state state = channel.GetState(true);
  while (state != GRPC_CHANNEL_READY) {
    const bool refused = state == GRPC_CHANNEL_TRANSIENT_FAILURE && !options.wait_for_server;
    if (refused || !channel.WaitForStateChange(state, deadline)) {
      return absl::UnavailableError(absl::StrFormat(
          "No server answers at %s (%s); 'convoy serve MODELS' starts one.", target,
          refused ? std::string("connection refused or host unknown")
                  : absl::StrFormat("waited %s", absl::FormatDuration(options.timeout))));
    }
    state = channel.GetState(true);
  }
  return absl::OkStatus();
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
  const absl::StatusOr<std::string> target = ParseUrl(url);
  if (!target.ok()) return target.status();
  KeepGrpcStarted();
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(*target, ToGrpc(options.credentials), ChannelSettings());
  const absl::Status connected = AwaitConnection(*channel, *target, options);
  if (!connected.ok()) return connected;
  return std::unique_ptr<Client>(
      new Client(std::make_unique<Impl>(channel, options.credentials.token)));
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
