// The gRPC side of the server: both services, grpc.health.v1 and reflection on one port.
//
//   CONVOY_ASSIGN_OR_RETURN(auto rpc, RpcServer::Start({.port = 8001}, registry, metrics, clock));
//   rpc->SetReady();          // health turns to SERVING
//   rpc->Drain(absl::Seconds(2), absl::Seconds(25));
//
// Thread-safe. What Start takes by reference must outlive it; the destructor cancels what still
// runs.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "compute/base/clock.h"
#include "server/edge/listener.h"
#include "server/edge/transport_limits.h"
#include "server/metrics/server_metrics.h"
#include "server/registry/model_control.h"
#include "server/registry/registry.h"
#include "server/rpc/shared_memory.h"
#include "server/tracing/access_log_rule.h"

namespace convoy::server {

struct RpcSettings {
  std::string host = "0.0.0.0";
  int port = 0;             // 0 takes a free one
  std::string unix_socket;  // path of a socket to listen on besides; empty: none
  ListenerSettings listener;
  TransportLimits limits;
  int64_t max_inflight_requests = 0;  // 0: no limit
  std::string otlp_endpoint;          // host:port of a collector of spans; empty: none
  int64_t trace_rate = 0;  // one request of so many is traced; 0: those their caller samples
  AccessLogRule access_log;
  int decoders = 2;             // threads that decode images
  std::string name = "convoy";  // as ServerMetadata tells it
  std::string version;          // of the program
  SharedMemorySettings shared_memory;
  // Loads and unloads on request; null: the server has the models of the registry, for good.
  ModelControl* control = nullptr;
  // Not ready while a model of the registry does not serve, see Registry::CheckAllServe.
  bool strict_readiness = true;
};

class RpcServer {
 public:
  // Listens, but is not ready. UNAVAILABLE names the port that cannot be bound and why; errors of
  // certificates and tokens as those of MakeCredentials.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(const RpcSettings& settings,
                                                          Registry& registry,
                                                          ServerMetrics& metrics,
                                                          const compute::Clock& clock);
  ~RpcServer();

  int port() const;

  void SetReady();
  // From now on not ready, whatever the models say.
  void SetDeviceLost();

  // The traces of the last `span` of time, see tracing/chrome_trace.h.
  std::string ChromeTrace(absl::Duration span) const;

  absl::Status readiness() const;   // OK, or why not
  int64_t requests_inside() const;  // whose calls have not ended
  // Health says what readiness() is now. To be called when the registry has changed.
  void RefreshHealth();

  // Health says NOT_SERVING at once; calls are still taken for `lame_duck`, then refused with
  // UNAVAILABLE; those inside are finished. Within `budget` all is over: what runs then is
  // cancelled. Blocks. False when something had to be cancelled.
  bool Drain(absl::Duration lame_duck, absl::Duration budget);

 private:
  struct Impl;
  explicit RpcServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace convoy::server
