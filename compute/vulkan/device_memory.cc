#include "compute/vulkan/device_memory.h"

#include <iterator>

#include "absl/strings/str_format.h"

namespace convoy::compute {

LocalHeaps ReadLocalHeaps(VkPhysicalDevice device) {
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
  VkPhysicalDeviceMemoryProperties2 memory{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, .pNext = &budget};
  vkGetPhysicalDeviceMemoryProperties2(device, &memory);
  LocalHeaps heaps;
  const VkPhysicalDeviceMemoryProperties& facts = memory.memoryProperties;
  for (uint32_t heap = 0; heap < facts.memoryHeapCount; ++heap) {
    if ((facts.memoryHeaps[heap].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) == 0) continue;
    heaps.total_bytes += static_cast<int64_t>(facts.memoryHeaps[heap].size);
    heaps.budget_bytes += static_cast<int64_t>(budget.heapBudget[heap]);
    heaps.used_bytes += static_cast<int64_t>(budget.heapUsage[heap]);
  }
  return heaps;
}

std::string ReadDeviceUuid(VkPhysicalDevice device) {
  VkPhysicalDeviceIDProperties id{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES};
  VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                         .pNext = &id};
  vkGetPhysicalDeviceProperties2(device, &properties);
  std::string text = "GPU";
  for (size_t i = 0; i < std::size(id.deviceUUID); ++i) {
    // Groups of 4, 2, 2, 2 and 6 bytes.
    if (i == 0 || i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += absl::StrFormat("%02x", id.deviceUUID[i]);
  }
  return text;
}

}  // namespace convoy::compute
