#include "tests/models/passes/pass_case.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "compute/runtime/reference_session.h"
#include "models/graph/uses.h"
#include "models/lower/lower.h"

namespace convoy::testing {
namespace {

using compute::HostTensor;
using models::Graph;
using models::ValueId;

// 0 .. 1, the same everywhere (a linear congruential generator).
float NextUniform(uint32_t& seed) {
  seed = seed * 1664525U + 1013904223U;
  return static_cast<float>(seed >> 8) / static_cast<float>(1 << 24);
}

}  // namespace

ValueId PassCase::Input(const std::string& name, const compute::Shape& shape) {
  const ValueId id = graph_.AddValue(name, {compute::DType::kFloat32, shape});
  graph_.inputs.push_back(id);
  return id;
}

ValueId PassCase::Constant(const std::string& name, const compute::Shape& shape) {
  std::vector<float> values(static_cast<size_t>(shape.elements()));
  for (float& value : values) value = 0.5F + NextUniform(seed_);
  return Constant(name, shape, std::move(values));
}

ValueId PassCase::Constant(const std::string& name, const compute::Shape& shape,
                           std::vector<float> values) {
  return graph_.AddConstant(name, HostTensor::FromFloats(shape, values));
}

ValueId PassCase::Node(const std::string& name, compute::OpParams op, std::vector<ValueId> inputs) {
  const auto id = graph_.AddNode(name, std::move(op), std::move(inputs), name);
  EXPECT_TRUE(id.ok()) << id.status();
  return id.value_or(0);
}

std::string PassCase::After(absl::Status (*pass)(Graph&)) {
  const std::vector<float> before = RunOnReference(graph_);
  EXPECT_EQ(pass(graph_), absl::OkStatus());
  models::RemoveDeadNodes(graph_);
  EXPECT_EQ(VerifyGraph(graph_), absl::OkStatus());
  const std::vector<float> after = RunOnReference(graph_);
  EXPECT_EQ(before.size(), after.size());
  for (size_t i = 0; i < before.size() && i < after.size(); ++i) {
    EXPECT_NEAR(before[i], after[i], 1e-5 * std::fmax(1, std::fabs(before[i]))) << "element " << i;
  }
  return ToString(graph_);
}

std::vector<float> RunOnReference(const Graph& graph) {
  const auto device = compute::MakeReferenceDevice({});
  const auto plan = models::LowerToPlan(graph, "test");
  EXPECT_TRUE(plan.ok()) << plan.status();
  if (!plan.ok()) return {};
  const auto session = device->Compile(*plan);
  EXPECT_TRUE(session.ok()) << session.status();
  if (!session.ok()) return {};
  uint32_t seed = 7;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const std::span<std::byte> bytes = (*session)->input(static_cast<int>(i));
    float* values = reinterpret_cast<float*>(bytes.data());
    for (size_t k = 0; k < bytes.size() / sizeof(float); ++k) values[k] = 2 * NextUniform(seed) - 1;
  }
  EXPECT_EQ((*session)->Run(), absl::OkStatus());
  std::vector<float> result;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const std::span<const std::byte> bytes = (*session)->output(static_cast<int>(i));
    const float* values = reinterpret_cast<const float*>(bytes.data());
    result.insert(result.end(), values, values + bytes.size() / sizeof(float));
  }
  return result;
}

}  // namespace convoy::testing
