#include "tests/compute/runtime/cpu_plans.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/runtime/reference_session.h"
#include "gtest/gtest.h"

namespace convoy::testing {

using compute::HostTensor;
using compute::Shape;
using compute::TensorSpec;

int PlanDraft::Add(TensorSpec spec) {
  const int value = static_cast<int>(plan_.values.size());
  plan_.values.push_back({absl::StrFormat("v%d", value), std::move(spec), nullptr});
  return value;
}

int PlanDraft::Input(const Shape& shape) {
  plan_.inputs.push_back(Add({compute::DType::kFloat32, shape}));
  return plan_.inputs.back();
}

int PlanDraft::Weights(const Shape& shape, float scale) { return Weights(shape, -scale, scale); }

int PlanDraft::Weights(const Shape& shape, float low, float high) {
  const int value = Add({compute::DType::kFloat32, shape});
  plan_.values[value].constant = std::make_shared<const HostTensor>(
      HostTensor::FromFloats(shape, RandomFloats(shape.elements(), seed_++, low, high)));
  return value;
}

int PlanDraft::Step(compute::OpParams op, std::vector<int> inputs) {
  std::vector<TensorSpec> specs;
  for (const int input : inputs) specs.push_back(plan_.values[input].spec);
  const absl::StatusOr<compute::TensorSpecs> made = compute::InferShapes(op, specs);
  if (!made.ok()) {
    compute::LogError("a test builds a wrong step: %s", made.status().message());
    std::abort();
  }
  const int output = Add((*made)[0]);
  const std::string name(compute::OpName(op));
  plan_.steps.push_back({name, std::move(op), std::move(inputs), {output}});
  return output;
}

std::vector<float> RandomFloats(int64_t count, uint32_t seed, float low, float high) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> distribution(low, high);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = distribution(random);
  return values;
}

std::vector<std::vector<float>> RunRandom(compute::Session& session, const compute::Plan& plan,
                                          uint32_t seed) {
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    const int index = static_cast<int>(i);
    const std::span<std::byte> input = session.input(index);
    const std::vector<float> values =
        RandomFloats(plan.values[plan.inputs[i]].spec.elements(), seed + index);
    std::memcpy(input.data(), values.data(), input.size());
  }
  const absl::Status status = session.Run();
  EXPECT_TRUE(status.ok()) << status;
  std::vector<std::vector<float>> outputs;
  for (size_t i = 0; i < plan.outputs.size(); ++i) {
    const std::span<const std::byte> output = session.output(static_cast<int>(i));
    std::vector<float>& values = outputs.emplace_back(output.size() / sizeof(float));
    std::memcpy(values.data(), output.data(), output.size());
  }
  return outputs;
}

double ErrorAgainstReference(compute::Device& device, const compute::Plan& plan, uint32_t seed) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::unique_ptr<compute::Device> reference = compute::MakeReferenceDevice({});
  const auto expecting = reference->Compile(plan);
  const auto getting = device.Compile(plan);
  EXPECT_TRUE(expecting.ok()) << expecting.status();
  EXPECT_TRUE(getting.ok()) << getting.status();
  if (!expecting.ok() || !getting.ok()) return kInfinity;
  const auto expected = RunRandom(**expecting, plan, seed);
  const auto got = RunRandom(**getting, plan, seed);
  double worst = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    if (got[i].size() != expected[i].size()) return kInfinity;
    double scale = 1;
    for (const float value : expected[i]) scale = std::max(scale, std::abs(double{value}));
    for (size_t j = 0; j < expected[i].size(); ++j) {
      const double error = std::abs(double{got[i][j]} - expected[i][j]) / scale;
      worst = std::isnan(error) ? kInfinity : std::max(worst, error);
    }
  }
  return worst;
}

std::string KernelsOf(const compute::SessionReport& report, const std::string& step) {
  std::string kernels;
  for (const compute::StepReport& one : report.steps) {
    if (one.step == step) kernels += (kernels.empty() ? "" : " ") + one.kernel;
  }
  return kernels;
}

int CountSteps(const compute::SessionReport& report, const std::string& step) {
  return static_cast<int>(std::count_if(report.steps.begin(), report.steps.end(),
                                        [&](const auto& one) { return one.step == step; }));
}

}  // namespace convoy::testing
