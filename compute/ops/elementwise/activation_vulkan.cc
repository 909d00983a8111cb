// Vulkan: one pass over the vec4s of whichever layout the input has.
#include "compute/ops/elementwise/planes_vulkan.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {

VulkanLayouts ChooseLayouts(const ActivationParams&, const VulkanStepShape& shape) {
  return SameLayout(LiesInChannels(shape) ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const ActivationParams& params, VulkanStepBuilder& builder) {
  VulkanDispatch dispatch =
      PlanesDispatch(params, builder.input(0), 0, builder.output(0).plane, builder.traits());
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.output = builder.output_operand(0);
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
