// Recorded work: descriptor sets, command buffers, timestamps. Recorded once, submitted many times.
//
//   DescriptorSets sets; CONVOY_RETURN_IF_ERROR(sets.Create(device, dispatch_count));
//   CommandList list;    CONVOY_RETURN_IF_ERROR(list.Create(device));
//   CONVOY_RETURN_IF_ERROR(list.Begin());
//   list.Dispatch(pipeline, set, push, groups);
//   CONVOY_RETURN_IF_ERROR(list.End());
//
// Not thread-safe. Must be destroyed before the device, and only when no submission uses them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/vulkan/buffer.h"
#include "compute/vulkan/device.h"

namespace convoy::compute {

// Part of a buffer as a kernel sees it. A null buffer: the kernel does not read the binding.
struct BufferSlice {
  const VulkanBuffer* buffer = nullptr;
  int64_t offset = 0;  // bytes
  int64_t bytes = 0;
  bool halves = false;  // four halves a vec4, not four floats
};

class DescriptorSets {
 public:
  static absl::StatusOr<std::unique_ptr<DescriptorSets>> Create(VulkanDevice& device, size_t count);
  ~DescriptorSets();
  DescriptorSets(const DescriptorSets&) = delete;
  DescriptorSets& operator=(const DescriptorSets&) = delete;

  // With `texels`, inputs are bound as texel views of their whole buffers, else as storage ranges.
  absl::StatusOr<VkDescriptorSet> Add(const std::array<BufferSlice, kInputBindings>& inputs,
                                      const BufferSlice& output, bool texels);

 private:
  explicit DescriptorSets(VulkanDevice& device) : device_(device) {}

  VulkanDevice& device_;
  VkDescriptorPool pool_ = VK_NULL_HANDLE;
};

class CommandList {
 public:
  // With `timestamps` > 0 the list can take that many.
  static absl::StatusOr<std::unique_ptr<CommandList>> Create(VulkanDevice& device,
                                                             uint32_t timestamps = 0);
  ~CommandList();
  CommandList(const CommandList&) = delete;
  CommandList& operator=(const CommandList&) = delete;

  // Opens the next command buffer of the list.
  absl::Status Begin();
  absl::Status End();

  void Dispatch(VkPipeline pipeline, VkDescriptorSet set, std::span<const std::byte> push,
                const std::array<uint32_t, 3>& groups);
  void Copy(const BufferSlice& from, const BufferSlice& to);
  void Zero(const BufferSlice& slice);
  // Everything before is finished and visible to everything after.
  void Barrier();
  // Everything before is visible to the host once the submission has finished.
  void BarrierToHost();
  // Takes timestamp `index` when everything before is finished.
  void Timestamp(uint32_t index);

  std::span<const VkCommandBuffer> buffers() const { return buffers_; }
  // Of the last submission, in nanoseconds; only differences mean anything.
  absl::StatusOr<std::vector<double>> ReadTimestamps() const;

 private:
  explicit CommandList(VulkanDevice& device) : device_(device) {}

  VulkanDevice& device_;
  VkCommandPool pool_ = VK_NULL_HANDLE;
  VkQueryPool queries_ = VK_NULL_HANDLE;
  uint32_t timestamps_ = 0;
  std::vector<VkCommandBuffer> buffers_;
};

}  // namespace convoy::compute
