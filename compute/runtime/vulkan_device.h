// A Vulkan device of the runtime: owns the logical device, its kernels and its weights, and
// compiles plans into sessions. Made by OpenVulkan (vulkan_session.h).
//
// Thread-safe; outlives its sessions.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/runtime/device.h"
#include "compute/runtime/vulkan_kernels.h"
#include "compute/runtime/vulkan_tuning.h"
#include "compute/runtime/vulkan_weights.h"
#include "compute/vulkan/device.h"
#include "compute/vulkan/pipelines.h"

namespace convoy::compute {

class VulkanRuntimeDevice : public Device {
 public:
  // `forced` as VulkanKernels takes it, `threads` as in DeviceOptions. Kernels are not tested yet.
  VulkanRuntimeDevice(std::unique_ptr<VulkanDevice> device, DeviceFacts facts,
                      std::map<std::string, std::string, std::less<>> forced,
                      TuneMode tune = TuneMode::kOff, int threads = 0);
  ~VulkanRuntimeDevice() override;

  const DeviceFacts& facts() const override { return facts_; }
  std::optional<DeviceMemory> ReadMemory() const override;
  absl::StatusOr<std::unique_ptr<Session>> Compile(const Plan& plan) override;

  // For the self-test, before anybody else has the device, and for trials. `forced` replaces what
  // the device was opened with, and nothing that was timed counts.
  absl::StatusOr<std::unique_ptr<Session>> CompileForced(
      const Plan& plan, std::map<std::string, std::string, std::less<>> forced);
  VulkanKernels& kernels() { return kernels_; }
  const VulkanDevice& vulkan() const { return *device_; }
  void SetVerdicts(std::vector<KernelVerdict> verdicts);
  // What this device was made from, where the driver tells of its memory.
  void SetMemorySource(VkPhysicalDevice physical) { memory_source_ = physical; }

 private:
  // `choices` has an entry a step, or none at all: then the choice tables decide.
  absl::StatusOr<std::unique_ptr<Session>> CompileWith(const Plan& plan, VulkanKernels& kernels,
                                                       std::span<const KernelChoice> choices);

  const std::unique_ptr<VulkanDevice> device_;
  VkPhysicalDevice memory_source_ = VK_NULL_HANDLE;
  DeviceFacts facts_;
  VulkanPipelines pipelines_;
  VulkanKernels kernels_;
  VulkanTuning tuning_;
  std::mutex compile_mutex_;  // guards weights_
  VulkanWeights weights_;
};

}  // namespace convoy::compute
