// The facts of one physical device as plain data, read once. Everything that is decided about a
// device (device_plan.h, workarounds.h) is decided from this, so that tests can decide about
// devices nobody has at hand. A value, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "volk.h"

namespace convoy::compute {

enum class VulkanDeviceKind { kOther, kIntegrated, kDiscrete, kVirtual, kCpu };

struct QueueFamilyFacts {
  bool compute = false;
  bool graphics = false;
  uint32_t timestamp_bits = 0;
};

struct MemoryTypeFacts {
  bool device_local = false;
  bool host_visible = false;
  bool host_coherent = false;
  bool host_cached = false;
  uint32_t heap = 0;
  int64_t heap_bytes = 0;
};

struct DeviceSnapshot {
  std::string name;         // "llvmpipe (LLVM 15.0.6, 512 bits)"
  std::string driver_name;  // "llvmpipe"
  std::string driver_text;  // "Mesa 22.3.6 (LLVM 15.0.6)"
  VulkanDeviceKind kind = VulkanDeviceKind::kOther;
  uint32_t api_version = VK_API_VERSION_1_1;
  uint32_t driver_version = 0;
  uint32_t vendor_id = 0;
  uint32_t device_id = 0;
  std::array<uint8_t, VK_UUID_SIZE> pipeline_cache_uuid{};

  bool timeline_semaphore = false;
  bool timeline_extension = false;  // needed where api_version < 1.2
  bool portability_subset = false;  // the extension is listed, so it must be enabled
  bool memory_budget = false;       // the extension is listed

  uint32_t subgroup_size = 1;
  bool subgroup_shuffle = false;  // in compute shaders
  bool subgroup_ballot = false;

  uint32_t max_workgroup_invocations = 128;
  uint32_t max_workgroup_size_x = 128;
  uint32_t max_workgroups = 65535;  // the smallest of the three dimensions
  int64_t max_shared_bytes = 16384;
  uint32_t compute_units = 0;  // that run workgroups side by side; 0 where no extension tells
  uint32_t max_storage_buffers = 4;
  uint32_t max_texel_buffers = 16;
  uint32_t max_push_bytes = 128;
  int64_t max_storage_range = int64_t{128} << 20;
  int64_t max_texel_elements = 65536;
  int64_t storage_alignment = 256;
  double timestamp_ns = 0;

  std::vector<QueueFamilyFacts> queue_families;
  std::vector<MemoryTypeFacts> memory_types;

  bool is_software() const { return kind == VulkanDeviceKind::kCpu; }
};

DeviceSnapshot ReadDeviceSnapshot(VkPhysicalDevice device);

}  // namespace convoy::compute
