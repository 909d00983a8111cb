// ModelStatistics as a plain function.
#pragma once

#include "absl/status/status.h"
#include "inference/grpc_service.pb.h"
#include "server/metrics/server_metrics.h"
#include "server/registry/registry.h"

namespace convoy::server {

// Of the ready versions: of one, of those of one model, or of all models when no name is given.
// INVALID_ARGUMENT for a model or version that is not ready.
absl::Status FillStatistics(const inference::ModelStatisticsRequest& request,
                            const Registry& registry, ServerMetrics& metrics,
                            inference::ModelStatisticsResponse& response);

}  // namespace convoy::server
