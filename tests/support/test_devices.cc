#include "tests/support/test_devices.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>

#include "compute/base/status.h"
#if CONVOY_VULKAN
#include "compute/runtime/vulkan_device.h"
#include "compute/vulkan/device_plan.h"
#include "compute/vulkan/device_snapshot.h"
#include "compute/vulkan/instance.h"
#endif

namespace convoy::testing {
namespace {

constexpr char kHalf[] = "vulkan_fp16";
constexpr char kHalfStorageLoads[] = "vulkan_fp16_ssbo";

using Opened = absl::StatusOr<std::unique_ptr<compute::Device>>;

// The first Vulkan device, halves in memory, all loads through storage buffers.
Opened OpenWithStorageLoads() {
#if CONVOY_VULKAN
  CONVOY_ASSIGN_OR_RETURN(std::shared_ptr<compute::VulkanInstance> instance,
                          compute::VulkanInstance::Create({.validation = UnderValidation()}));
  if (instance->physical_devices().empty()) return absl::NotFoundError("no Vulkan device");
  const VkPhysicalDevice physical = instance->physical_devices().front();
  const compute::DeviceSnapshot snapshot = compute::ReadDeviceSnapshot(physical);
  CONVOY_ASSIGN_OR_RETURN(compute::DevicePlan plan, compute::PlanDevice(snapshot));
  plan.traits.texel_loads = false;
  plan.traits.half_storage = true;
  CONVOY_ASSIGN_OR_RETURN(
      std::unique_ptr<compute::VulkanDevice> device,
      compute::VulkanDevice::Create(std::move(instance), physical, snapshot, std::move(plan)));
  return std::make_unique<compute::VulkanRuntimeDevice>(
      std::move(device), compute::DeviceFacts{}, std::map<std::string, std::string, std::less<>>());
#else
  return absl::NotFoundError("the program is built without the Vulkan device");
#endif
}

Opened Open(std::string_view name) {
  if (name == kHalfStorageLoads) return OpenWithStorageLoads();
  compute::DeviceOptions options;
  options.validation = UnderValidation();
  if (name == kHalf) options.precision = compute::Precision::kFp16;
  return compute::OpenDevice(name == kHalf ? "vulkan" : name, options);
}

std::map<std::string, Opened, std::less<>>& Devices() {
  static auto* const devices = new std::map<std::string, Opened, std::less<>>;
  return *devices;
}

// Before the process ends: by then the validation layer may be gone, which the devices still call.
class CloseDevices : public ::testing::Environment {
 public:
  void TearDown() override { Devices().clear(); }
};

::testing::Environment* const kCloseDevices = ::testing::AddGlobalTestEnvironment(new CloseDevices);

}  // namespace

bool UnderValidation() {
  const char* value = std::getenv("CONVOY_TEST_VALIDATION");
  return value != nullptr && std::strcmp(value, "1") == 0;
}

std::vector<std::string> TestDeviceNames() {
  if (UnderValidation()) return {"vulkan"};
  return {"reference", "cpu", "vulkan"};
}

std::vector<std::string> HalfTestDeviceNames() { return {kHalf, kHalfStorageLoads}; }

absl::StatusOr<compute::Device*> TestDevice(std::string_view name) {
  auto& devices = Devices();
  auto found = devices.find(name);
  if (found == devices.end()) {
    found = devices.emplace(name, Open(name)).first;
  }
  if (!found->second.ok()) return found->second.status();
  return found->second->get();
}

}  // namespace convoy::testing
