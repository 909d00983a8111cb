// What both services work with. The composition root owns all of it; it outlives the services.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "compute/base/clock.h"
#include "server/metrics/server_metrics.h"
#include "server/metrics/trace_settings.h"
#include "server/registry/model_control.h"
#include "server/registry/registry.h"
#include "server/rpc/drain_gate.h"
#include "server/rpc/shared_memory.h"
#include "server/rpc/worker_pool.h"
#include "server/tracing/access_log_rule.h"
#include "server/tracing/tracer.h"

namespace convoy::server {

struct ServiceCore {
  Registry& registry;
  ServerMetrics& metrics;
  DrainGate& gate;
  WorkerPool& decoders;  // decode images
  SharedMemory& shared_memory;
  TraceSettings& trace;
  Tracer& tracer;
  AccessLogRule access_log;
  const compute::Clock& clock;
  ModelControl* control;                    // null: models neither come nor go
  std::string name;                         // of the server, for ServerMetadata
  std::string version;                      // of the program
  std::function<absl::Status()> readiness;  // OK, or why the server is not ready
};

}  // namespace convoy::server
