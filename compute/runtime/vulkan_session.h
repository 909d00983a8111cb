// The Vulkan device of the runtime: what is there, and opening it. compute/runtime/device.cc alone
// includes this; everybody else takes a Device from OpenDevice.
//
//   VulkanInventory inventory = EnumerateVulkan(options, /*test_kernels=*/true);
//   if (inventory.devices.empty()) LogInfo("%s", inventory.missing_reason);
//   CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Device> device, OpenVulkan(0, options));
//
// Thread-safe. Opening the same index twice gives two independent devices.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/runtime/device.h"

namespace convoy::compute {

struct VulkanInventory {
  std::vector<DeviceFacts> devices;  // in the loader's order; those that cannot run our kernels
                                     // have the reason as property "unusable"
  std::string missing_reason;        // why `devices` is empty: no loader, no driver
};

// With `test_kernels`, opens every usable device to test its kernels (or to read the verdicts of an
// earlier test from disk); without, the facts have no verdicts and nothing is opened.
VulkanInventory EnumerateVulkan(const DeviceOptions& options, bool test_kernels);

// NOT_FOUND: no such index, or no Vulkan (with the reason). FAILED_PRECONDITION: the device lacks
// what the kernels need.
absl::StatusOr<std::unique_ptr<Device>> OpenVulkan(int index, const DeviceOptions& options);

// Messages of warning or error severity from the validation layer since the process started.
int VulkanValidationMessageCount();

}  // namespace convoy::compute
