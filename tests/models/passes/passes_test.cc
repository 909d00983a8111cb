#include "models/passes/passes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/passes/pass_case.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BatchNormParams;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::ConvParams;
using compute::ReshapeParams;
using models::AllPasses;
using models::RunPasses;
using models::ValueId;
using ::testing::HasSubstr;

// Conv, bias, batch norm, dropout, activation: what a training framework exports as five nodes.
models::Graph FiveNodes() {
  PassCase test;
  const ValueId x = test.Input("x", {1, 2, 3, 3});
  ValueId y = test.Node("conv", ConvParams{}, {x, test.Constant("w", {4, 2, 1, 1})});
  y = test.Node("add", BinaryParams{BinaryKind::kAdd, {}}, {y, test.Constant("b", {4, 1, 1})});
  y = test.Node("bn", BatchNormParams{},
                {y, test.Constant("s", {4}), test.Constant("t", {4}), test.Constant("m", {4}),
                 test.Constant("v", {4})});
  y = test.Node("dropout", ReshapeParams{{1, 4, 3, 3}}, {y});
  test.Output(test.Node("relu", ActivationParams{ActivationKind::kRelu}, {y}));
  return test.graph();
}

TEST(PassesTest, TogetherTheyLeaveOneConvolution) {
  models::Graph graph = FiveNodes();
  const std::vector<float> before = RunOnReference(graph);
  const auto reports = RunPasses(graph, {});
  ASSERT_TRUE(reports.ok()) << reports.status();
  EXPECT_EQ(reports->size(), AllPasses().size());
  EXPECT_EQ(reports->back().nodes, 1);
  EXPECT_EQ(ToString(graph),
            "input %x: FP32[1x2x3x3]\n"
            "%conv = Conv(%x, %conv/weights:const[4x2x1x1], %conv/bias:const[4]) kernel=1x1 "
            "act=relu : FP32[1x4x3x3]\n"
            "output %conv\n");
  EXPECT_THAT(RunOnReference(graph), ::testing::Pointwise(::testing::FloatNear(1e-5F), before));
}

TEST(PassesTest, EachCanBeSwitchedOffByItsName) {
  for (const models::Pass& pass : AllPasses()) {
    models::Graph graph = FiveNodes();
    const std::vector<float> before = RunOnReference(graph);
    const std::vector<std::string> disabled{std::string(pass.name)};
    const auto reports = RunPasses(graph, disabled);
    ASSERT_TRUE(reports.ok()) << reports.status();
    for (const models::PassReport& report : *reports) EXPECT_NE(report.name, pass.name);
    EXPECT_THAT(RunOnReference(graph), ::testing::Pointwise(::testing::FloatNear(1e-5F), before));
  }
}

TEST(PassesTest, WithoutAnyTheGraphStays) {
  models::Graph graph = FiveNodes();
  const std::string before = ToString(graph);
  std::vector<std::string> all;
  for (const models::Pass& pass : AllPasses()) all.emplace_back(pass.name);
  ASSERT_TRUE(RunPasses(graph, all).ok());
  EXPECT_EQ(ToString(graph), before);
}

TEST(PassesTest, AnUnknownNameIsRefused) {
  models::Graph graph = FiveNodes();
  const std::vector<std::string> disabled{"fold_everything"};
  const absl::Status status = RunPasses(graph, disabled).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("'fold_everything'"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("fold_batch_norm"));
}

}  // namespace
}  // namespace convoy::testing
