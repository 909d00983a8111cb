#include "compute/vulkan/device_snapshot.h"

#include <algorithm>
#include <string_view>

namespace convoy::compute {
namespace {

VulkanDeviceKind KindOf(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return VulkanDeviceKind::kIntegrated;
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return VulkanDeviceKind::kDiscrete;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return VulkanDeviceKind::kVirtual;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return VulkanDeviceKind::kCpu;
    default:
      return VulkanDeviceKind::kOther;
  }
}

// Where a driver says how many cores run workgroups. The three vendors have each their own words.
enum class CoreCountSource { kNone, kNvidia, kAmd, kArm };

CoreCountSource ReadExtensions(VkPhysicalDevice device, DeviceSnapshot& snapshot) {
  uint32_t count = 0;
  vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> extensions(count);
  CoreCountSource source = CoreCountSource::kNone;
  vkEnumerateDeviceExtensionProperties(device, nullptr, &count, extensions.data());
  for (const VkExtensionProperties& extension : extensions) {
    const std::string_view name = extension.extensionName;
    if (name == VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME) snapshot.timeline_extension = true;
    if (name == "VK_KHR_portability_subset") snapshot.portability_subset = true;
    if (name == VK_EXT_MEMORY_BUDGET_EXTENSION_NAME) snapshot.memory_budget = true;
    if (name == VK_NV_SHADER_SM_BUILTINS_EXTENSION_NAME) source = CoreCountSource::kNvidia;
    if (name == VK_AMD_SHADER_CORE_PROPERTIES_EXTENSION_NAME) source = CoreCountSource::kAmd;
    if (name == VK_ARM_SHADER_CORE_BUILTINS_EXTENSION_NAME) source = CoreCountSource::kArm;
  }
  return source;
}

uint32_t ReadCoreCount(VkPhysicalDevice device, CoreCountSource source) {
  VkPhysicalDeviceShaderSMBuiltinsPropertiesNV nvidia{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_SM_BUILTINS_PROPERTIES_NV};
  VkPhysicalDeviceShaderCorePropertiesAMD amd{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_CORE_PROPERTIES_AMD};
  VkPhysicalDeviceShaderCoreBuiltinsPropertiesARM arm{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_CORE_BUILTINS_PROPERTIES_ARM};
  VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2};
  if (source == CoreCountSource::kNvidia) properties.pNext = &nvidia;
  if (source == CoreCountSource::kAmd) properties.pNext = &amd;
  if (source == CoreCountSource::kArm) properties.pNext = &arm;
  if (source != CoreCountSource::kNone) vkGetPhysicalDeviceProperties2(device, &properties);
  return nvidia.shaderSMCount + arm.shaderCoreCount +
         amd.shaderEngineCount * amd.shaderArraysPerEngineCount * amd.computeUnitsPerShaderArray;
}

void ReadLimits(const VkPhysicalDeviceLimits& limits, DeviceSnapshot& snapshot) {
  snapshot.max_workgroup_invocations = limits.maxComputeWorkGroupInvocations;
  snapshot.max_workgroup_size_x = limits.maxComputeWorkGroupSize[0];
  snapshot.max_workgroups = *std::min_element(std::begin(limits.maxComputeWorkGroupCount),
                                              std::end(limits.maxComputeWorkGroupCount));
  snapshot.max_shared_bytes = limits.maxComputeSharedMemorySize;
  snapshot.max_storage_buffers = limits.maxPerStageDescriptorStorageBuffers;
  snapshot.max_texel_buffers = limits.maxPerStageDescriptorSampledImages;
  snapshot.max_push_bytes = limits.maxPushConstantsSize;
  snapshot.max_storage_range = limits.maxStorageBufferRange;
  snapshot.max_texel_elements = limits.maxTexelBufferElements;
  snapshot.storage_alignment = static_cast<int64_t>(limits.minStorageBufferOffsetAlignment);
  snapshot.timestamp_ns = limits.timestampPeriod;
}

