// TraceSetting and LogSettings as plain functions: they change what the request names, all of it or
// nothing, and tell what holds then. Nothing is taken from the network that names a file.
#pragma once

#include "absl/status/status.h"
#include "inference/grpc_service.pb.h"
#include "server/metrics/trace_settings.h"
#include "server/registry/registry.h"

namespace convoy::server {

// INVALID_ARGUMENT for an unknown model, key or value; UNIMPLEMENTED for what only the operator may
// set.
absl::Status ChangeTraceSettings(const inference::TraceSettingRequest& request,
                                 const Registry& registry, TraceSettings& settings,
                                 inference::TraceSettingResponse& response);

// The same for the settings of the process's log (compute/base/log_settings.h).
absl::Status ChangeLogSettings(const inference::LogSettingsRequest& request,
                               inference::LogSettingsResponse& response);

}  // namespace convoy::server
