#include "compute/runtime/vulkan_trial.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <memory>
#include <set>
#include <string>

#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/runtime/step_times.h"
#include "compute/runtime/vulkan_device.h"
#include "compute/runtime/vulkan_tuning.h"

namespace convoy::compute {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

// A kernel is run for so long, but at most so often: GPUs raise their clocks under load.
constexpr double kTrialMilliseconds = 20;
constexpr int kFewestRuns = 3;
constexpr int kMostRuns = 50;
// Of the largest output, as in the self-test; halves keep 11 bits.
constexpr float kTolerance = 1e-5F;
constexpr float kHalfTolerance = 2e-3F;

// Packing steps beside it have other names.
constexpr char kStepName[] = "trial";

// Values in [-1, 1].
void FillInputs(size_t count, Session& session) {
  uint32_t state = 1;
  for (size_t i = 0; i < count; ++i) {
    const std::span<std::byte> input = session.input(static_cast<int>(i));
    for (size_t at = 0; at + sizeof(float) <= input.size(); at += sizeof(float)) {
      state = state * 1664525U + 1013904223U;
      const float value = static_cast<float>(state >> 8) / 8388608.0F - 1.0F;
      std::memcpy(input.data() + at, &value, sizeof(value));
    }
  }
}

absl::StatusOr<std::vector<float>> AnswerOf(const Plan& plan, Session& session) {
  FillInputs(plan.inputs.size(), session);
  CONVOY_RETURN_IF_ERROR(session.Run());
  const std::span<const std::byte> output = session.output(0);
  std::vector<float> values(output.size() / sizeof(float));
  std::memcpy(values.data(), output.data(), values.size() * sizeof(float));
  return values;
}

bool Agree(std::span<const float> given, std::span<const float> expected, float tolerance) {
  float largest = 1;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < expected.size(); ++i) {
    // Negated, so that NaN fails.
    if (!(std::abs(given[i] - expected[i]) <= tolerance * largest)) return false;
  }
  return true;
}

const StepReport* FindStep(const SessionReport& report) {
  for (const StepReport& step : report.steps) {
    if (step.step == kStepName) return &step;
  }
  return nullptr;
}

// Whether the kernels of a step, "conv_block_64x64_ssbo+conv_join_ssbo", include the shader.
bool Runs(std::string_view kernels, std::string_view shader) {
  const std::string_view name = shader.substr(shader.find('/') + 1);
  while (!kernels.empty()) {
    const std::string_view kernel = kernels.substr(0, kernels.find('+'));
    if (WithoutLoadPath(kernel) == name) return true;
    kernels.remove_prefix(std::min(kernels.size(), kernel.size() + 1));
  }
  return false;
}

// One run: of the step by the device's clock; of the whole session where it has none.
absl::StatusOr<double> TimeRuns(Session& session, int runs) {
  const absl::StatusOr<SessionReport> timed = session.Profile(runs);
  if (timed.ok()) return FindStep(*timed)->median_ms;
  if (!absl::IsUnimplemented(timed.status())) return timed.status();
  std::vector<double> times;
  for (int run = 0; run < runs; ++run) {
    const auto start = std::chrono::steady_clock::now();
    CONVOY_RETURN_IF_ERROR(session.Run());
    times.push_back(Milliseconds(std::chrono::steady_clock::now() - start).count());
  }
  return MedianOf(std::move(times));
}

absl::StatusOr<double> TimeKernel(Session& session) {
  CONVOY_ASSIGN_OR_RETURN(const double once, TimeRuns(session, 1));
  const double wanted = kTrialMilliseconds / std::max(once, 1e-3);
  return TimeRuns(session,
                  static_cast<int>(std::clamp(wanted, double{kFewestRuns}, double{kMostRuns})));
}

class Trial {
 public:
  Trial(const Plan& plan, VulkanRuntimeDevice& device) : plan_(plan), device_(device) {
    plan_.steps[0].name = kStepName;
  }

  absl::Status Begin() {
    CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<Session> session,
                            device_.CompileForced(plan_, {}));
    CONVOY_ASSIGN_OR_RETURN(expected_, AnswerOf(plan_, *session));
    return absl::OkStatus();
  }

  // Nothing where the kernel does not cover the step; then the table chose another one.
  absl::Status Try(const NamedKernel& kernel, std::vector<TimedKernel>& timed) {
    const std::string family(KernelFamily(plan_.steps[0].op));
    CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<Session> session,
                            device_.CompileForced(plan_, {{family, kernel.name}}));
    const std::string& runs = FindStep(session->report())->kernel;
    if (!Runs(runs, kernel.shader) || !tried_.insert(runs).second) return absl::OkStatus();
    CONVOY_ASSIGN_OR_RETURN(const std::vector<float> answer, AnswerOf(plan_, *session));
    const bool halves = device_.vulkan().plan().traits.half_storage;
    if (!Agree(answer, expected_, halves ? kHalfTolerance : kTolerance)) {
      return absl::DataLossError("another answer than the choice table's kernel");
    }
    CONVOY_ASSIGN_OR_RETURN(const double milliseconds, TimeKernel(*session));
    timed.push_back({kernel.name, milliseconds});
    return absl::OkStatus();
  }

 private:
  Plan plan_;
  VulkanRuntimeDevice& device_;
  std::vector<float> expected_;
  std::set<std::string> tried_;  // kernels of a step, as reports name them
};

}  // namespace

std::vector<TimedKernel> TimeKernels(const Plan& plan, std::span<const NamedKernel> kernels,
                                     VulkanRuntimeDevice& device) {
  std::vector<TimedKernel> timed;
  Trial trial(plan, device);
  if (const absl::Status status = trial.Begin(); !status.ok()) {
    LogDebug("no kernel of step '%s' is timed: %s", plan.steps[0].name, status.message());
    return timed;
  }
  for (const NamedKernel& kernel : kernels) {
    const absl::Status status = trial.Try(kernel, timed);
    if (status.ok()) continue;
    LogDebug("kernel '%s' is not timed for step '%s': %s", kernel.name, plan.steps[0].name,
             status.message());
  }
  return timed;
}

}  // namespace convoy::compute
