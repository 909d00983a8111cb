#include "compute/runtime/layer_errors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "compute/base/status.h"
#include "compute/runtime/split_plan.h"
#include "compute/runtime/step_kernels.h"
#include "compute/tensor/visit.h"

namespace convoy::compute {
namespace {

constexpr double kInfinitelyWrong = std::numeric_limits<double>::infinity();

double Difference(double actual, double expected) {
  if (actual == expected || (std::isnan(actual) && std::isnan(expected))) return 0;
  const double difference = std::abs(actual - expected);
  return std::isfinite(difference) ? difference : kInfinitelyWrong;
}

template <typename T>
double ToDouble(T value) {
  if constexpr (std::is_same_v<T, Bool>) {
    return static_cast<bool>(value) ? 1 : 0;
  } else {
    return static_cast<double>(value);
  }
}

template <typename T>
void Compare(std::span<const T> actual, std::span<const T> expected, LayerError& error) {
  for (size_t i = 0; i < expected.size(); ++i) {
    const double value = ToDouble(expected[i]);
    error.max_abs = std::max(error.max_abs, Difference(ToDouble(actual[i]), value));
    if (std::isfinite(value)) error.largest = std::max(error.largest, std::abs(value));
  }
}

// One device's values of a plan, from part to part.
class Runner {
 public:
  Runner(Device& device, size_t values) : device_(device), held_(values) {}

  absl::Status Run(const PlanPart& part) {
    CONVOY_ASSIGN_OR_RETURN(session_, device_.Compile(part.plan));
    for (size_t i = 0; i < part.inputs.size(); ++i) {
      const std::span<const std::byte> from = held_[part.inputs[i]].bytes();
      std::memcpy(session_->input(static_cast<int>(i)).data(), from.data(), from.size());
    }
    return session_->Run();
  }

  TensorView Output(const PlanPart& part, size_t i) const {
    return {part.plan.values[part.plan.outputs[i]].spec, session_->output(static_cast<int>(i))};
  }

  void Hold(int value, const TensorView& tensor) {
    held_[value] = HostTensor(tensor.spec);
    std::memcpy(held_[value].bytes().data(), tensor.bytes.data(), tensor.bytes.size());
  }
  void Release(int value) { held_[value] = HostTensor(); }

  std::vector<std::string> Kernels(const PlanPart& part) const {
    return KernelsOfSteps(part.plan, session_->report());
  }

 private:
  Device& device_;
  std::vector<HostTensor> held_;  // by value of the whole plan
  std::unique_ptr<Session> session_;
};

absl::Status CheckInputs(const Plan& plan, std::span<const HostTensor> inputs) {
  if (inputs.size() != plan.inputs.size()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "plan '%s' has %d inputs, but %d are given", plan.name, plan.inputs.size(), inputs.size()));
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TensorSpec& spec = plan.values[plan.inputs[i]].spec;
    if (inputs[i].spec() == spec) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("input %d of plan '%s' is %s, but %s is given", i, plan.name,
                        spec.ToString(), inputs[i].spec().ToString()));
  }
  return absl::OkStatus();
}

// Parts whose outputs are all that their steps compute, no more than `max_output_bytes` each unless
// one step makes more.
std::vector<PlanPart> PartsOf(const Plan& plan, int64_t max_output_bytes) {
  Plan open = plan;
  open.outputs.clear();
  std::vector<bool> odd;  // neighbours of one kind make a part
  int64_t bytes = 0;
  for (const PlanStep& step : plan.steps) {
    int64_t made = 0;
    for (const int output : step.outputs) made += plan.values[output].spec.bytes();
    const bool cut = !odd.empty() && bytes + made > max_output_bytes;
    odd.push_back(!odd.empty() && odd.back() != cut);
    bytes = cut ? made : bytes + made;
    open.outputs.insert(open.outputs.end(), step.outputs.begin(), step.outputs.end());
  }
  return SplitPlan(open, odd);
}

// The last part that reads each value; -1 when none does.
std::vector<int> LastReaders(const Plan& plan, const std::vector<PlanPart>& parts) {
  std::vector<int> last(plan.values.size(), -1);
  for (size_t i = 0; i < parts.size(); ++i) {
    for (const int input : parts[i].inputs) last[input] = static_cast<int>(i);
  }
  return last;
}

void Append(const PlanPart& part, const Runner& device, const Runner& reference,
            std::vector<LayerError>& errors) {
  const std::vector<std::string> kernels = device.Kernels(part);
  std::vector<size_t> output_of(part.plan.values.size());
  for (size_t i = 0; i < part.plan.outputs.size(); ++i) output_of[part.plan.outputs[i]] = i;
  for (size_t at = 0; at < kernels.size(); ++at) {
    const PlanStep& step = part.plan.steps[at];
    for (const int value : step.outputs) {
      const size_t output = output_of[value];
      LayerError error =
          CompareTensors(device.Output(part, output), reference.Output(part, output));
      error.step = step.name;
      error.op = OpName(step.op);
      error.kernel = kernels[at];
      errors.push_back(std::move(error));
    }
  }
}

// Holds what parts behind part `at` read of its outputs, and lets go what it was the last to read.
void HoldForLater(const PlanPart& part, int at, const std::vector<int>& last_reader, Runner& tested,
                  Runner& expected) {
  for (size_t output = 0; output < part.outputs.size(); ++output) {
    if (last_reader[part.outputs[output]] <= at) continue;
    tested.Hold(part.outputs[output], tested.Output(part, output));
    expected.Hold(part.outputs[output], expected.Output(part, output));
  }
  for (const int input : part.inputs) {
    if (last_reader[input] != at) continue;
    tested.Release(input);
    expected.Release(input);
  }
}

}  // namespace

LayerError CompareTensors(const TensorView& actual, const TensorView& expected) {
  LayerError error;
  error.spec = expected.spec;
  VisitType(expected.spec.dtype,
            [&]<typename T>() { Compare(actual.data<T>(), expected.data<T>(), error); });
  if (error.max_abs > 0) {
    error.relative = error.largest > 0 ? error.max_abs / error.largest : kInfinitelyWrong;
  }
  return error;
}

absl::StatusOr<std::vector<LayerError>> CompareLayers(const Plan& plan, Device& device,
                                                      Device& reference,
                                                      std::span<const HostTensor> inputs,
                                                      const LayerErrorOptions& options) {
  CONVOY_RETURN_IF_ERROR(VerifyPlan(plan));
  CONVOY_RETURN_IF_ERROR(CheckInputs(plan, inputs));
  const std::vector<PlanPart> parts = PartsOf(plan, options.max_output_bytes);
  const std::vector<int> last_reader = LastReaders(plan, parts);
  Runner tested(device, plan.values.size());
  Runner expected(reference, plan.values.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    tested.Hold(plan.inputs[i], inputs[i].view());
    expected.Hold(plan.inputs[i], inputs[i].view());
  }
  std::vector<LayerError> errors;
  size_t steps = 0;
  const auto tell = [&] {
    if (options.progress) options.progress(steps, plan.steps.size());
  };
  tell();
  for (size_t i = 0; i < parts.size(); ++i) {
    const PlanPart& part = parts[i];
    CONVOY_RETURN_IF_ERROR(tested.Run(part));
    CONVOY_RETURN_IF_ERROR(expected.Run(part));
    Append(part, tested, expected, errors);
    steps += part.plan.steps.size();
    tell();
    HoldForLater(part, static_cast<int>(i), last_reader, tested, expected);
  }
  return errors;
}

}  // namespace convoy::compute
