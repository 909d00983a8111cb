// The dispatches that change a tensor's layout on a Vulkan device: row-major to channel quads and
// back. The session records them where a step wants another layout than its tensor has. Pure.
#pragma once

#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

// `linear` and `c4` describe the same tensor, of rank 2 to 5, in the two layouts.
VulkanDispatch PackDispatch(const VulkanTensor& linear, const VulkanTensor& c4, VulkanOperand in,
                            VulkanOperand out, const VulkanTraits& traits);
VulkanDispatch UnpackDispatch(const VulkanTensor& c4, const VulkanTensor& linear, VulkanOperand in,
                              VulkanOperand out, const VulkanTraits& traits);

}  // namespace convoy::compute
