#include "models/graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/graph/uses.h"

namespace convoy::models {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryParams;
using compute::DType;
using compute::HostTensor;
using ::testing::HasSubstr;

// y = relu(x + c)
Graph SmallGraph() {
  Graph graph;
  graph.name = "small";
  const ValueId x = graph.AddValue("x", {DType::kFloat32, {2, 3}});
  graph.inputs = {x};
  const ValueId c = graph.AddConstant("c", HostTensor(compute::TensorSpec{DType::kFloat32, {3}}));
  const ValueId sum = *graph.AddNode("add", BinaryParams{}, {x, c}, "sum");
  const ValueId y = *graph.AddNode("relu", ActivationParams{ActivationKind::kRelu}, {sum}, "y");
  graph.outputs = {y};
  return graph;
}

TEST(GraphTest, NodesGetTheirSpecsFromTheOperators) {
  const Graph graph = SmallGraph();
  EXPECT_EQ(VerifyGraph(graph), absl::OkStatus());
  EXPECT_EQ(ToString(graph),
            "input %x: FP32[2x3]\n"
            "%sum = Binary(%x, %c:const[3]) kind=add : FP32[2x3]\n"
            "%y = Activation(%sum) act=relu : FP32[2x3]\n"
            "output %y\n");
}

TEST(GraphTest, ANodeThatDoesNotFitIsNotAdded) {
  Graph graph = SmallGraph();
  const ValueId other = graph.AddValue("other", {DType::kFloat32, {4}});
  const auto bad = graph.AddNode("bad", BinaryParams{}, {0, other}, "bad");
  EXPECT_TRUE(absl::IsInvalidArgument(bad.status())) << bad.status();
  EXPECT_EQ(graph.nodes.size(), 2);
}

TEST(GraphTest, VerifyFindsWhatAPassMayBreak) {
  const auto message = [](auto&& breakIt) {
    Graph graph = SmallGraph();
    breakIt(graph);
    const absl::Status status = VerifyGraph(graph);
    EXPECT_TRUE(absl::IsInternal(status)) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(message([](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); }),
              HasSubstr("reads value 'sum' before it is made"));
  EXPECT_THAT(message([](Graph& g) { g.nodes[0].inputs[1] = 99; }), HasSubstr("out of range"));
  EXPECT_THAT(message([](Graph& g) { g.nodes[1].outputs = g.nodes[0].outputs; }),
              HasSubstr("writes value 'sum' once more"));
  EXPECT_THAT(message([](Graph& g) {
                g.values[3].spec.shape = {3, 2};
              }),
              HasSubstr("makes FP32[2x3] where value 'y' is FP32[3x2]"));
  EXPECT_THAT(message([](Graph& g) { g.values[1].spec.shape = {1}; }),
              HasSubstr("constant 'c' is FP32[3] but declared as FP32[1]"));
  EXPECT_THAT(message([](Graph& g) { g.nodes.pop_back(); }), HasSubstr("is never made"));
  EXPECT_THAT(message([](Graph& g) {
                g.values[1].spec.shape = {7};
                g.values[1].constant = nullptr;
                g.inputs.push_back(1);
              }),
              HasSubstr("Binary node 'add' is invalid"));
}

TEST(UsesTest, CountsReadersAndProducers) {
  const ValueUses uses = CountUses(SmallGraph());
  EXPECT_THAT(uses.producer, ::testing::ElementsAre(kNoNode, kNoNode, 0, 1));
  EXPECT_THAT(uses.readers, ::testing::ElementsAre(1, 1, 1, 1));
}

TEST(UsesTest, DeadNodesAndTheirConstantsGo) {
  Graph graph = SmallGraph();
  EXPECT_FALSE(RemoveDeadNodes(graph));
  graph.outputs = {graph.inputs[0]};
  EXPECT_TRUE(RemoveDeadNodes(graph));
  EXPECT_TRUE(graph.nodes.empty());
  EXPECT_EQ(graph.values[1].constant, nullptr);
  EXPECT_EQ(VerifyGraph(graph), absl::OkStatus());
}

}  // namespace
}  // namespace convoy::models
