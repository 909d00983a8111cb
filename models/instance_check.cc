#include "models/instance_check.h"

#include <algorithm>

#include "compute/base/log.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::models {

using compute::Quote;

absl::Status CheckInstances(std::span<const InstanceGroup> groups,
                            const compute::DeviceFacts& device) {
  const bool gpu = device.kind == compute::DeviceKind::kVulkan;
  for (const InstanceGroup& group : groups) {
    if (group.kind == InstanceKind::kGpu && !gpu) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "instance_group %s has kind KIND_GPU, but this server computes on '%s'; allowed are "
          "KIND_AUTO and KIND_CPU, or a server with --device vulkan",
          Quote(group.name), device.id));
    }
    if (group.kind == InstanceKind::kCpu && gpu) {
      compute::LogWarning("instance_group %s has kind KIND_CPU, but runs on '%s'",
                          Quote(group.name), device.id);
    }
    const auto other = std::find_if(group.gpus.begin(), group.gpus.end(),
                                    [](int64_t number) { return number != 0; });
    if (gpu && other != group.gpus.end()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("instance_group %s asks for GPU %d; this server computes on one, number "
                          "0 ('%s')",
                          Quote(group.name), *other, device.id));
    }
  }
  return absl::OkStatus();
}

int LanesOf(std::span<const InstanceGroup> groups, const compute::DeviceFacts& device) {
  const int64_t count = InstanceCount(groups);
  if (count == 0) return device.lanes;
  if (device.kind == compute::DeviceKind::kCpu && count > device.lanes) {
    compute::LogWarning("instance_group asks for %d batches at once; device '%s' has %d lanes",
                        count, device.id, device.lanes);
    return device.lanes;
  }
  return static_cast<int>(count);
}

}  // namespace convoy::models
