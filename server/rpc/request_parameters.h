// The parameters of a ModelInfer request that mean something here; the others are checked for form
// and ignored.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "inference/grpc_service.pb.h"

namespace convoy::server {

struct RequestParameters {
  absl::Duration timeout = absl::InfiniteDuration();  // `timeout`, microseconds; 0 is none
};

// INVALID_ARGUMENT names the parameter, its type or value, and what is expected.
absl::StatusOr<RequestParameters> ParseParameters(const inference::ModelInferRequest& request);

}  // namespace convoy::server
