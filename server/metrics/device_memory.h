// The device as metrics name it, and the memory that its driver tells of. Plain data.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace convoy::server {

struct DeviceLabels {
  std::string id;    // "vulkan:0"
  std::string name;  // as the driver tells it
  std::string uuid;  // "GPU-..."; empty: it is no GPU, and no nv_gpu_* tell of it
};

struct DeviceMemory {
  int64_t total_bytes = 0;
  int64_t budget_bytes = 0;  // that this process may use in all, as things are
  int64_t used_bytes = 0;    // by this process
};

// Null where the driver does not tell.
using ReadDeviceMemory = std::function<std::optional<DeviceMemory>()>;

}  // namespace convoy::server
