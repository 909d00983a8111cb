#include "compute/runtime/vulkan_session.h"

#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/runtime/vulkan_device.h"
#include "compute/runtime/vulkan_self_test.h"
#include "compute/vulkan/device.h"
#include "compute/vulkan/device_memory.h"
#include "compute/vulkan/device_plan.h"
#include "compute/vulkan/device_snapshot.h"
#include "compute/vulkan/instance.h"

namespace convoy::compute {
namespace {

// While one batch is computed, another is gathered and uploaded or downloaded and scattered. A
// software driver has no such other half to use.
constexpr int kGpuLanes = 2;

std::string JoinNames(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += joined.empty() ? name : ", " + name;
  return joined;
}

DeviceFacts DescribeDevice(int index, const DeviceSnapshot& snapshot,
                           const absl::StatusOr<DevicePlan>& plan) {
  DeviceFacts facts{.kind = DeviceKind::kVulkan,
                    .id = absl::StrFormat("vulkan:%d", index),
                    .name = snapshot.name,
                    .software = snapshot.is_software()};
  facts.lanes = facts.software ? 1 : kGpuLanes;
  const auto add = [&](const char* key, std::string value) {
    facts.properties.emplace_back(key, std::move(value));
  };
  add("driver", absl::StrFormat("%s %s", snapshot.driver_name, snapshot.driver_text));
  add("api", absl::StrFormat("%d.%d.%d", VK_API_VERSION_MAJOR(snapshot.api_version),
                             VK_API_VERSION_MINOR(snapshot.api_version),
                             VK_API_VERSION_PATCH(snapshot.api_version)));
  add("subgroup", absl::StrFormat("%d", snapshot.subgroup_size));
  if (!plan.ok()) {
    add("unusable", std::string(plan.status().message()));
    return facts;
  }
  add("memory",
      absl::StrFormat("%d MiB",
                      plan->heap_bytes[static_cast<size_t>(MemoryIntent::kActivations)] >> 20));
  add("loads", plan->traits.texel_loads ? "texel buffers" : "storage buffers");
  add("limits", absl::StrFormat("%d threads a workgroup, %d KiB shared, %d MiB a storage buffer, "
                                "%d texels",
                                snapshot.max_workgroup_invocations, snapshot.max_shared_bytes >> 10,
                                snapshot.max_storage_range >> 20, snapshot.max_texel_elements));
  add("workarounds", plan->workarounds.empty() ? "none" : JoinNames(plan->workarounds));
  return facts;
}

absl::StatusOr<std::shared_ptr<VulkanInstance>> CreateInstance(const DeviceOptions& options) {
  return VulkanInstance::Create(
      {.validation = options.validation, .software_threads = options.threads});
}

absl::StatusOr<std::unique_ptr<Device>> OpenPhysical(std::shared_ptr<VulkanInstance> instance,
                                                     int index, const DeviceOptions& options) {
  const VkPhysicalDevice physical = instance->physical_devices()[static_cast<size_t>(index)];
  const DeviceSnapshot snapshot = ReadDeviceSnapshot(physical);
  CONVOY_ASSIGN_OR_RETURN(DevicePlan plan, PlanDevice(snapshot));
  plan.traits.batch_invariant = options.batch_invariant;
  plan.traits.half_storage = options.precision == Precision::kFp16;
  plan.traits.explain = options.explain;
  CONVOY_ASSIGN_OR_RETURN(auto forced, ParseForcedKernels(options.vulkan_kernels));
  CONVOY_RETURN_IF_ERROR(CheckForcedKernels(forced));
  DeviceFacts facts = DescribeDevice(index, snapshot, plan);
  facts.properties.emplace_back("storage", plan.traits.half_storage ? "FP16" : "FP32");
  if (snapshot.memory_budget) {
    const LocalHeaps heaps = ReadLocalHeaps(physical);
    facts.properties.emplace_back(
        "memory budget", absl::StrFormat("%d MiB, of it used %d MiB", heaps.budget_bytes >> 20,
                                         heaps.used_bytes >> 20));
  }
  if (options.lanes > 0) facts.lanes = options.lanes;
  facts.uuid = ReadDeviceUuid(physical);
  CONVOY_ASSIGN_OR_RETURN(
      std::unique_ptr<VulkanDevice> device,
      VulkanDevice::Create(std::move(instance), physical, snapshot, std::move(plan)));
  auto opened = std::make_unique<VulkanRuntimeDevice>(
      std::move(device), std::move(facts), std::move(forced), options.tune, options.threads);
  opened->SetVerdicts(KernelVerdicts(*opened));
  if (snapshot.memory_budget) opened->SetMemorySource(physical);
  return std::unique_ptr<Device>(std::move(opened));
}

}  // namespace

VulkanInventory EnumerateVulkan(const DeviceOptions& options, bool test_kernels) {
  VulkanInventory inventory;
  absl::StatusOr<std::shared_ptr<VulkanInstance>> instance = CreateInstance(options);
  if (!instance.ok()) {
    inventory.missing_reason = std::string(instance.status().message());
    return inventory;
  }
  const int count = static_cast<int>((*instance)->physical_devices().size());
  for (int index = 0; index < count; ++index) {
    const DeviceSnapshot snapshot =
        ReadDeviceSnapshot((*instance)->physical_devices()[static_cast<size_t>(index)]);
    const absl::StatusOr<DevicePlan> plan = PlanDevice(snapshot);
    DeviceFacts facts = DescribeDevice(index, snapshot, plan);
    if (plan.ok() && test_kernels) {
      absl::StatusOr<std::unique_ptr<Device>> opened = OpenPhysical(*instance, index, options);
      if (opened.ok()) {
        facts = (*opened)->facts();
      } else {
        facts.properties.emplace_back("unusable", std::string(opened.status().message()));
      }
    }
    inventory.devices.push_back(std::move(facts));
  }
  return inventory;
}

absl::StatusOr<std::unique_ptr<Device>> OpenVulkan(int index, const DeviceOptions& options) {
  CONVOY_ASSIGN_OR_RETURN(std::shared_ptr<VulkanInstance> instance, CreateInstance(options));
  const int count = static_cast<int>(instance->physical_devices().size());
  if (index < 0 || index >= count) {
    return absl::NotFoundError(absl::StrFormat(
        "Vulkan device %d is asked for, but the loader lists %d, counted from 0", index, count));
  }
  return OpenPhysical(std::move(instance), index, options);
}

int VulkanValidationMessageCount() { return VulkanMessageCount(); }

}  // namespace convoy::compute
