#include "server/rpc/rpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <random>
#include <utility>

#include "compute/base/status.h"
#include "server/rpc/classify_service.h"
#include "server/rpc/drain_gate.h"
#include "server/rpc/inference_service.h"
#include "server/rpc/port_probe.h"
#include "server/rpc/service_core.h"
#include "server/rpc/worker_pool.h"
#include "server/tracing/chrome_trace.h"
#include "server/tracing/tracer.h"

namespace convoy::server {
namespace {

// The longest path of a Unix socket, sockaddr_un::sun_path without its end.
constexpr size_t kMaxSocketPath = 107;
// For what is not counted by the gate: health watchers, reflection, replies on their way.
constexpr absl::Duration kLastCalls = absl::Milliseconds(200);

enum class Phase { kStarting, kReady, kDeviceLost, kStopping };

std::chrono::system_clock::time_point FromNow(absl::Duration duration) {
  return absl::ToChronoTime(absl::Now() + duration);
}

int ToInt(int64_t value) {
  return static_cast<int>(std::min<int64_t>(value, std::numeric_limits<int32_t>::max()));
}

void SetLimits(const TransportLimits& limits, grpc::ServerBuilder& builder) {
  const int max_message = ToInt(limits.max_message_mib << 20);
  builder.SetMaxReceiveMessageSize(max_message);
  builder.SetMaxSendMessageSize(max_message);
  if (!limits.accept_compressed) {
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  }
  if (limits.memory_mib > 0) {
    builder.SetResourceQuota(
        grpc::ResourceQuota("convoy").Resize(static_cast<size_t>(limits.memory_mib) << 20));
  }
  const auto set = [&](const char* name, int64_t value) {
    builder.AddChannelArgument(name, ToInt(value));
  };
  if (limits.max_streams > 0) set(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.max_streams);
  set(GRPC_ARG_KEEPALIVE_TIME_MS, limits.keepalive_time_ms);
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, limits.keepalive_timeout_ms);
  set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, limits.pings_without_calls ? 1 : 0);
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, limits.min_ping_interval_ms);
  set(GRPC_ARG_HTTP2_MAX_PING_STRIKES, limits.max_ping_strikes);
  if (limits.max_connection_age_ms > 0) {
    set(GRPC_ARG_MAX_CONNECTION_AGE_MS, limits.max_connection_age_ms);
  }
  if (limits.max_connection_age_grace_ms > 0) {  // gRPC takes 0 for at once
    set(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, limits.max_connection_age_grace_ms);
  }
}

absl::Status AddListeners(const RpcSettings& settings, const compute::Clock& clock, int* port,
                          int* socket, grpc::ServerBuilder& builder) {
  CONVOY_ASSIGN_OR_RETURN(const auto credentials, MakeCredentials(settings.listener, clock));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(absl::StrFormat("%s:%d", settings.host, settings.port), credentials,
                           port);
  if (settings.unix_socket.empty()) return absl::OkStatus();
  if (settings.unix_socket.size() > kMaxSocketPath) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The path of a Unix socket has at most %d bytes; '%s' has %d",
                        kMaxSocketPath, settings.unix_socket, settings.unix_socket.size()));
  }
  builder.AddListeningPort(absl::StrFormat("unix:%s", settings.unix_socket), credentials, socket);
  return absl::OkStatus();
}

std::unique_ptr<OtlpExporter> MakeExporter(const RpcSettings& settings) {
  if (settings.otlp_endpoint.empty()) return nullptr;
  return std::make_unique<OtlpExporter>(OtlpSettings{
      .endpoint = settings.otlp_endpoint,
      .resource = {{"service.name", settings.name}, {"service.version", settings.version}}});
}

}  // namespace

struct RpcServer::Impl {
  Impl(const RpcSettings& settings, Registry& registry, ServerMetrics& metrics,
       const compute::Clock& clock)
      : strict_readiness(settings.strict_readiness),
        gate(settings.max_inflight_requests),
        shared_memory(settings.shared_memory),
        tracer([this](std::string_view model) { return trace.Take(model); }, MakeExporter(settings),
               std::random_device()()),
        decoders(settings.decoders),
        core{.registry = registry,
             .metrics = metrics,
             .gate = gate,
             .decoders = decoders,
             .shared_memory = shared_memory,
             .trace = trace,
             .tracer = tracer,
             .access_log = settings.access_log,
             .clock = clock,
             .control = settings.control,
             .name = settings.name,
             .version = settings.version,
             .readiness = [this] { return Readiness(); }},
        inference(core),
        classify(core) {
    if (settings.trace_rate > 0) trace.SetRate(settings.trace_rate);
  }

