// What metrics tell of a Vulkan device: its memory as it is now, and the id by which other programs
// know it. Thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "compute/vulkan/instance.h"

namespace convoy::compute {

// Of all device-local heaps together, as VK_EXT_memory_budget tells it.
struct LocalHeaps {
  int64_t total_bytes = 0;
  int64_t budget_bytes = 0;  // that this process may use in all, as things are
  int64_t used_bytes = 0;    // by this process
};

// The device must have the extension.
LocalHeaps ReadLocalHeaps(VkPhysicalDevice device);

// "GPU-01234567-89ab-cdef-0123-456789abcdef", as NVIDIA's own tools write it.
std::string ReadDeviceUuid(VkPhysicalDevice device);

}  // namespace convoy::compute
