// Walks of two linear tensors at once, each with its own strides: the index arithmetic of
// transpose, slice, concat and broadcasting kernels (shaders/include/strided.glsl). Pure.
//
//   StridedWalk walk{y.shape, StridesOf(x), StridesOf(y)};
//   CONVOY_ASSIGN_OR_RETURN(StridedPush push, MakeStridedPush(walk));
#pragma once

#include <array>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/ops/indexing.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

struct StridedWalk {
  Shape extents;
  Index strides0;  // elements, one a dimension; may be negative
  Index strides1;
};

// Mirrors STRIDED_WALK in shaders/include/strided.glsl.
struct StridedPush {
  int32_t count = 0;
  std::array<int32_t, 5> extents{};
  PackedDividers<5> by_extents;
  std::array<int32_t, 6> strides0{};
  std::array<int32_t, 6> strides1{};
};

// Dimensions that both tensors walk through without a jump become one, those of extent 1 vanish.
StridedWalk Collapse(const StridedWalk& walk);

// UNIMPLEMENTED when more than six dimensions are left after Collapse.
absl::StatusOr<StridedPush> MakeStridedPush(const StridedWalk& walk);

// Copies a box of input 0 (strides0, from element `first0`) to a box of output 0 (strides1, from
// `first1`), both kLinear.
absl::Status RecordCopy(const StridedWalk& walk, int input, int64_t first0, int64_t first1,
                        VulkanStepBuilder& builder);

}  // namespace convoy::compute
