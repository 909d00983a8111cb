// How a device is used, decided from its snapshot alone: queue family, extensions, load path,
// memory types, limits. Pure, so that devices nobody has at hand are covered by tests.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/vulkan/device_snapshot.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

// What memory is for. kActivations and kWeights are written and read by kernels; kUpload is written
// by the host, kReadback read by it.
enum class MemoryIntent { kWeights, kActivations, kUpload, kReadback };
inline constexpr int kMemoryIntents = 4;

inline constexpr double kSubmissionSeconds = 0.1;

struct DevicePlan {
  uint32_t queue_family = 0;
  bool timestamps = false;
  std::vector<const char*> extensions;
  VulkanTraits traits;

  std::array<uint32_t, kMemoryIntents> memory_types{};
  std::array<bool, kMemoryIntents> host_visible{};
  std::array<int64_t, kMemoryIntents> heap_bytes{};
  // Kernels read inputs from kUpload memory and write outputs to kReadback memory: one memory for
  // both sides.
  bool shared_memory = false;

  int64_t max_storage_range = 0;   // bytes of one storage binding
  int64_t max_texel_elements = 0;  // vec4s of one texel view
  int64_t alignment = 256;         // of everything that is bound by itself

  // A driver's watchdog kills submissions that run for seconds (2 s on Linux' amdgpu and on
  // Windows), so a plan is cut into submissions of at most about kSubmissionSeconds, as far as a
  // single dispatch allows. Infinite for software drivers, which have no watchdog.
  double flops_per_submission = 0;

  bool shuffle_kernels = false;          // kernels that spread weights by subgroupShuffle
  bool broadcast_kernels = false;        // by subgroupBroadcast
  std::vector<std::string> workarounds;  // names of the rows of workarounds.h that apply
};

// FAILED_PRECONDITION names what the device lacks.
absl::StatusOr<DevicePlan> PlanDevice(const DeviceSnapshot& snapshot);

}  // namespace convoy::compute
