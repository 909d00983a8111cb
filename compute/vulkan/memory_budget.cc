#include "compute/vulkan/memory_budget.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace convoy::compute {

int64_t AvailableBytes(int64_t heap_bytes, int64_t given_out_bytes,
                       const std::optional<HeapBudget>& budget) {
  int64_t left = heap_bytes - given_out_bytes;
  if (budget.has_value()) left = std::min(left, budget->budget_bytes - budget->used_bytes);
  return std::max<int64_t>(0, left - heap_bytes / 10);
}

uint32_t MemoryBudget::HeapOf(MemoryIntent intent) const {
  return snapshot_.memory_types[plan_.memory_types[static_cast<size_t>(intent)]].heap;
}

int64_t MemoryBudget::HeapBytes(uint32_t heap) const {
  int64_t bytes = 0;
  for (int i = 0; i < kMemoryIntents; ++i) {
    if (HeapOf(static_cast<MemoryIntent>(i)) != heap) continue;
    bytes = std::max(bytes, plan_.heap_bytes[static_cast<size_t>(i)]);
  }
  return bytes;
}

std::optional<HeapBudget> MemoryBudget::ReadBudget(uint32_t heap) const {
  if (!snapshot_.memory_budget) return std::nullopt;
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
  VkPhysicalDeviceMemoryProperties2 memory{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, .pNext = &budget};
  vkGetPhysicalDeviceMemoryProperties2(physical_, &memory);
  return HeapBudget{.budget_bytes = static_cast<int64_t>(budget.heapBudget[heap]),
                    .used_bytes = static_cast<int64_t>(budget.heapUsage[heap])};
}

absl::Status MemoryBudget::Admit(std::span<const MemoryNeed> needs, std::string_view what) const {
  std::array<int64_t, VK_MAX_MEMORY_HEAPS> asked{};
  for (const MemoryNeed& need : needs) asked[HeapOf(need.intent)] += need.bytes;
  for (uint32_t heap = 0; heap < asked.size(); ++heap) {
    if (asked[heap] == 0) continue;
    const int64_t available =
        AvailableBytes(HeapBytes(heap), given_out_[heap].load(), ReadBudget(heap));
    if (asked[heap] <= available) continue;
    return absl::ResourceExhaustedError(absl::StrFormat(
        "Vulkan device '%s' is asked for %d bytes for %s, but has %d bytes available of %d",
        snapshot_.name, asked[heap], what, available, HeapBytes(heap)));
  }
  return absl::OkStatus();
}

void MemoryBudget::Count(MemoryIntent intent, int64_t bytes) {
  given_out_[HeapOf(intent)] += bytes;
}

}  // namespace convoy::compute
