#include <gtest/gtest.h>

#include "models/passes/passes.h"
#include "tests/models/passes/pass_case.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::BatchNormParams;
using compute::ConvParams;
using compute::ConvTransposeParams;
using compute::GemmParams;
using compute::Shape;
using models::FoldBatchNorm;
using models::ValueId;

ValueId BatchNorm(PassCase& test, const std::string& name, ValueId x, int64_t channels) {
  const Shape shape{channels};
  return test.Node(name, BatchNormParams{1e-3F},
                   {x, test.Constant(name + "/scale", shape), test.Constant(name + "/shift", shape),
                    test.Constant(name + "/mean", shape), test.Constant(name + "/var", shape)});
}

TEST(FoldBatchNormTest, ConvolutionAbsorbsIt) {
  PassCase test;
  ConvParams params;
  params.group = 2;
  params.window.kernel = {1, 3, 3};
  const ValueId x = test.Input("x", {2, 4, 5, 5});
  const ValueId conv = test.Node("conv", params, {x, test.Constant("w", {6, 2, 3, 3})});
  test.Output(BatchNorm(test, "bn", conv, 6));
  EXPECT_EQ(test.Before(),
            "input %x: FP32[2x4x5x5]\n"
            "%conv = Conv(%x, %w:const[6x2x3x3]) kernel=3x3 group=2 : FP32[2x6x3x3]\n"
            "%bn = BatchNorm(%conv, %bn/scale:const[6], %bn/shift:const[6], %bn/mean:const[6], "
            "%bn/var:const[6]) epsilon=0.001 : FP32[2x6x3x3]\n"
            "output %bn\n");
  EXPECT_EQ(test.After(FoldBatchNorm),
            "input %x: FP32[2x4x5x5]\n"
            "%conv = Conv(%x, %conv/weights:const[6x2x3x3], %conv/bias:const[6]) kernel=3x3 "
            "group=2 : FP32[2x6x3x3]\n"
            "output %conv\n");
}

// The weights of an up-convolution lie [C, M/group, ...]: groups must not be mixed up.
TEST(FoldBatchNormTest, GroupedUpConvolutionAbsorbsIt) {
  PassCase test;
  ConvTransposeParams params;
  params.group = 2;
  params.has_bias = true;
  params.window.kernel = params.window.strides = {1, 2, 2};
  const ValueId x = test.Input("x", {1, 4, 3, 3});
  const ValueId up =
      test.Node("up", params, {x, test.Constant("w", {4, 3, 2, 2}), test.Constant("b", {6})});
  test.Output(BatchNorm(test, "bn", up, 6));
  EXPECT_EQ(test.After(FoldBatchNorm),
            "input %x: FP32[1x4x3x3]\n"
            "%up = ConvTranspose(%x, %up/weights:const[4x3x2x2], %up/bias:const[6]) kernel=2x2 "
            "stride=2x2 group=2 : FP32[1x6x6x6]\n"
            "output %up\n");
}

TEST(FoldBatchNormTest, DenseLayersAbsorbIt) {
  for (const bool transposed : {false, true}) {
    PassCase test;
    GemmParams params;
    params.alpha = 2;
    params.beta = 0.5F;
    params.trans_b = transposed;
    params.has_bias = true;
    const ValueId x = test.Input("x", {3, 4});
    const Shape weights = transposed ? Shape{5, 4} : Shape{4, 5};
    const ValueId dense =
        test.Node("dense", params, {x, test.Constant("w", weights), test.Constant("b", {5})});
    test.Output(BatchNorm(test, "bn", dense, 5));
    test.After(FoldBatchNorm);
    EXPECT_EQ(test.graph().nodes.size(), 1);
  }
}

TEST(FoldBatchNormTest, TwoInARowAreAbsorbed) {
  PassCase test;
  const ValueId x = test.Input("x", {1, 2, 3, 3});
  const ValueId conv = test.Node("conv", ConvParams{}, {x, test.Constant("w", {4, 2, 1, 1})});
  test.Output(BatchNorm(test, "second", BatchNorm(test, "first", conv, 4), 4));
  test.After(FoldBatchNorm);
  EXPECT_EQ(test.graph().nodes.size(), 1);
}

TEST(FoldBatchNormTest, WhatCannotBeFoldedStays) {
  PassCase activated;
  ConvParams relu;
  relu.activation.kind = ActivationKind::kRelu;
  ValueId x = activated.Input("x", {1, 2, 3, 3});
  activated.Output(
      BatchNorm(activated, "bn",
                activated.Node("conv", relu, {x, activated.Constant("w", {4, 2, 1, 1})}), 4));

  PassCase shared;
  x = shared.Input("x", {1, 2, 3, 3});
  const ValueId conv = shared.Node("conv", ConvParams{}, {x, shared.Constant("w", {4, 2, 1, 1})});
  shared.Output(BatchNorm(shared, "bn", conv, 4));
  shared.Output(conv);

  PassCase computed;  // the weights are an input
  x = computed.Input("x", {1, 2, 3, 3});
  computed.Output(
      BatchNorm(computed, "bn",
                computed.Node("conv", ConvParams{}, {x, computed.Input("w", {4, 2, 1, 1})}), 4));

  for (PassCase* test : {&activated, &shared, &computed}) {
    const std::string before = test->Before();
    EXPECT_EQ(test->After(FoldBatchNorm), before);
  }
}

}  // namespace
}  // namespace convoy::testing
