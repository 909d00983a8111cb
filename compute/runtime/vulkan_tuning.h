// Which kernels the steps of a plan take on a Vulkan device because they were timed there: now, or
// by an earlier process (compute/tune/kernel_tuner.h). Where nothing is known the choice tables
// decide, by device facts alone.
//
// Thread-safe.
#pragma once

#include <vector>

#include "compute/plan/plan.h"
#include "compute/tune/kernel_tuner.h"
#include "compute/vulkan/device_snapshot.h"

namespace convoy::compute {

class VulkanRuntimeDevice;

class VulkanTuning {
 public:
  // `threads` as in DeviceOptions: a software driver's times hold for that many.
  VulkanTuning(TuneMode mode, const DeviceSnapshot& snapshot, int threads);

  // One entry a step of `plan`, its kernel empty where the choice table decides. With
  // TuneMode::kTimed first tries what is not known: every kernel on the step's own sizes and
  // weights, on `device`.
  std::vector<KernelChoice> Choose(const Plan& plan, VulkanRuntimeDevice& device);

 private:
  KernelTuner tuner_;
  int threads_;  // 0 on hardware
};

// What DeviceOptions.vulkan_kernels calls the operator: "conv", "upconv", "gemm"; empty: it has no
// kernels to choose from.
std::string_view KernelFamily(const OpParams& op);

}  // namespace convoy::compute
