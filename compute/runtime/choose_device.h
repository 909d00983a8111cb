// Which of the devices there are a --device name means. Pure.
//
//   CONVOY_ASSIGN_OR_RETURN(const size_t i, ChooseDevice("vulkan:1", devices, ""));
//   Open(devices[i]);
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "compute/runtime/device.h"

namespace convoy::compute {

// The index in `devices` that `name` (OpenDevice gives its forms) stands for. "vulkan" prefers a
// device that is no software. Vulkan devices with a property "unusable" are taken only when named
// by index or name. `vulkan_missing_reason` says why `devices` has no Vulkan device; it becomes
// part of the NOT_FOUND message.
absl::StatusOr<size_t> ChooseDevice(std::string_view name, std::span<const DeviceFacts> devices,
                                    std::string_view vulkan_missing_reason);

}  // namespace convoy::compute
