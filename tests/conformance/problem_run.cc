#include "tests/conformance/problem_run.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <type_traits>

#include "compute/base/status.h"
#include "compute/ops/elements.h"
#include "compute/plan/plan.h"
#include "compute/tensor/half.h"

namespace convoy::testing {
namespace {

using compute::HostTensor;
using compute::Plan;
using compute::TensorSpec;

void FillRandom(const compute::MutableTensorView& tensor, const ValueRange& range,
                std::minstd_rand& random) {
  compute::VisitElements(tensor, [&]<typename T>(std::span<T> values) {
    for (T& value : values) {
      // Sixteen bits each: a distribution of the standard library may differ from one to the next.
      const float share = static_cast<float>(random() >> 8 & 0xFFFF) / 65535;
      const float drawn = range.least + (range.most - range.least) * share;
      if constexpr (std::is_same_v<T, compute::Bool>) {
        value = T(share < 0.5F);
      } else if constexpr (std::is_integral_v<T>) {
        value = static_cast<T>(std::lround(drawn));
      } else {
        value = T(drawn);
      }
    }
  });
}

void FillOperand(const Operand& operand, const compute::MutableTensorView& tensor,
                 std::minstd_rand& random) {
  if (operand.fill) {
    operand.fill(static_cast<uint32_t>(random()), tensor);
  } else {
    FillRandom(tensor, operand.range, random);
  }
}

int AddValue(Plan& plan, std::string name, TensorSpec spec) {
  plan.values.push_back({std::move(name), std::move(spec), nullptr});
  return static_cast<int>(plan.values.size()) - 1;
}

// A maximum over one pixel: the identity of images.
int AddIdentityPool(Plan& plan, int value) {
  compute::PoolParams params;
  const TensorSpec spec = plan.values[value].spec;
  params.window.rank = spec.shape.rank() - 2;
  const std::string name = absl::StrFormat("pool_%d", value);
  const int pooled = AddValue(plan, name, spec);
  plan.steps.push_back({name, params, {value}, {pooled}});
  return pooled;
}

Plan MakePlan(const Problem& problem, const std::vector<HostTensor>& operands,
              Surroundings surroundings) {
  Plan plan;
  plan.name = "conformance";
  compute::PlanStep step{"case", problem.op, {}, {}};
  for (size_t i = 0; i < operands.size(); ++i) {
    const Operand& operand = problem.operands[i];
    int value = AddValue(plan, absl::StrFormat("operand_%d", i), operands[i].spec());
    if (operand.constant) {
      auto tensor = std::make_shared<HostTensor>(operands[i].spec());
      std::memcpy(tensor->bytes().data(), operands[i].bytes().data(), tensor->bytes().size());
      plan.values[value].constant = std::move(tensor);
    } else {
      plan.inputs.push_back(value);
      if (surroundings == Surroundings::kBetweenPools) value = AddIdentityPool(plan, value);
    }
    step.inputs.push_back(value);
  }
  for (const TensorSpec& output : problem.outputs) {
    step.outputs.push_back(AddValue(plan, "output", output));
  }
  plan.outputs = step.outputs;
  plan.steps.push_back(std::move(step));
  if (surroundings == Surroundings::kBetweenPools) {
    for (int& output : plan.outputs) output = AddIdentityPool(plan, output);
  }
  return plan;
}

bool IsImage(const TensorSpec& spec) {
  return spec.dtype == compute::DType::kFloat32 && spec.shape.rank() >= 3 && spec.shape.rank() <= 5;
}

}  // namespace

bool FitsBetweenPools(const Problem& problem) {
  return std::all_of(problem.outputs.begin(), problem.outputs.end(), IsImage) &&
         std::all_of(problem.operands.begin(), problem.operands.end(), [](const Operand& operand) {
           return operand.constant || IsImage({operand.dtype, operand.shape});
         });
}

std::vector<HostTensor> RandomOperands(const Problem& problem, uint32_t seed) {
  std::minstd_rand random(seed);
  std::vector<HostTensor> operands;
  for (const Operand& operand : problem.operands) {
    HostTensor& tensor = operands.emplace_back(TensorSpec{operand.dtype, operand.shape});
    FillOperand(operand, tensor.mutable_view(), random);
  }
  return operands;
}

void RoundToHalves(std::vector<HostTensor>& operands) {
  for (HostTensor& operand : operands) {
    if (operand.spec().dtype != compute::DType::kFloat32) continue;
    for (float& value : operand.mutable_data<float>()) {
      value = compute::HalfToFloat(compute::FloatToHalf(value));
    }
  }
}

void ChangeOtherRows(const Problem& problem, int64_t row, uint32_t seed,
                     std::vector<HostTensor>& operands) {
  std::minstd_rand random(seed);
  for (size_t i = 0; i < operands.size(); ++i) {
    if (problem.operands[i].constant) continue;
    const std::span<std::byte> bytes = operands[i].bytes();
    const size_t stride = bytes.size() / static_cast<size_t>(problem.operands[i].shape[0]);
    const std::span<std::byte> own = bytes.subspan(static_cast<size_t>(row) * stride, stride);
    const std::vector<std::byte> kept(own.begin(), own.end());
    FillOperand(problem.operands[i], operands[i].mutable_view(), random);
    std::copy(kept.begin(), kept.end(), own.begin());
  }
}

std::vector<HostTensor> Expected(const Problem& problem, const std::vector<HostTensor>& operands) {
  std::vector<HostTensor> outputs;
  std::vector<compute::MutableTensorView> results;
  for (const TensorSpec& output : problem.outputs) {
    results.push_back(outputs.emplace_back(output).mutable_view());
  }
  std::vector<compute::TensorView> views;
  for (const HostTensor& operand : operands) views.push_back(operand.view());
  RunReference(problem.op, views, results);
  return outputs;
}

absl::StatusOr<std::unique_ptr<compute::Session>> CompileProblem(
    compute::Device& device, const Problem& problem, const std::vector<HostTensor>& operands,
    Surroundings surroundings) {
  const Plan plan = MakePlan(problem, operands, surroundings);
  CONVOY_RETURN_IF_ERROR(VerifyPlan(plan));
  return device.Compile(plan);
}

absl::StatusOr<std::vector<HostTensor>> RunProblem(compute::Session& session,
                                                   const Problem& problem,
                                                   const std::vector<HostTensor>& operands) {
  int input = 0;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (problem.operands[i].constant) continue;
    const std::span<std::byte> target = session.input(input++);
    if (target.size() != operands[i].bytes().size()) {
      return absl::InternalError(absl::StrFormat("input %d has %d bytes, but its tensor has %d",
                                                 input - 1, target.size(),
                                                 operands[i].bytes().size()));
    }
    std::memcpy(target.data(), operands[i].bytes().data(), target.size());
  }
  CONVOY_RETURN_IF_ERROR(session.Run());
  std::vector<HostTensor> outputs;
  for (const TensorSpec& spec : problem.outputs) {
    const std::span<const std::byte> bytes = session.output(static_cast<int>(outputs.size()));
    HostTensor& output = outputs.emplace_back(spec);
    if (bytes.size() != output.bytes().size()) {
      return absl::InternalError(absl::StrFormat("output %d has %d bytes, but should be %s",
                                                 outputs.size() - 1, bytes.size(),
                                                 spec.ToString()));
    }
    std::memcpy(output.bytes().data(), bytes.data(), bytes.size());
  }
  return outputs;
}

std::string FirstDifference(const HostTensor& actual, const HostTensor& expected, double bound) {
  const std::vector<double> got = compute::ReadElements<double>(actual.view());
  const std::vector<double> wanted = compute::ReadElements<double>(expected.view());
  double largest = 1;
  for (const double value : wanted) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  const double allowed = compute::IsFloat(expected.spec().dtype) ? bound * largest : 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(got[i] - wanted[i]);
    const bool same = got[i] == wanted[i] || (std::isnan(got[i]) && std::isnan(wanted[i]));
    if (same || error <= allowed) continue;
    return absl::StrFormat("value %d is %.9g instead of %.9g: error %.3g, allowed %.3g", i, got[i],
                           wanted[i], error, allowed);
  }
  return "";
}

}  // namespace convoy::testing
