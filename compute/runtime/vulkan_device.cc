#include "compute/runtime/vulkan_device.h"

#include <algorithm>

#include "compute/base/cache_file.h"
#include "compute/base/status.h"
#include "compute/runtime/vulkan_recorder.h"
#include "compute/runtime/vulkan_run.h"
#include "compute/vulkan/device_memory.h"

namespace convoy::compute {
namespace {

// One file a device and driver, so that two GPUs do not overwrite each other's.
std::string PipelineCacheFile(const DeviceSnapshot& snapshot) {
  std::string uuid;
  for (const uint8_t byte : snapshot.pipeline_cache_uuid) {
    uuid += absl::StrFormat("%02x", byte);
  }
  return CacheFilePath(
      absl::StrFormat("pipelines-%08x-%08x-%s", snapshot.vendor_id, snapshot.device_id, uuid));
}

}  // namespace

VulkanRuntimeDevice::VulkanRuntimeDevice(std::unique_ptr<VulkanDevice> device, DeviceFacts facts,
                                         std::map<std::string, std::string, std::less<>> forced,
                                         TuneMode tune, int threads)
    : device_(std::move(device)),
      facts_(std::move(facts)),
      pipelines_(*device_, PipelineCacheFile(device_->snapshot())),
      kernels_(*device_, pipelines_, std::move(forced)),
      tuning_(tune, device_->snapshot(), threads),
      weights_(*device_) {}

VulkanRuntimeDevice::~VulkanRuntimeDevice() = default;

std::optional<DeviceMemory> VulkanRuntimeDevice::ReadMemory() const {
  if (memory_source_ == VK_NULL_HANDLE) return std::nullopt;
  const LocalHeaps heaps = ReadLocalHeaps(memory_source_);
  return DeviceMemory{.total_bytes = heaps.total_bytes,
                      .budget_bytes = heaps.budget_bytes,
                      .used_bytes = heaps.used_bytes};
}

void VulkanRuntimeDevice::SetVerdicts(std::vector<KernelVerdict> verdicts) {
  for (const KernelVerdict& verdict : verdicts) {
    if (!verdict.passed) kernels_.SetAside(verdict.kernel, verdict.reason);
  }
  facts_.verdicts = std::move(verdicts);
}

absl::StatusOr<std::unique_ptr<Session>> VulkanRuntimeDevice::Compile(const Plan& plan) {
  CONVOY_RETURN_IF_ERROR(VerifyPlan(plan));
  const std::vector<KernelChoice> choices = tuning_.Choose(plan, *this);
  absl::StatusOr<std::unique_ptr<Session>> session = CompileWith(plan, kernels_, choices);
  const bool by_times = std::ranges::any_of(
      choices, [](const KernelChoice& choice) { return !choice.kernel.empty(); });
  // A kernel that was set aside since it was timed.
  if (by_times && absl::IsUnimplemented(session.status())) {
    session = CompileWith(plan, kernels_, {});
  }
  return session;
}

absl::StatusOr<std::unique_ptr<Session>> VulkanRuntimeDevice::CompileForced(
    const Plan& plan, std::map<std::string, std::string, std::less<>> forced) {
  CONVOY_RETURN_IF_ERROR(VerifyPlan(plan));
  VulkanKernels kernels = kernels_.WithForced(std::move(forced));
  return CompileWith(plan, kernels, {});
}

absl::StatusOr<std::unique_ptr<Session>> VulkanRuntimeDevice::CompileWith(
    const Plan& plan, VulkanKernels& kernels, std::span<const KernelChoice> choices) {
  const std::lock_guard<std::mutex> lock(compile_mutex_);
  PlanRecorder recorder(device_->plan(), kernels, weights_, choices);
  absl::StatusOr<RecordedPlan> recorded = recorder.Record(plan);
  // Also after an error: what was packed must not wait for the next plan.
  const absl::Status flushed = weights_.Flush();
  if (!recorded.ok()) return recorded.status();
  CONVOY_RETURN_IF_ERROR(
      WithContext(flushed, absl::StrFormat("while uploading the weights of plan '%s'", plan.name)));
  absl::StatusOr<std::unique_ptr<VulkanSession>> session =
      VulkanSession::Create(*device_, *std::move(recorded));
  if (!session.ok()) {
    return WithContext(session.status(), absl::StrFormat("while compiling plan '%s'", plan.name));
  }
  pipelines_.Save();
  return std::unique_ptr<Session>(*std::move(session));
}

}  // namespace convoy::compute
