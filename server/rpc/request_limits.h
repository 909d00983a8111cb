// How much a ModelInfer request may hold besides its tensors: no model needs more, and what a
// client sends without end costs nobody else. Pure.
#pragma once

#include "absl/status/status.h"
#include "inference/grpc_service.pb.h"

namespace convoy::server {

inline constexpr int kMaxRequestTensors = 1024;       // inputs, and outputs asked for
inline constexpr int kMaxRequestParameters = 256;     // of the request, and of each tensor
inline constexpr size_t kMaxRequestNameBytes = 1024;  // of tensors and parameters

// INVALID_ARGUMENT names what there is too much of, and the limit.
absl::Status CheckRequestLimits(const inference::ModelInferRequest& request);

}  // namespace convoy::server
