#include "models/lower/lower.h"

#include <gtest/gtest.h>

namespace convoy::models {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryParams;
using compute::DType;
using compute::HostTensor;

TEST(LowerTest, ValuesAreNumberedByFirstUseAndDeadNodesDropped) {
  Graph graph;
  graph.name = "net";
  const ValueId unused = graph.AddValue("unused", {DType::kFloat32, {9}});
  const ValueId x = graph.AddValue("x", {DType::kFloat32, {2, 3}});
  const ValueId c = graph.AddConstant("c", HostTensor(compute::TensorSpec{DType::kFloat32, {3}}));
  graph.AddConstant("unread", HostTensor(compute::TensorSpec{DType::kFloat32, {5}}));
  const ActivationParams relu{ActivationKind::kRelu};
  ASSERT_TRUE(graph.AddNode("dead", relu, {x}, "dead").ok());
  const ValueId sum = *graph.AddNode("add", BinaryParams{}, {c, x}, "sum");
  const ValueId y = *graph.AddNode("relu", relu, {sum}, "y");
  graph.inputs = {unused, x};
  graph.outputs = {y, x, c};
  const auto plan = LowerToPlan(graph, "net:2");
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->name, "net:2");
  EXPECT_EQ(plan->inputs, (std::vector<int>{0, 1}));
  EXPECT_EQ(plan->outputs, (std::vector<int>{4, 1, 2}));
  ASSERT_EQ(plan->steps.size(), 2);
  EXPECT_EQ(plan->steps[0].name, "add");
  EXPECT_EQ(plan->steps[0].inputs, (std::vector<int>{2, 1}));
  EXPECT_EQ(plan->steps[1].outputs, (std::vector<int>{4}));
  ASSERT_EQ(plan->values.size(), 5);
  EXPECT_EQ(plan->values[2].name, "c");
  EXPECT_EQ(plan->values[2].constant, graph.values[c].constant) << "weights are shared";
}

TEST(LowerTest, ABrokenGraphIsAnError) {
  Graph graph;
  graph.outputs = {graph.AddValue("y", {DType::kFloat32, {1}})};
  EXPECT_TRUE(absl::IsInternal(LowerToPlan(graph, "broken").status()));
}

}  // namespace
}  // namespace convoy::models
