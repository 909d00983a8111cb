// A logical device with its one compute queue, the layouts that all kernels share and a timeline of
// submissions.
//
//   CONVOY_ASSIGN_OR_RETURN(const uint64_t moment, device->Submit(command_buffers));
//   CONVOY_RETURN_IF_ERROR(device->Wait(moment));
//
// Thread-safe. Everything made from a device must be destroyed before it. Once the device is lost,
// every call gives UNAVAILABLE at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/vulkan/device_plan.h"
#include "compute/vulkan/device_snapshot.h"
#include "compute/vulkan/instance.h"
#include "compute/vulkan/memory_budget.h"

namespace convoy::compute {

inline constexpr uint32_t kInputBindings = 4;  // storage buffers 0 to 3, texel buffers 5 to 8
inline constexpr uint32_t kOutputBinding = 4;
inline constexpr uint32_t kFirstTexelBinding = 5;
inline constexpr uint32_t kPushBytes = 128;

class VulkanDevice {
 public:
  static absl::StatusOr<std::unique_ptr<VulkanDevice>> Create(
      std::shared_ptr<VulkanInstance> instance, VkPhysicalDevice physical, DeviceSnapshot snapshot,
      DevicePlan plan);
  ~VulkanDevice();
  VulkanDevice(const VulkanDevice&) = delete;
  VulkanDevice& operator=(const VulkanDevice&) = delete;

  const DeviceSnapshot& snapshot() const { return snapshot_; }
  const DevicePlan& plan() const { return plan_; }
  MemoryBudget& memory() { return *memory_; }
  // Whether the validation layer watches.
  bool validation() const { return instance_->validation(); }
  VkDevice handle() const { return device_; }
  VkDescriptorSetLayout set_layout() const { return set_layout_; }
  VkPipelineLayout pipeline_layout() const { return pipeline_layout_; }

  // Queues the command buffers in order, each its own submission, and gives the moment of the
  // timeline at which the last has finished. Allocates nothing.
  absl::StatusOr<uint64_t> Submit(std::span<const VkCommandBuffer> commands);
  // Blocks until `moment`.
  absl::Status Wait(uint64_t moment);

  bool lost() const { return lost_; }

 private:
  VulkanDevice(std::shared_ptr<VulkanInstance> instance, DeviceSnapshot snapshot, DevicePlan plan);
  absl::Status Open(VkPhysicalDevice physical);
  absl::Status CreateLayouts();
  // Remembers a lost device.
  absl::Status Check(VkResult result, const char* call);

  const std::shared_ptr<VulkanInstance> instance_;
  const DeviceSnapshot snapshot_;
  const DevicePlan plan_;
  std::optional<MemoryBudget> memory_;
  VkDevice device_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  VkDescriptorSetLayout set_layout_ = VK_NULL_HANDLE;
  VkPipelineLayout pipeline_layout_ = VK_NULL_HANDLE;
  VkSemaphore timeline_ = VK_NULL_HANDLE;
  PFN_vkWaitSemaphores wait_semaphores_ = nullptr;

  std::mutex queue_mutex_;  // guards queue_ and last_moment_
  uint64_t last_moment_ = 0;
  std::atomic<bool> lost_ = false;
};

}  // namespace convoy::compute
