// Proves the fast kernels of a device before anybody relies on them. The kernels that spread
// weights over a subgroup, tile registers or guess at what a driver does fast are the ones that
// drivers get silently wrong; each runs a known-answer case (odd sizes, stride 2, padding,
// residual) and is compared with the reference formula. One that lies is set aside, and the next
// row of its choice table takes over.
#pragma once

#include <vector>

#include "compute/runtime/device.h"
#include "compute/runtime/vulkan_device.h"

namespace convoy::compute {

// The verdicts of every kernel that `device` may choose: from disk when this device, driver and
// shader set were tested before, else by running them and writing them there.
std::vector<KernelVerdict> KernelVerdicts(VulkanRuntimeDevice& device);

}  // namespace convoy::compute
