// HTTP for Prometheus and for probes that do not speak gRPC: GET /metrics, /healthz (the process
// answers; also as /livez), /readyz (200 when every model can be asked, else 503 and why) and
// /debug/trace?seconds=N (the traces of the last N seconds, for chrome://tracing).
//
//   CONVOY_ASSIGN_OR_RETURN(auto endpoint, MetricsEndpoint::Start("0.0.0.0", 8002, metrics,
//   readiness));
//
// Owns its threads; the destructor ends them. `metrics` must outlive it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/metrics/server_metrics.h"

namespace convoy::server {

class MetricsEndpoint {
 public:
  // OK, or why the server is not ready. Called from the endpoint's threads.
  using Readiness = std::function<absl::Status()>;
  // JSON of the traces of the last so much time. May be empty: there is no such page then.
  using TracePage = std::function<std::string(absl::Duration span)>;

  // Port 0 takes a free one. UNAVAILABLE names the port that cannot be bound.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Start(const std::string& host, int port,
                                                                const ServerMetrics& metrics,
                                                                Readiness readiness,
                                                                TracePage trace = {});
  ~MetricsEndpoint();

  int port() const;

 private:
  struct Impl;
  explicit MetricsEndpoint(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace convoy::server
