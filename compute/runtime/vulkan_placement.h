// Where the storages of a recorded plan lie in memory: offsets in the arena, in the input and in
// the output buffer. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "compute/runtime/vulkan_recorder.h"

namespace convoy::compute {

struct StoragePlacement {
  std::vector<int64_t> offsets;  // bytes from the start of the storage's buffer, one a storage; of
                                 // kWeights not set
  // Sizes of the buffers; each starts with kZeroBytes of zeros.
  int64_t arena_bytes = 0;
  int64_t input_bytes = 0;
  int64_t output_bytes = 0;
  int64_t arena_peak_bytes = 0;  // the lower bound of arena_bytes
};

StoragePlacement PlaceStorages(const RecordedPlan& plan, int64_t alignment);

}  // namespace convoy::compute
