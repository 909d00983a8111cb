// The devices that tests run on, each opened once a process.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/runtime/device.h"

namespace convoy::testing {

// Whether CONVOY_TEST_VALIDATION=1 asks for the Vulkan validation layer.
bool UnderValidation();

// "reference", "cpu" and "vulkan"; under validation "vulkan" alone.
std::vector<std::string> TestDeviceNames();

// "vulkan_fp16", and "vulkan_fp16_ssbo", which loads as GPUs do whatever its driver is.
std::vector<std::string> HalfTestDeviceNames();

// Valid until the process ends. NOT_FOUND says why a device is absent, for GTEST_SKIP.
absl::StatusOr<compute::Device*> TestDevice(std::string_view name);

}  // namespace convoy::testing
