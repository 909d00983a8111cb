// Vulkan: one strided copy; nothing at all where only extents of 1 change places.
#include "compute/ops/indexing.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/strided_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {

VulkanLayouts ChooseLayouts(const TransposeParams&, const VulkanStepShape& shape) {
  return SameLayout(kLinearLayout, shape);
}

absl::Status RecordVulkan(const TransposeParams& params, VulkanStepBuilder& builder) {
  const Shape& y = builder.output(0).spec.shape;
  const Index x_strides = StridesOf(builder.input(0).spec.shape);
  StridedWalk walk{y, {}, StridesOf(y)};
  for (const int axis : params.perm) walk.strides0.push_back(x_strides[axis]);
  if (Collapse(walk).extents.rank() <= 1) return builder.Alias(0);
  return RecordCopy(walk, 0, 0, 0, builder);
}

}  // namespace convoy::compute
