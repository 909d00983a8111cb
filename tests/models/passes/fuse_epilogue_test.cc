#include <gtest/gtest.h>

#include "models/passes/passes.h"
#include "tests/models/passes/pass_case.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::ConvParams;
using compute::GemmParams;
using models::FuseEpilogue;
using models::ValueId;

const ActivationParams kRelu{ActivationKind::kRelu};
const BinaryParams kAdd{BinaryKind::kAdd, {}};

ValueId Conv(PassCase& test, const std::string& name, ValueId x) {
  const int64_t channels = test.graph().values[x].spec.shape[1];
  return test.Node(name, ConvParams{}, {x, test.Constant(name + "/w", {channels, channels, 1, 1})});
}

TEST(FuseEpilogueTest, ASkipConnectionAndItsActivationJoinTheConvolution) {
  PassCase test;
  const ValueId x = test.Input("x", {1, 2, 3, 3});
  const ValueId inner = test.Node("inner", kRelu, {Conv(test, "first", x)});
  const ValueId sum = test.Node("sum", kAdd, {Conv(test, "second", inner), x});
  test.Output(test.Node("outer", kRelu, {sum}));
  EXPECT_EQ(test.Before(),
            "input %x: FP32[1x2x3x3]\n"
            "%first = Conv(%x, %first/w:const[2x2x1x1]) kernel=1x1 : FP32[1x2x3x3]\n"
            "%inner = Activation(%first) act=relu : FP32[1x2x3x3]\n"
            "%second = Conv(%inner, %second/w:const[2x2x1x1]) kernel=1x1 : FP32[1x2x3x3]\n"
            "%sum = Binary(%second, %x) kind=add : FP32[1x2x3x3]\n"
            "%outer = Activation(%sum) act=relu : FP32[1x2x3x3]\n"
            "output %outer\n");
  EXPECT_EQ(test.After(FuseEpilogue),
            "input %x: FP32[1x2x3x3]\n"
            "%first = Conv(%x, %first/w:const[2x2x1x1]) kernel=1x1 act=relu : FP32[1x2x3x3]\n"
            "%sum = Conv(%first, %second/w:const[2x2x1x1], %x) kernel=1x1 residual act=relu : "
            "FP32[1x2x3x3]\n"
            "output %sum\n");
}

// The residual may be made after the convolution: the fused one takes the Add's place. Of two
// convolutions the later one takes the sum.
TEST(FuseEpilogueTest, TheResidualIsThereBeforeTheFusedConvolution) {
  PassCase test;
  const ValueId x = test.Input("x", {1, 2, 3, 3});
  const ValueId a = Conv(test, "a", x);
  const ValueId b = Conv(test, "b", x);
  const ValueId early = test.Node("early", kAdd, {b, a});
  const ValueId c = Conv(test, "c", early);
  const ValueId late = test.Node("late", ActivationParams{ActivationKind::kTanh}, {x});
  test.Output(test.Node("sum", kAdd, {c, late}));
  EXPECT_EQ(test.After(FuseEpilogue),
            "input %x: FP32[1x2x3x3]\n"
            "%a = Conv(%x, %a/w:const[2x2x1x1]) kernel=1x1 : FP32[1x2x3x3]\n"
            "%early = Conv(%x, %b/w:const[2x2x1x1], %a) kernel=1x1 residual : FP32[1x2x3x3]\n"
            "%late = Activation(%x) act=tanh : FP32[1x2x3x3]\n"
            "%sum = Conv(%early, %c/w:const[2x2x1x1], %late) kernel=1x1 residual : "
            "FP32[1x2x3x3]\n"
            "output %sum\n");
}

TEST(FuseEpilogueTest, DenseLayersAndSumsTakeActivations) {
  PassCase test;
  const ValueId x = test.Input("x", {2, 3});
  const ValueId dense = test.Node("dense", GemmParams{}, {x, test.Constant("w", {3, 3})});
  const ValueId clipped =
      test.Node("clipped", ActivationParams{ActivationKind::kClip, 0, 6}, {dense});
  const ValueId sum = test.Node("sum", kAdd, {clipped, x});
  test.Output(test.Node("y", ActivationParams{ActivationKind::kLeakyRelu, 0.25F}, {sum}));
  EXPECT_EQ(test.After(FuseEpilogue),
            "input %x: FP32[2x3]\n"
            "%dense = Gemm(%x, %w:const[3x3]) act=clip(0,6) : FP32[2x3]\n"
            "%sum = Binary(%dense, %x) kind=add act=leaky_relu(0.25) : FP32[2x3]\n"
            "output %sum\n");
}

TEST(FuseEpilogueTest, AResultThatOthersReadStaysAsItIs) {
  PassCase test;
  const ValueId conv = Conv(test, "conv", test.Input("x", {1, 2, 3, 3}));
  test.Output(test.Node("y", kRelu, {conv}));
  test.Output(test.Node("twice", kAdd, {conv, conv}));
  const std::string before = test.Before();
  EXPECT_EQ(test.After(FuseEpilogue), before);
}

TEST(FuseEpilogueTest, ASumThatBroadcastsStays) {
  PassCase test;
  const ValueId conv = Conv(test, "conv", test.Input("x", {2, 2, 3, 3}));
  test.Output(test.Node("sum", kAdd, {conv, test.Input("row", {2, 1, 1, 3})}));
  const std::string before = test.Before();
  EXPECT_EQ(test.After(FuseEpilogue), before);
}

TEST(FuseEpilogueTest, OneActivationIsEnough) {
  PassCase test;
  const ValueId conv = Conv(test, "conv", test.Input("x", {1, 2, 3, 3}));
  const ValueId relu = test.Node("relu", kRelu, {conv});
  test.Output(test.Node("y", ActivationParams{ActivationKind::kSigmoid}, {relu}));
  EXPECT_EQ(test.After(FuseEpilogue),
            "input %x: FP32[1x2x3x3]\n"
            "%conv = Conv(%x, %conv/w:const[2x2x1x1]) kernel=1x1 act=relu : FP32[1x2x3x3]\n"
            "%y = Activation(%conv) act=sigmoid : FP32[1x2x3x3]\n"
            "output %y\n");
}

}  // namespace
}  // namespace convoy::testing
