#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <utility>

#include "compute/base/status.h"
#include "server/rpc/classify_service.h"
#include "server/rpc/drain_gate.h"
#include "server/rpc/inference_service.h"
#include "server/rpc/port_probe.h"
#include "server/rpc/rpc_server.h"
#include "server/rpc/service_core.h"
#include "server/rpc/worker_pool.h"

namespace convoy::server {
namespace {

constexpr int kMaxMessageBytes = std::numeric_limits<int32_t>::max();
// Clients that ping an idle connection more often than this are cut off. gRPC's own limit of five
// minutes cuts off common keepalive settings.
constexpr int kMinPingIntervalMs = 10'000;
// For what is not counted by the gate: health watchers, reflection, replies on their way.
constexpr absl::Duration kLastCalls = absl::Milliseconds(200);

enum class Phase { kStarting, kReady, kStopping };

std::chrono::system_clock::time_point FromNow(absl::Duration duration) {
  return absl::ToChronoTime(absl::Now() + duration);
}

void ConfigureBuilder(const std::string& address, int* port, grpc::ServerBuilder& builder) {
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kMinPingIntervalMs);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(kMaxMessageBytes);
}

}  // namespace

struct RpcServer::Impl {
  Impl(const RpcSettings& settings, Registry& registry, ServerMetrics& metrics,
       const compute::Clock& clock)
      : strict_readiness(settings.strict_readiness),
        shared_memory(settings.shared_memory),
        decoders(settings.decoders),
        core{.registry = registry,
             .metrics = metrics,
             .gate = gate,
             .decoders = decoders,
             .shared_memory = shared_memory,
             .trace = trace,
             .clock = clock,
             .control = settings.control,
             .name = settings.name,
             .version = settings.version,
             .readiness = [this] { return Readiness(); }},
        inference(core),
        classify(core) {}

  absl::Status Readiness() const {
    switch (phase.load()) {
      case Phase::kStarting:
        return absl::UnavailableError("the server is loading its models");
      case Phase::kReady:
        return strict_readiness ? core.registry.CheckAllServe() : absl::OkStatus();
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
  ConfigureBuilder(absl::StrFormat("%s:%d", settings.host, settings.port), &impl->port, builder);
  builder.RegisterService(&impl->inference);
  builder.RegisterService(&impl->classify);
  impl->server = builder.BuildAndStart();
  if (impl->server == nullptr || impl->port == 0) {
    return absl::UnavailableError(
        absl::StrFormat("gRPC cannot listen on %s:%d; choose another port with --grpc-port",
                        settings.host, settings.port));
  }
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

absl::Status RpcServer::readiness() const { return impl_->Readiness(); }

bool RpcServer::Drain(absl::Duration lame_duck, absl::Duration budget) {
  const absl::Time end = absl::Now() + budget;
  impl_->phase = Phase::kStopping;
  impl_->RefreshHealth();
  absl::SleepFor(std::min(lame_duck, budget));
  impl_->gate.Close();
  const bool finished = impl_->gate.AwaitEmpty(end - absl::Now());
  impl_->server->Shutdown(FromNow(finished ? kLastCalls : absl::ZeroDuration()));
  return finished;
}

}  // namespace convoy::server
