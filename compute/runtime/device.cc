#include "compute/runtime/device.h"

#include <charconv>
#include <cstdlib>

#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/runtime/choose_device.h"
#include "compute/runtime/cpu_session.h"
#include "compute/runtime/fallback_device.h"
#include "compute/runtime/reference_session.h"
#if CONVOY_VULKAN
#include "compute/runtime/vulkan_session.h"
#endif

namespace convoy::compute {
namespace {

struct Inventory {
  std::vector<DeviceFacts> devices;
  std::string vulkan_missing_reason;
};

#if CONVOY_VULKAN
// Where the loader searches, so that a message can say what to install or to set.
std::string LookedFor() {
  for (const char* variable : {"VK_DRIVER_FILES", "VK_ICD_FILENAMES"}) {
    if (const char* files = std::getenv(variable); files != nullptr) {
      return absl::StrFormat("the loader libvulkan.so.1 and the driver manifests of %s, '%s'",
                             variable, files);
    }
  }
  return "the loader libvulkan.so.1 and driver manifests in /etc/vulkan/icd.d and "
         "/usr/share/vulkan/icd.d";
}
#endif

Inventory TakeInventory(const DeviceOptions& options, bool test_kernels) {
  Inventory inventory;
#if CONVOY_VULKAN
  VulkanInventory vulkan = EnumerateVulkan(options, test_kernels);
  inventory.devices = std::move(vulkan.devices);
  inventory.vulkan_missing_reason =
      absl::StrFormat("%s; looked for were %s", vulkan.missing_reason, LookedFor());
#else
  (void)test_kernels;
  inventory.vulkan_missing_reason = "this program is built without the Vulkan device";
#endif
  inventory.devices.push_back(MakeCpuDevice(options)->facts());
  inventory.devices.push_back(MakeReferenceDevice(options)->facts());
  return inventory;
}

absl::StatusOr<std::unique_ptr<Device>> OpenVulkanById(const DeviceFacts& facts,
                                                       const DeviceOptions& options) {
#if CONVOY_VULKAN
  const std::string_view id = facts.id;
  const std::string_view digits = id.substr(id.find(':') + 1);
  int index = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), index);
  CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Device> device, OpenVulkan(index, options));
  if (!options.allow_cpu_fallback) return device;
  return MakeFallbackDevice(std::move(device), MakeCpuDevice(options), options.explain);
#else
  (void)options;
  return absl::InternalError(
      absl::StrFormat("device %s is listed, but the program has no Vulkan device", facts.id));
#endif
}

absl::StatusOr<std::unique_ptr<Device>> Open(const DeviceFacts& facts,
                                             const DeviceOptions& options) {
  switch (facts.kind) {
    case DeviceKind::kReference:
      return MakeReferenceDevice(options);
    case DeviceKind::kCpu:
      return MakeCpuDevice(options);
    case DeviceKind::kVulkan:
      return OpenVulkanById(facts, options);
  }
  return absl::InternalError(absl::StrFormat("device %s has an unknown kind", facts.id));
}

absl::Status CheckPrecision(const DeviceFacts& facts, const DeviceOptions& options) {
  if (options.precision == Precision::kFp32 || facts.kind == DeviceKind::kVulkan) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "device '%s' is asked for precision fp16, but computes in fp32 only; fp16 is for Vulkan "
      "devices (--device vulkan)",
      facts.id));
}

absl::StatusOr<std::unique_ptr<Device>> Checked(std::unique_ptr<Device> device,
                                                const DeviceOptions& options) {
  CONVOY_RETURN_IF_ERROR(CheckPrecision(device->facts(), options));
  return device;
}

}  // namespace

std::vector<DeviceFacts> ListDevices(const DeviceOptions& options) {
  return TakeInventory(options, /*test_kernels=*/true).devices;
}

absl::StatusOr<std::unique_ptr<Device>> OpenDevice(std::string_view name,
                                                   const DeviceOptions& options) {
  // These two must work, and at once, where a Vulkan driver hangs or crashes.
  if (name == "cpu") return Checked(MakeCpuDevice(options), options);
  if (name == "reference") return Checked(MakeReferenceDevice(options), options);

  // The device that is opened tests its own kernels; the others need not.
  const Inventory inventory = TakeInventory(options, /*test_kernels=*/false);
  CONVOY_ASSIGN_OR_RETURN(const size_t choice,
                          ChooseDevice(name, inventory.devices, inventory.vulkan_missing_reason));
  CONVOY_RETURN_IF_ERROR(CheckPrecision(inventory.devices[choice], options));
  absl::StatusOr<std::unique_ptr<Device>> device = Open(inventory.devices[choice], options);
  if (!device.ok() && name == "auto" && options.precision == Precision::kFp32) {
    LogWarning("%s; the cpu serves instead", device.status().message());
    return MakeCpuDevice(options);
  }
  return device;
}

int ValidationMessageCount() {
#if CONVOY_VULKAN
  return VulkanValidationMessageCount();
#else
  return 0;
#endif
}

}  // namespace convoy::compute
