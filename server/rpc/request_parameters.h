// The parameters of a ModelInfer request that mean something here; the others are checked for form
// and ignored.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "inference/grpc_service.pb.h"

namespace convoy::server {

struct RequestParameters {
  absl::Duration timeout = absl::InfiniteDuration();  // `timeout`, microseconds; 0 is none
  uint64_t priority = 0;                              // `priority`; 0: the model's default
};

// INVALID_ARGUMENT names the parameter, its type or value, and what is expected.
absl::StatusOr<RequestParameters> ParseParameters(const inference::ModelInferRequest& request);

}  // namespace convoy::server
