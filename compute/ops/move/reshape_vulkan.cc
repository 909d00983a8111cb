// Vulkan: the same memory under another shape. Channel quads allow that while samples and channels
// stay; otherwise the session unpacks them first.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {

VulkanLayouts ChooseLayouts(const ReshapeParams& params, const VulkanStepShape& shape) {
  const Shape& x = shape.inputs[0].shape;
  const bool keeps_channels = LiesInChannels(shape) && HasChannels(params.shape) &&
                              x[0] == params.shape[0] && x[1] == params.shape[1];
  return SameLayout(keeps_channels ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const ReshapeParams&, VulkanStepBuilder& builder) {
  return builder.Alias(0);
}

}  // namespace convoy::compute
