// Vulkan: tables of the source of every coordinate.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/move/sample_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {

VulkanLayouts ChooseLayouts(const PadParams& params, const VulkanStepShape& shape) {
  const Shape& x = shape.inputs[0].shape;
  // Images go to channel quads, where one launch does all dimensions and the next step wants them.
  const bool image = x.rank() > 2 || LiesInChannels(shape);
  const bool channels = image && FitsChannelSample(PadTables(params, x), x);
  return SameLayout(channels ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const PadParams& params, VulkanStepBuilder& builder) {
  return RecordSample(PadTables(params, builder.input(0).spec.shape), params.value, builder);
}

}  // namespace convoy::compute
