// The place of a tensor that lies in shared memory, from its parameters shared_memory_region,
// shared_memory_byte_size and shared_memory_offset.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inference/grpc_service.pb.h"
#include "server/rpc/shared_memory.h"

namespace convoy::server {

using TensorParameters = google::protobuf::Map<std::string, inference::InferParameter>;

struct SharedPlace {
  SharedMemory::Region region;
  int64_t offset = 0;  // from the region's start
  int64_t bytes = 0;   // offset and bytes lie within the region
};

bool LiesInSharedMemory(const TensorParameters& parameters);

// `tensor` is the name, for messages. NOT_FOUND for an unknown region, INVALID_ARGUMENT for
// parameters of another type or a place outside of the region, UNIMPLEMENTED where `memory` is off.
absl::StatusOr<SharedPlace> FindPlace(const TensorParameters& parameters, std::string_view tensor,
                                      const SharedMemory& memory);

}  // namespace convoy::server
