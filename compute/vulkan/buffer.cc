#include "compute/vulkan/buffer.h"

#include "compute/base/status.h"
#include "compute/vulkan/vulkan_status.h"

namespace convoy::compute {

absl::StatusOr<std::unique_ptr<VulkanBuffer>> VulkanBuffer::Create(VulkanDevice& device,
                                                                   int64_t bytes,
                                                                   MemoryIntent intent,
                                                                   const char* what) {
  std::unique_ptr<VulkanBuffer> buffer(new VulkanBuffer(device, bytes, intent));
  CONVOY_RETURN_IF_ERROR(buffer->Allocate(what));
  const VulkanTraits& traits = device.plan().traits;
  if (traits.texel_loads) {
    CONVOY_RETURN_IF_ERROR(buffer->CreateTexelView(what, /*halves=*/false, &buffer->texels_));
  }
  if (traits.texel_loads && traits.half_storage) {
    CONVOY_RETURN_IF_ERROR(buffer->CreateTexelView(what, /*halves=*/true, &buffer->half_texels_));
  }
  return buffer;
}

absl::Status VulkanBuffer::Allocate(const char* what) {
  const DevicePlan& plan = device_.plan();
  const size_t slot = static_cast<size_t>(intent_);
  const MemoryNeed need{intent_, bytes_};
  CONVOY_RETURN_IF_ERROR(device_.memory().Admit({&need, 1}, what));
  const VkBufferCreateInfo info{
      .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
      .size = static_cast<VkDeviceSize>(bytes_),
      .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
               VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT};
  CONVOY_RETURN_IF_VK_ERROR(vkCreateBuffer(device_.handle(), &info, nullptr, &buffer_),
                            "vkCreateBuffer");
  VkMemoryRequirements needs;
  vkGetBufferMemoryRequirements(device_.handle(), buffer_, &needs);
  const uint32_t type = plan.memory_types[slot];
  if ((needs.memoryTypeBits & (1u << type)) == 0) {
    return absl::InternalError(
        absl::StrFormat("Vulkan device '%s' refuses memory type %d for %s, which allows types %x",
                        device_.snapshot().name, type, what, needs.memoryTypeBits));
  }
  const VkMemoryAllocateInfo allocate{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                      .allocationSize = needs.size,
                                      .memoryTypeIndex = type};
  const VkResult allocated = vkAllocateMemory(device_.handle(), &allocate, nullptr, &memory_);
  if (allocated == VK_ERROR_OUT_OF_DEVICE_MEMORY || allocated == VK_ERROR_OUT_OF_HOST_MEMORY) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "Vulkan device '%s' cannot allocate %d bytes for %s; its memory holds %d bytes in all",
        device_.snapshot().name, bytes_, what, plan.heap_bytes[slot]));
  }
  CONVOY_RETURN_IF_VK_ERROR(allocated, "vkAllocateMemory");
  allocated_bytes_ = static_cast<int64_t>(needs.size);
  device_.memory().Count(intent_, allocated_bytes_);
  CONVOY_RETURN_IF_VK_ERROR(vkBindBufferMemory(device_.handle(), buffer_, memory_, 0),
                            "vkBindBufferMemory");
  if (!plan.host_visible[slot]) return absl::OkStatus();
  void* mapped = nullptr;
  CONVOY_RETURN_IF_VK_ERROR(vkMapMemory(device_.handle(), memory_, 0, VK_WHOLE_SIZE, 0, &mapped),
                            "vkMapMemory");
  mapped_ = {static_cast<std::byte*>(mapped), static_cast<size_t>(bytes_)};
  return absl::OkStatus();
}

absl::Status VulkanBuffer::CreateTexelView(const char* what, bool halves, VkBufferView* view) {
  const int64_t texel_bytes = halves ? 8 : 16;
  const int64_t elements = bytes_ / texel_bytes;
  const int64_t limit = device_.plan().max_texel_elements;
  if (elements > limit) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("Vulkan device '%s' loads through views of at most %d vec4s, but %s has %d",
                        device_.snapshot().name, limit, what, elements));
  }
  const VkBufferViewCreateInfo info{
      .sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO,
      .buffer = buffer_,
      .format = halves ? VK_FORMAT_R16G16B16A16_SFLOAT : VK_FORMAT_R32G32B32A32_SFLOAT,
      .range = static_cast<VkDeviceSize>(elements * texel_bytes)};
  return VulkanStatus(vkCreateBufferView(device_.handle(), &info, nullptr, view),
                      "vkCreateBufferView");
}

VulkanBuffer::~VulkanBuffer() {
  vkDestroyBufferView(device_.handle(), texels_, nullptr);
  vkDestroyBufferView(device_.handle(), half_texels_, nullptr);
  vkDestroyBuffer(device_.handle(), buffer_, nullptr);
  vkFreeMemory(device_.handle(), memory_, nullptr);
  device_.memory().Count(intent_, -allocated_bytes_);
}

}  // namespace convoy::compute
