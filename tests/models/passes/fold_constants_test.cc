#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/passes/passes.h"
#include "tests/models/passes/pass_case.h"

namespace convoy::testing {
namespace {

using compute::BinaryKind;
using compute::BinaryParams;
using compute::ReshapeParams;
using models::FoldConstants;
using models::ValueId;
using ::testing::ElementsAre;

TEST(FoldConstantsTest, ChainsOfConstantsAreComputed) {
  PassCase test;
  const ValueId x = test.Input("x", {1, 4});
  const ValueId a = test.Constant("a", {2, 2}, {1, 2, 3, 4});
  const ValueId flat = test.Node("flat", ReshapeParams{{1, 4}}, {a});
  const ValueId twice = test.Node("twice", BinaryParams{BinaryKind::kAdd, {}}, {flat, flat});
  test.Output(test.Node("sum", BinaryParams{BinaryKind::kAdd, {}}, {x, twice}));
  EXPECT_EQ(test.After(FoldConstants),
            "input %x: FP32[1x4]\n"
            "%sum = Binary(%x, %twice:const[1x4]) kind=add : FP32[1x4]\n"
            "output %sum\n");
  EXPECT_THAT(test.graph().values[twice].constant->data<float>(), ElementsAre(2, 4, 6, 8));
}

TEST(FoldConstantsTest, AConstantOutputNeedsNoNode) {
  PassCase test;
  const ValueId a = test.Constant("a", {2}, {1, 2});
  test.Output(test.Node("shaped", ReshapeParams{{2, 1}}, {a}));
  EXPECT_EQ(test.After(FoldConstants), "output %shaped:const[2x1]\n");
}

TEST(FoldConstantsTest, WhatIsExpensiveIsLeftForTheRun) {
  PassCase test;
  const ValueId a = test.Constant("a", {1, 1}, {1});
  compute::ResizeParams resize;
  resize.scales = {16384, 16384};
  resize.sizes = {16384, 16384};  // 1 GiB out of 4 bytes
  models::Graph graph = test.graph();
  ASSERT_TRUE(graph.AddNode("resize", resize, {a}, "y").ok());
  graph.outputs = {static_cast<ValueId>(graph.values.size()) - 1};
  ASSERT_EQ(FoldConstants(graph), absl::OkStatus());
  EXPECT_EQ(graph.nodes.size(), 1);
}

TEST(FoldConstantsTest, AllNodesTogetherHaveALimit) {
  models::Graph graph;
  const compute::TensorSpec large{compute::DType::kFloat32, {1 << 26}};  // 256 MiB
  const ValueId a = graph.AddConstant("a", compute::HostTensor(large));
  for (int i = 0; i < 6; ++i) {
    const auto y = graph.AddNode("shaped", ReshapeParams{{2, 1 << 25}}, {a}, "y");
    ASSERT_TRUE(y.ok()) << y.status();
    graph.outputs.push_back(*y);
  }
  ASSERT_EQ(FoldConstants(graph), absl::OkStatus());
  EXPECT_EQ(graph.nodes.size(), 2) << "four of them make the 1 GiB that is allowed";
}

}  // namespace
}  // namespace convoy::testing
