// A buffer with its own memory: weights, an arena, or what the host reads and writes. Mapped for
// its whole life where the host can see it. Offset 0 of every buffer that kernels load from holds
// kZeroBytes of zeros (shaders/include/tensor.glsl).
//
// Not thread-safe; must be destroyed before its device, and only when no submission uses it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "compute/vulkan/device.h"

namespace convoy::compute {

inline constexpr int64_t kZeroBytes = 256;

class VulkanBuffer {
 public:
  // RESOURCE_EXHAUSTED names `what`, the bytes asked for and available.
  static absl::StatusOr<std::unique_ptr<VulkanBuffer>> Create(VulkanDevice& device, int64_t bytes,
                                                              MemoryIntent intent,
                                                              const char* what);
  ~VulkanBuffer();
  VulkanBuffer(const VulkanBuffer&) = delete;
  VulkanBuffer& operator=(const VulkanBuffer&) = delete;

  VkBuffer handle() const { return buffer_; }
  int64_t bytes() const { return bytes_; }
  // Empty where the host cannot see the memory.
  std::span<std::byte> mapped() const { return mapped_; }
  // The whole buffer as vec4 texels; null on devices whose kernels do not load texels.
  VkBufferView texels() const { return texels_; }
  // The same with four halves a texel; null on devices that keep no halves.
  VkBufferView half_texels() const { return half_texels_; }

 private:
  VulkanBuffer(VulkanDevice& device, int64_t bytes, MemoryIntent intent)
      : device_(device), bytes_(bytes), intent_(intent) {}
  absl::Status Allocate(const char* what);
  absl::Status CreateTexelView(const char* what, bool halves, VkBufferView* view);

  VulkanDevice& device_;
  const int64_t bytes_;
  const MemoryIntent intent_;
  int64_t allocated_bytes_ = 0;
  VkBuffer buffer_ = VK_NULL_HANDLE;
  VkDeviceMemory memory_ = VK_NULL_HANDLE;
  VkBufferView texels_ = VK_NULL_HANDLE;
  VkBufferView half_texels_ = VK_NULL_HANDLE;
  std::span<std::byte> mapped_;
};

}  // namespace convoy::compute
