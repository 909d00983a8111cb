#include "client/channel.h"

#include <grpc/grpc.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <mutex>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client/url.h"

namespace convoy::client {
namespace {

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

std::shared_ptr<grpc::ChannelCredentials> ToGrpc(const Credentials& credentials) {
  if (!credentials.tls) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({.pem_root_certs = credentials.root_certificates,
                               .pem_private_key = credentials.key,
                               .pem_cert_chain = credentials.certificate});
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

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(std::string_view url,
                                                           const ConnectOptions& options) {
  const absl::StatusOr<std::string> target = ParseUrl(url);
  if (!target.ok()) return target.status();
  KeepGrpcStarted();
  std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(*target, ToGrpc(options.credentials), ChannelSettings());
  const absl::Status connected = AwaitConnection(*channel, *target, options);
  if (!connected.ok()) return connected;
  return channel;
}

}  // namespace convoy::client