  absl::Status Readiness() const {
    switch (phase.load()) {
      case Phase::kStarting:
        return absl::UnavailableError("the server is loading its models");
      case Phase::kReady:
        return strict_readiness ? core.registry.CheckAllServe() : absl::OkStatus();
      case Phase::kDeviceLost:
        return absl::UnavailableError("the device is lost");
      case Phase::kStopping:
        return absl::UnavailableError("the server is shutting down");
    }
    return absl::InternalError("the server is in no known phase");
  }

  // By service as well: Kubernetes and gRPC balancers ask for "" or for the service's name.
  void RefreshHealth() {
    const std::lock_guard lock(health_mutex);
    const bool serving = Readiness().ok();
    for (const char* service : {"", inference::GRPCInferenceService::service_full_name(),
                                convoy::v1::ClassifyService::service_full_name()}) {
      server->GetHealthCheckService()->SetServingStatus(service, serving);
    }
  }

  const bool strict_readiness;
  std::atomic<Phase> phase = Phase::kStarting;
  std::mutex health_mutex;  // the last to refresh knows the latest
  DrainGate gate;
  SharedMemory shared_memory;
  TraceSettings trace;
  Tracer tracer;
  WorkerPool decoders;
  ServiceCore core;
  InferenceService inference;
  ClassifyService classify;
  int port = 0;
  std::unique_ptr<grpc::Server> server;  // last: its threads use the others
};

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(const RpcSettings& settings,
                                                            Registry& registry,
                                                            ServerMetrics& metrics,
                                                            const compute::Clock& clock) {
  CONVOY_RETURN_IF_ERROR(ProbePort(settings.host, settings.port));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto impl = std::make_unique<Impl>(settings, registry, metrics, clock);
  grpc::ServerBuilder builder;
  int socket = 0;
  CONVOY_RETURN_IF_ERROR(AddListeners(settings, clock, &impl->port, &socket, builder));
  SetLimits(settings.limits, builder);
  builder.RegisterService(&impl->inference);
  builder.RegisterService(&impl->classify);
  impl->server = builder.BuildAndStart();
  if (impl->port != 0 && !settings.unix_socket.empty() && socket == 0) {
    return absl::UnavailableError(absl::StrFormat(
        "gRPC cannot listen on the Unix socket '%s': its folder must exist and be writable",
        settings.unix_socket));
  }
  if (impl->server == nullptr || impl->port == 0) {
    return absl::UnavailableError(
        absl::StrFormat("gRPC cannot listen on %s:%d; choose another port with --grpc-port",
                        settings.host, settings.port));
  }
  // Kubernetes restarts what is not live: a server that loads or drains is, so this never changes.
  impl->server->GetHealthCheckService()->SetServingStatus("liveness", true);
  impl->RefreshHealth();
  return std::unique_ptr<RpcServer>(new RpcServer(std::move(impl)));
}

RpcServer::RpcServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RpcServer::~RpcServer() {
  impl_->gate.Close();
  impl_->server->Shutdown(FromNow(absl::ZeroDuration()));
  impl_->gate.AwaitEmpty(kLastCalls);
}

int RpcServer::port() const { return impl_->port; }

void RpcServer::SetReady() {
  impl_->phase = Phase::kReady;
  impl_->RefreshHealth();
}

void RpcServer::RefreshHealth() { impl_->RefreshHealth(); }

void RpcServer::SetDeviceLost() {
  impl_->phase = Phase::kDeviceLost;
  impl_->RefreshHealth();
}

std::string RpcServer::ChromeTrace(absl::Duration span) const {
  return RenderChromeTrace(impl_->tracer.Kept(impl_->core.clock.Now() - span));
}

absl::Status RpcServer::readiness() const { return impl_->Readiness(); }

int64_t RpcServer::requests_inside() const { return impl_->gate.inside(); }

bool RpcServer::Drain(absl::Duration lame_duck, absl::Duration budget) {
  const compute::Clock& clock = impl_->core.clock;
  const absl::Time end = clock.Now() + budget;
  impl_->phase = Phase::kStopping;
  impl_->RefreshHealth();
  absl::SleepFor(std::min(lame_duck, budget));
  impl_->gate.Close();
  const bool finished = impl_->gate.AwaitEmpty(end - clock.Now());
  impl_->server->Shutdown(FromNow(finished ? kLastCalls : absl::ZeroDuration()));
  return finished;
}

}  // namespace convoy::server
