// What is known of a device, as text and as JSON. Pure but for printing.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "compute/runtime/device.h"

namespace convoy::cli {

std::string_view NameOf(compute::DeviceKind kind);

// Why the device cannot be opened; empty where it can.
std::string WhyUnusable(const compute::DeviceFacts& device);

// Prints properties and verdicts; those of proven kernels where `verbose`.
void PrintDeviceFacts(const compute::DeviceFacts& device, bool verbose);

nlohmann::ordered_json ToJson(const compute::DeviceFacts& device);

// The Vulkan devices in the text that `convoy devices --json` printed; none where it is no such
// text.
std::vector<compute::DeviceFacts> VulkanDevicesOf(std::string_view text);

}  // namespace convoy::cli
