#include "tests/conformance/problem_run.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "compute/base/status.h"
#include "compute/plan/plan.h"

namespace convoy::testing {
namespace {

using compute::HostTensor;
using compute::Plan;
using compute::TensorSpec;

void FillRandom(std::span<float> values, const ValueRange& range, std::minstd_rand& random) {
  // Sixteen bits each: a distribution of the standard library may differ from one to the next.
  for (float& value : values) {
    const float share = static_cast<float>(random() >> 8 & 0xFFFF) / 65535;
    value = range.least + (range.most - range.least) * share;
  }
}

int AddValue(Plan& plan, std::string name, compute::Shape shape) {
  plan.values.push_back({std::move(name), {compute::DType::kFloat32, std::move(shape)}, nullptr});
  return static_cast<int>(plan.values.size()) - 1;
}

// A maximum over one pixel: the identity of images.
int AddIdentityPool(Plan& plan, int value) {
  compute::PoolParams params;
  const compute::Shape shape = plan.values[value].spec.shape;
  params.window.rank = shape.rank() - 2;
  const std::string name = absl::StrFormat("pool_%d", value);
  const int pooled = AddValue(plan, name, shape);
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
    int value = AddValue(plan, absl::StrFormat("operand_%d", i), operand.shape);
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
  int output = AddValue(plan, "output", problem.output.shape);
  step.outputs.push_back(output);
  plan.steps.push_back(std::move(step));
  if (surroundings == Surroundings::kBetweenPools) output = AddIdentityPool(plan, output);
  plan.outputs.push_back(output);
  return plan;
}

bool IsImage(const compute::Shape& shape) { return shape.rank() >= 3 && shape.rank() <= 5; }

}  // namespace

bool FitsBetweenPools(const Problem& problem) {
  return IsImage(problem.output.shape) &&
         std::all_of(problem.operands.begin(), problem.operands.end(), [](const Operand& operand) {
           return operand.constant || IsImage(operand.shape);
         });
}

std::vector<HostTensor> RandomOperands(const Problem& problem, uint32_t seed) {
  std::minstd_rand random(seed);
  std::vector<HostTensor> operands;
  for (const Operand& operand : problem.operands) {
    HostTensor& tensor = operands.emplace_back(TensorSpec{compute::DType::kFloat32, operand.shape});
    FillRandom(tensor.mutable_data<float>(), operand.range, random);
  }
  return operands;
}

void ChangeOtherRows(const Problem& problem, int64_t row, uint32_t seed,
                     std::vector<HostTensor>& operands) {
  std::minstd_rand random(seed);
  for (size_t i = 0; i < operands.size(); ++i) {
    if (problem.operands[i].constant) continue;
    const std::span<float> values = operands[i].mutable_data<float>();
    const size_t stride = values.size() / static_cast<size_t>(problem.operands[i].shape[0]);
    const std::span<float> own = values.subspan(static_cast<size_t>(row) * stride, stride);
    const std::vector<float> kept(own.begin(), own.end());
    FillRandom(values, problem.operands[i].range, random);
    std::copy(kept.begin(), kept.end(), own.begin());
  }
}

HostTensor Expected(const Problem& problem, const std::vector<HostTensor>& operands) {
  HostTensor output(problem.output);
  std::vector<compute::TensorView> views;
  for (const HostTensor& operand : operands) views.push_back(operand.view());
  const compute::MutableTensorView result = output.mutable_view();
  RunReference(problem.op, views, {&result, 1});
  return output;
}

absl::StatusOr<std::unique_ptr<compute::Session>> CompileProblem(
    compute::Device& device, const Problem& problem, const std::vector<HostTensor>& operands,
    Surroundings surroundings) {
  const Plan plan = MakePlan(problem, operands, surroundings);
  CONVOY_RETURN_IF_ERROR(VerifyPlan(plan));
  return device.Compile(plan);
}

absl::StatusOr<std::vector<float>> RunProblem(compute::Session& session, const Problem& problem,
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
  const std::span<const std::byte> bytes = session.output(0);
  std::vector<float> output(bytes.size() / sizeof(float));
  std::memcpy(output.data(), bytes.data(), bytes.size());
  return output;
}

}  // namespace convoy::testing
