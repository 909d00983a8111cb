// Vulkan: one strided copy of linear tensors, with a stride of 0 where x repeats.
#include "compute/ops/indexing.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/strided_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {

VulkanLayouts ChooseLayouts(const ExpandParams&, const VulkanStepShape& shape) {
  return SameLayout(kLinearLayout, shape);
}

absl::Status RecordVulkan(const ExpandParams& params, VulkanStepBuilder& builder) {
  const Shape& x = builder.input(0).spec.shape;
  const StridedWalk walk{params.shape, BroadcastStrides(x, params.shape), StridesOf(params.shape)};
  return RecordCopy(walk, 0, 0, 0, builder);
}

}  // namespace convoy::compute
