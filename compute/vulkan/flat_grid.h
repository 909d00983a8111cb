// The grid of kernels that number their invocations 0, 1, 2, ... (FlatIndex in
// shaders/include/flat.glsl): rows of workgroups, folded over y where a device allows fewer along
// x.
//
//   dispatch.groups = FlatGrid(invocations, builder.traits());   // local_size stays 0: the default
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "compute/base/checked.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

inline std::array<uint32_t, 3> FlatGrid(int64_t invocations, const VulkanTraits& traits) {
  const int64_t groups = std::max<int64_t>(1, DivideUp(invocations, traits.default_local_size));
  const int64_t x = std::min<int64_t>(groups, traits.max_groups);
  return {static_cast<uint32_t>(x), static_cast<uint32_t>(DivideUp(groups, x)), 1};
}

}  // namespace convoy::compute
