#include "compute/runtime/vulkan_tuning.h"

#include <string>

#include "absl/strings/str_format.h"
#include "compute/base/cache_file.h"
#include "compute/runtime/split_plan.h"
#include "compute/runtime/vulkan_device.h"
#include "compute/runtime/vulkan_trial.h"
#include "compute/vulkan/cache_key.h"

namespace convoy::compute {
namespace {

std::string TuneFile(const DeviceSnapshot& s) {
  return CacheFilePath(
      absl::StrFormat("tune-%08x-%08x-%d", s.vendor_id, s.device_id, s.subgroup_size));
}

// All that the times of a step depend on, but the device.
std::string ProblemOf(const Plan& plan, const PlanStep& step, const VulkanTraits& traits,
                      int threads) {
  std::string problem = absl::StrFormat("%s %s", OpName(step.op), AttributesOf(step.op));
  for (const int input : step.inputs) {
    absl::StrAppendFormat(&problem, " %s", plan.values[input].spec.ToString());
  }
  for (const int output : step.outputs) {
    absl::StrAppendFormat(&problem, " %s", plan.values[output].spec.ToString());
  }
  if (traits.half_storage) problem += " halves";
  if (threads > 0) absl::StrAppendFormat(&problem, " %d threads", threads);
  return problem;
}

// Every step as a plan of its own.
std::vector<PlanPart> StepsApart(const Plan& plan) {
  std::vector<bool> second(plan.steps.size());
  for (size_t i = 0; i < second.size(); ++i) second[i] = i % 2 == 1;
  return SplitPlan(plan, second);
}

std::vector<NamedKernel> UsableKernels(std::string_view family, const VulkanKernels& kernels) {
  std::vector<NamedKernel> usable;
  for (NamedKernel& kernel : KernelsOfFamily(family)) {
    if (kernels.Usable(kernel.shader)) usable.push_back(std::move(kernel));
  }
  return usable;
}

}  // namespace

std::string_view KernelFamily(const OpParams& op) {
  if (std::holds_alternative<ConvParams>(op)) return "conv";
  if (std::holds_alternative<ConvTransposeParams>(op)) return "upconv";
  return std::holds_alternative<GemmParams>(op) ? "gemm" : "";
}

VulkanTuning::VulkanTuning(TuneMode mode, const DeviceSnapshot& snapshot, int threads)
    : tuner_(mode, TuneFile(snapshot), CacheKey(snapshot)),
      threads_(snapshot.is_software() ? threads : 0) {}

std::vector<KernelChoice> VulkanTuning::Choose(const Plan& plan, VulkanRuntimeDevice& device) {
  std::vector<KernelChoice> choices(plan.steps.size());
  const VulkanTraits& traits = device.vulkan().plan().traits;
  // Times of one batch size say nothing about another, so they must not decide there.
  if (tuner_.mode() == TuneMode::kOff || traits.batch_invariant) return choices;
  tuner_.Load();
  std::vector<PlanPart> parts;
  if (tuner_.mode() == TuneMode::kTimed) parts = StepsApart(plan);
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const PlanStep& step = plan.steps[i];
    const std::string_view family = KernelFamily(step.op);
    const bool chosen_by_table = family.empty() || !device.kernels().Forced(family).empty() ||
                                 plan.values[step.inputs[1]].constant == nullptr;
    if (chosen_by_table) continue;
    const std::vector<NamedKernel> usable = UsableKernels(family, device.kernels());
    std::vector<std::string> candidates = {""};
    for (const NamedKernel& kernel : usable) candidates.push_back(kernel.name);
    std::function<std::vector<TimedKernel>()> measure;
    if (!parts.empty()) measure = [&] { return TimeKernels(parts[i].plan, usable, device); };
    choices[i] = tuner_.Choose(ProblemOf(plan, step, traits, threads_), candidates, measure);
  }
  tuner_.Save();
  return choices;
}

}  // namespace convoy::compute
