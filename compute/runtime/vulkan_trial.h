// Kernels of one step timed against each other on a Vulkan device.
//
//   for (const TimedKernel& timed : TimeKernels(part.plan, kernels, device)) ...
#pragma once

#include <span>
#include <vector>

#include "compute/plan/plan.h"
#include "compute/runtime/vulkan_kernels.h"
#include "compute/tune/tune_table.h"

namespace convoy::compute {

class VulkanRuntimeDevice;

// The median times of those of `kernels` that cover the only step of `plan` and agree with the
// answer of the kernel that the choice table takes. Empty where that one cannot run.
std::vector<TimedKernel> TimeKernels(const Plan& plan, std::span<const NamedKernel> kernels,
                                     VulkanRuntimeDevice& device);

}  // namespace convoy::compute
