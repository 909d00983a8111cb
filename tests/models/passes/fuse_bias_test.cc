#include <gtest/gtest.h>

#include "models/passes/passes.h"
#include "tests/models/passes/pass_case.h"

namespace convoy::testing {
namespace {

using compute::BinaryKind;
using compute::BinaryParams;
using compute::ConvParams;
using compute::ConvTransposeParams;
using compute::GemmParams;
using models::FuseBias;
using models::ValueId;

const BinaryParams kAdd{BinaryKind::kAdd, {}};
const BinaryParams kSub{BinaryKind::kSub, {}};

TEST(FuseBiasTest, AnAddOfOneValueAChannelBecomesTheBias) {
  PassCase test;
  const ValueId x = test.Input("x", {1, 2, 4, 4});
  const ValueId conv = test.Node("conv", ConvParams{}, {x, test.Constant("w", {3, 2, 1, 1})});
  test.Output(test.Node("sum", kAdd, {test.Constant("b", {3, 1, 1}), conv}));
  EXPECT_EQ(test.Before(),
            "input %x: FP32[1x2x4x4]\n"
            "%conv = Conv(%x, %w:const[3x2x1x1]) kernel=1x1 : FP32[1x3x4x4]\n"
            "%sum = Binary(%b:const[3x1x1], %conv) kind=add : FP32[1x3x4x4]\n"
            "output %sum\n");
  EXPECT_EQ(test.After(FuseBias),
            "input %x: FP32[1x2x4x4]\n"
            "%conv = Conv(%x, %w:const[3x2x1x1], %conv/bias:const[3]) kernel=1x1 : "
            "FP32[1x3x4x4]\n"
            "output %conv\n");
}

TEST(FuseBiasTest, ABiasThatIsThereGrows) {
  PassCase test;
  const ValueId x = test.Input("x", {2, 3});
  GemmParams gemm;
  gemm.beta = 0.5F;
  gemm.has_bias = true;
  const ValueId dense =
      test.Node("dense", gemm, {x, test.Constant("w", {3, 4}), test.Constant("c", {1, 4})});
  const ValueId more = test.Node("more", kSub, {dense, test.Constant("d", {4})});
  test.Output(test.Node("scalar", kAdd, {more, test.Constant("e", {})}));
  EXPECT_EQ(test.After(FuseBias),
            "input %x: FP32[2x3]\n"
            "%dense = Gemm(%x, %w:const[3x4], %dense/bias:const[4]) : FP32[2x4]\n"
            "output %dense\n");
}

TEST(FuseBiasTest, UpConvolutionsTakeItToo) {
  PassCase test;
  ConvTransposeParams up;
  up.window.kernel = up.window.strides = {1, 2, 2};
  const ValueId x = test.Input("x", {1, 2, 3, 3});
  const ValueId y = test.Node("up", up, {x, test.Constant("w", {2, 3, 2, 2})});
  test.Output(test.Node("sum", kAdd, {y, test.Constant("b", {1, 3, 1, 1})}));
  EXPECT_EQ(test.After(FuseBias),
            "input %x: FP32[1x2x3x3]\n"
            "%up = ConvTranspose(%x, %w:const[2x3x2x2], %up/bias:const[3]) kernel=2x2 stride=2x2 : "
            "FP32[1x3x6x6]\n"
            "output %up\n");
}

TEST(FuseBiasTest, OtherSumsStay) {
  for (const compute::Shape& shape :
       {compute::Shape{1, 1, 1, 4}, compute::Shape{2, 3, 1, 1}, compute::Shape{4}}) {
    PassCase test;
    const ValueId x = test.Input("x", {1, 2, 4, 4});
    const ValueId conv = test.Node("conv", ConvParams{}, {x, test.Constant("w", {3, 2, 1, 1})});
    test.Output(test.Node("sum", kAdd, {conv, test.Constant("b", shape)}));
    const std::string before = test.Before();
    EXPECT_EQ(test.After(FuseBias), before) << shape.ToString();
  }
}

TEST(FuseBiasTest, AResultThatOthersReadStays) {
  PassCase test;
  const ValueId x = test.Input("x", {1, 2, 4, 4});
  const ValueId conv = test.Node("conv", ConvParams{}, {x, test.Constant("w", {3, 2, 1, 1})});
  const ValueId first = test.Node("first", kAdd, {conv, test.Constant("b", {3, 1, 1})});
  test.Output(test.Node("second", kAdd, {first, test.Constant("c", {3, 1, 1})}));
  test.Output(first);  // the second Add must not change what is given here
  EXPECT_EQ(test.After(FuseBias),
            "input %x: FP32[1x2x4x4]\n"
            "%conv = Conv(%x, %w:const[3x2x1x1], %conv/bias:const[3]) kernel=1x1 : "
            "FP32[1x3x4x4]\n"
            "%second = Binary(%conv, %c:const[3x1x1]) kind=add : FP32[1x3x4x4]\n"
            "output %second, %conv\n");
}

TEST(FuseBiasTest, AConstantMinusAResultStays) {
  PassCase test;
  const ValueId x = test.Input("x", {1, 2, 4, 4});
  const ValueId conv = test.Node("conv", ConvParams{}, {x, test.Constant("w", {3, 2, 1, 1})});
  test.Output(test.Node("rest", kSub, {test.Constant("b", {3, 1, 1}), conv}));
  const std::string before = test.Before();
  EXPECT_EQ(test.After(FuseBias), before);
}

}  // namespace
}  // namespace convoy::testing
