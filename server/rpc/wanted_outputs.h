// The outputs that a ModelInfer request asks for, and how it wants each: as a tensor in the reply,
// in shared memory, or as its best classes in text. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inference/grpc_service.pb.h"
#include "models/config/model_spec.h"
#include "server/rpc/shared_place.h"

namespace convoy::server {

struct WantedOutput {
  int index = 0;        // in spec.outputs
  int64_t classes = 0;  // > 0: the best classes as text instead of the tensor
  SharedPlace place;    // with a region: where the tensor goes instead of the reply
};

// In the order of spec.outputs; all of them where the request names none.
absl::StatusOr<std::vector<WantedOutput>> MatchOutputs(const inference::ModelInferRequest& request,
                                                       const models::ModelSpec& spec,
                                                       const SharedMemory& memory);

// "'X', 'Y'": for messages.
std::string NameList(const std::vector<models::TensorDeclaration>& declarations);

// The place of the declaration with this name; -1 when there is none.
int FindByName(const std::vector<models::TensorDeclaration>& declarations, std::string_view name);

}  // namespace convoy::server
