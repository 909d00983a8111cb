#include "compute/vulkan/device_plan.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "compute/base/status.h"
#include "compute/vulkan/workarounds.h"

namespace convoy::compute {
namespace {

constexpr uint32_t kStorageBindings = 5;
constexpr uint32_t kTexelBindings = 4;
constexpr uint32_t kPushBytes = 128;

absl::Status CheckRequirements(const DeviceSnapshot& s) {
  if (s.api_version < VK_API_VERSION_1_1) {
    return absl::FailedPreconditionError(
        absl::StrFormat("Vulkan device '%s' has API version %d.%d, but 1.1 is needed", s.name,
                        VK_API_VERSION_MAJOR(s.api_version), VK_API_VERSION_MINOR(s.api_version)));
  }
  if (!s.timeline_semaphore) {
    return absl::FailedPreconditionError(
        absl::StrFormat("Vulkan device '%s' has no timeline semaphores", s.name));
  }
  if (s.max_storage_buffers < kStorageBindings || s.max_texel_buffers < kTexelBindings ||
      s.max_push_bytes < kPushBytes) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "Vulkan device '%s' offers a shader %d storage buffers, %d texel buffers and %d bytes of "
        "push constants, but %d, %d and %d are needed",
        s.name, s.max_storage_buffers, s.max_texel_buffers, s.max_push_bytes, kStorageBindings,
        kTexelBindings, kPushBytes));
  }
  return absl::OkStatus();
}

// A family without graphics: it is not shared with a desktop.
std::optional<uint32_t> ChooseQueueFamily(const DeviceSnapshot& s) {
  std::optional<uint32_t> chosen;
  for (uint32_t i = 0; i < s.queue_families.size(); ++i) {
    const QueueFamilyFacts& family = s.queue_families[i];
    if (!family.compute) continue;
    if (!family.graphics) return i;
    if (!chosen.has_value()) chosen = i;
  }
  return chosen;
}

// How well a memory type serves an intent; negative: not at all. Host memory is always coherent, so
// that nothing is ever flushed; every device has such a type.
int Score(const MemoryTypeFacts& type, MemoryIntent intent, bool shared_memory) {
  const bool host = type.host_visible && type.host_coherent;
  switch (intent) {
    case MemoryIntent::kWeights:  // written once: directly where that is possible
      return (type.device_local ? 4 : 0) + (host ? 1 : 0);
    case MemoryIntent::kActivations:
      return (type.device_local ? 4 : 0) + (shared_memory && host ? 1 : 0);
    case MemoryIntent::kUpload:
      if (!host) return -1;
      return (shared_memory == type.device_local ? 2 : 0) + (type.host_cached ? 0 : 1);
    case MemoryIntent::kReadback:
      if (!host) return -1;
      return (type.host_cached ? 4 : 0) + (shared_memory == type.device_local ? 1 : 0);
  }
  return -1;
}

absl::Status ChooseMemory(const DeviceSnapshot& s, DevicePlan& plan) {
  for (int i = 0; i < kMemoryIntents; ++i) {
    int best = -1;
    for (uint32_t type = 0; type < s.memory_types.size(); ++type) {
      const int score =
          Score(s.memory_types[type], static_cast<MemoryIntent>(i), plan.shared_memory);
      if (score <= best) continue;
      best = score;
      plan.memory_types[i] = type;
    }
    if (best < 0) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "Vulkan device '%s' has no coherent memory that the host can map", s.name));
    }
    const MemoryTypeFacts& chosen = s.memory_types[plan.memory_types[i]];
    plan.host_visible[i] = chosen.host_visible && chosen.host_coherent;
    plan.heap_bytes[i] = chosen.heap_bytes;
  }
  return absl::OkStatus();
}

VulkanTraits ChooseTraits(const DeviceSnapshot& s) {
  VulkanTraits traits;
  traits.software = s.is_software();
  traits.texel_loads = s.is_software();
  traits.subgroup_size = s.subgroup_size;
  // One subgroup a workgroup is fastest on software drivers: more only lengthen each thread's turn.
  const uint32_t wanted = s.is_software() ? s.subgroup_size : 64;
  traits.default_local_size =
      std::min({std::max(1u, wanted), s.max_workgroup_invocations, s.max_workgroup_size_x});
  traits.max_groups = s.max_workgroups;
  // Others keep no shared memory apart from their caches, or have none that is faster than those:
  // ncnn switches it off for every GPU that is not discrete.
  traits.shared_blocks =
      s.kind == VulkanDeviceKind::kDiscrete || s.kind == VulkanDeviceKind::kVirtual;
  traits.max_local_size = std::min(s.max_workgroup_invocations, s.max_workgroup_size_x);
  traits.shared_bytes = s.max_shared_bytes;
  if (s.compute_units > 0) traits.compute_units = s.compute_units;
  return traits;
}

// What a slow device of the kind reaches in our kernels: a fifth of the peak of its slowest users,
// 50 GFLOP/s of a phone's or board's GPU and 1 TFLOP/s of a small card.
double LeastFlopsPerSecond(const DeviceSnapshot& s) {
  const bool card = s.kind == VulkanDeviceKind::kDiscrete || s.kind == VulkanDeviceKind::kVirtual;
  return card ? 200e9 : 10e9;
}

}  // namespace

absl::StatusOr<DevicePlan> PlanDevice(const DeviceSnapshot& s) {
  CONVOY_RETURN_IF_ERROR(CheckRequirements(s));
  DevicePlan plan;
  const std::optional<uint32_t> family = ChooseQueueFamily(s);
  if (!family.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrFormat("Vulkan device '%s' has no compute queue", s.name));
  }
  plan.queue_family = *family;
  plan.timestamps = s.queue_families[*family].timestamp_bits > 0 && s.timestamp_ns > 0;
  if (s.api_version < VK_API_VERSION_1_2) {
    plan.extensions.push_back(VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME);
  }
  if (s.portability_subset) plan.extensions.push_back("VK_KHR_portability_subset");
  plan.traits = ChooseTraits(s);
  plan.shared_memory = s.kind == VulkanDeviceKind::kCpu || s.kind == VulkanDeviceKind::kIntegrated;
  CONVOY_RETURN_IF_ERROR(ChooseMemory(s, plan));
  plan.max_storage_range = s.max_storage_range;
  plan.max_texel_elements = s.max_texel_elements;
  plan.alignment = std::max<int64_t>(256, s.storage_alignment);
  plan.flops_per_submission = s.is_software() ? std::numeric_limits<double>::infinity()
                                              : kSubmissionSeconds * LeastFlopsPerSecond(s);
  // 1, 2 and 4 lanes would leave more shuffling than arithmetic.
  plan.shuffle_kernels = s.is_software() && s.subgroup_shuffle && s.subgroup_size >= 8;
  for (const Workaround& workaround : AllWorkarounds()) {
    if (!workaround.applies(s)) continue;
    workaround.apply(plan);
    plan.workarounds.emplace_back(workaround.name);
  }
  return plan;
}

}  // namespace convoy::compute
