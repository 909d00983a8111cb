// What a device's memory may still take, asked before anything is built in it: a plan that does not
// fit is refused with the numbers, instead of driving other programs out of memory or failing half
// way.
//
//   CONVOY_RETURN_IF_ERROR(budget.Admit({{MemoryIntent::kActivations, bytes}}, "plan 'unet:8'"));
//
// Thread-safe. Two threads that are admitted at once may both be told yes; the later allocation
// then fails by itself.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "compute/vulkan/device_plan.h"
#include "compute/vulkan/device_snapshot.h"

namespace convoy::compute {

// Of one heap, as VK_EXT_memory_budget tells it: what this process may use, and uses.
struct HeapBudget {
  int64_t budget_bytes = 0;
  int64_t used_bytes = 0;
};

// What a heap may still take. A tenth of it is left alone, for what drivers allocate themselves.
// Without a budget only what this device has given out is known to be gone. Not negative. Pure.
int64_t AvailableBytes(int64_t heap_bytes, int64_t given_out_bytes,
                       const std::optional<HeapBudget>& budget);

struct MemoryNeed {
  MemoryIntent intent;
  int64_t bytes;
};

class MemoryBudget {
 public:
  // `plan` and `snapshot` must outlive it.
  MemoryBudget(VkPhysicalDevice physical, const DeviceSnapshot& snapshot, const DevicePlan& plan)
      : physical_(physical), snapshot_(snapshot), plan_(plan) {}

  // RESOURCE_EXHAUSTED names the device, `what`, and the bytes asked for and available.
  absl::Status Admit(std::span<const MemoryNeed> needs, std::string_view what) const;

  // Memory was allocated, or with a negative number freed.
  void Count(MemoryIntent intent, int64_t bytes);

 private:
  uint32_t HeapOf(MemoryIntent intent) const;
  int64_t HeapBytes(uint32_t heap) const;
  std::optional<HeapBudget> ReadBudget(uint32_t heap) const;

  const VkPhysicalDevice physical_;
  const DeviceSnapshot& snapshot_;
  const DevicePlan& plan_;
  std::array<std::atomic<int64_t>, VK_MAX_MEMORY_HEAPS> given_out_{};
};

}  // namespace convoy::compute