void ReadProperties(VkPhysicalDevice device, DeviceSnapshot& snapshot) {
  VkPhysicalDeviceDriverProperties driver{.sType =
                                              VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES};
  VkPhysicalDeviceSubgroupProperties subgroup{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES};
  VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                         .pNext = &subgroup};
  if (snapshot.api_version >= VK_API_VERSION_1_2) subgroup.pNext = &driver;
  vkGetPhysicalDeviceProperties2(device, &properties);
  const VkPhysicalDeviceProperties& core = properties.properties;
  snapshot.name = core.deviceName;
  snapshot.driver_name = driver.driverName;
  snapshot.driver_text = driver.driverInfo;
  snapshot.kind = KindOf(core.deviceType);
  snapshot.driver_version = core.driverVersion;
  snapshot.vendor_id = core.vendorID;
  snapshot.device_id = core.deviceID;
  std::copy(std::begin(core.pipelineCacheUUID), std::end(core.pipelineCacheUUID),
            snapshot.pipeline_cache_uuid.begin());
  ReadLimits(core.limits, snapshot);
  if (subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT) {
    snapshot.subgroup_size = std::max(1u, subgroup.subgroupSize);
    snapshot.subgroup_shuffle = subgroup.supportedOperations & VK_SUBGROUP_FEATURE_SHUFFLE_BIT;
    snapshot.subgroup_ballot = subgroup.supportedOperations & VK_SUBGROUP_FEATURE_BALLOT_BIT;
  }
}

void ReadFeatures(VkPhysicalDevice device, DeviceSnapshot& snapshot) {
  if (snapshot.api_version < VK_API_VERSION_1_2 && !snapshot.timeline_extension) return;
  VkPhysicalDeviceTimelineSemaphoreFeatures timeline{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES};
  VkPhysicalDeviceFeatures2 features{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                     .pNext = &timeline};
  vkGetPhysicalDeviceFeatures2(device, &features);
  snapshot.timeline_semaphore = timeline.timelineSemaphore;
}

void ReadQueuesAndMemory(VkPhysicalDevice device, DeviceSnapshot& snapshot) {
  uint32_t count = 0;
  vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
  for (const VkQueueFamilyProperties& family : families) {
    snapshot.queue_families.push_back(
        {.compute = (family.queueFlags & VK_QUEUE_COMPUTE_BIT) != 0 && family.queueCount > 0,
         .graphics = (family.queueFlags & VK_QUEUE_GRAPHICS_BIT) != 0,
         .timestamp_bits = family.timestampValidBits});
  }
  VkPhysicalDeviceMemoryProperties memory;
  vkGetPhysicalDeviceMemoryProperties(device, &memory);
  for (uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
    const VkMemoryPropertyFlags flags = memory.memoryTypes[i].propertyFlags;
    snapshot.memory_types.push_back(
        {.device_local = (flags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) != 0,
         .host_visible = (flags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) != 0,
         .host_coherent = (flags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) != 0,
         .host_cached = (flags & VK_MEMORY_PROPERTY_HOST_CACHED_BIT) != 0,
         .heap = memory.memoryTypes[i].heapIndex,
         .heap_bytes =
             static_cast<int64_t>(memory.memoryHeaps[memory.memoryTypes[i].heapIndex].size)});
  }
}

}  // namespace

DeviceSnapshot ReadDeviceSnapshot(VkPhysicalDevice device) {
  DeviceSnapshot snapshot;
  VkPhysicalDeviceProperties core;
  vkGetPhysicalDeviceProperties(device, &core);
  snapshot.api_version = core.apiVersion;
  snapshot.compute_units = ReadCoreCount(device, ReadExtensions(device, snapshot));
  ReadProperties(device, snapshot);
  ReadFeatures(device, snapshot);
  ReadQueuesAndMemory(device, snapshot);
  return snapshot;
}

}  // namespace convoy::compute
