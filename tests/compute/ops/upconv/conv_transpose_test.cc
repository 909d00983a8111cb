#include "compute/ops/upconv/conv_transpose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::Constant;
using convoy::testing::CostOf;
using convoy::testing::Counting;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ConvTransposeParams Square(int64_t kernel, int64_t stride, int64_t pad = 0, int64_t extra = 0) {
  ConvTransposeParams params;
  params.window.kernel = {1, kernel, kernel};
  params.window.strides = {1, stride, stride};
  params.window.pads_begin = params.window.pads_end = {0, pad, pad};
  params.output_padding = {0, extra, extra};
  return params;
}

TEST(ConvTransposeTest, OutputExtents) {
  EXPECT_EQ(OutputShape(Square(2, 2), {{1, 32, 8, 9}, {32, 16, 2, 2}}), "1x16x16x18");
  EXPECT_EQ(OutputShape(Square(3, 2, 1, 1), {{1, 4, 5, 5}, {4, 6, 3, 3}}), "1x6x10x10");
  EXPECT_EQ(OutputShape(Square(16, 8, 4), {{1, 3, 6, 6}, {3, 3, 16, 16}}), "1x3x48x48");
  ConvTransposeParams params = Square(2, 2);
  params.group = 3;
  EXPECT_EQ(OutputShape(params, {{1, 6, 4, 4}, {6, 5, 2, 2}}), "1x15x8x8");
}

TEST(ConvTransposeTest, RefusesOperandsThatDoNotFit) {
  EXPECT_THAT(ShapeError(Square(2, 2), {{1, 3, 4, 4}, {4, 3, 2, 2}}),
              HasSubstr("w has shape 4x3x2x2, but its shape must be 3x3x2x2"));
  EXPECT_THAT(ShapeError(Square(2, 2, 0, 2), {{1, 3, 4, 4}, {3, 3, 2, 2}}),
              HasSubstr("output_padding is 2, but must be at least 0 and less than 2"));
  EXPECT_THAT(ShapeError(Square(2, 2, 0, -1), {{1, 3, 4, 4}, {3, 3, 2, 2}}),
              HasSubstr("output_padding is -1"));
  EXPECT_THAT(ShapeError(Square(2, 1, 2), {{1, 3, 2, 2}, {3, 3, 2, 2}}),
              HasSubstr("remove 4 pixels of 3"));
  ConvTransposeParams params = Square(1, 1);
  params.group = 2;
  EXPECT_THAT(ShapeError(params, {{1, 3, 4, 4}, {3, 3, 1, 1}}), HasSubstr("group is 2"));
  params = Square(1, 1);
  params.has_bias = true;
  EXPECT_THAT(ShapeError(params, {{1, 3, 4, 4}, {3, 5, 1, 1}, {3}}), HasSubstr("operand b"));
  EXPECT_THAT(ShapeError(Square(1, 1 << 15), {{1, 1, 1 << 10, 1 << 10}, {1, 1, 1, 1}}),
              HasSubstr("exceeds the limit"));
}

TEST(ConvTransposeTest, EveryPixelAddsItsKernel) {
  EXPECT_THAT(Answer(Square(2, 2), {Counting({1, 1, 2, 1}), {{1, 1, 2, 2}, {1, 2, 3, 4}}}),
              ElementsAre(1, 2, 3, 4, 2, 4, 6, 8));
  EXPECT_THAT(Answer(Square(2, 1), {Counting({1, 1, 2, 2}), Constant({1, 1, 2, 2}, 1)}),
              ElementsAre(1, 3, 2, 4, 10, 6, 3, 7, 4));
}

TEST(ConvTransposeTest, PadsCropAndOutputPaddingExtends) {
  EXPECT_THAT(Answer(Square(2, 1, 1), {Counting({1, 1, 2, 2}), Constant({1, 1, 2, 2}, 1)}),
              ElementsAre(10));
  ConvTransposeParams params = Square(1, 2);
  params.output_padding = {0, 0, 1};
  EXPECT_THAT(Answer(params, {Counting({1, 1, 1, 2}), Constant({1, 1, 1, 1}, 1)}),
              ElementsAre(1, 0, 2, 0));
}

TEST(ConvTransposeTest, DilationSpreadsTheKernel) {
  ConvTransposeParams params;
  params.window.rank = 1;
  params.window.kernel = {1, 1, 2};
  params.window.dilations = {1, 1, 3};
  EXPECT_THAT(Answer(params, {Counting({1, 1, 2}), {{1, 1, 2}, {1, 10}}}),
              ElementsAre(1, 2, 0, 10, 20));
}

TEST(ConvTransposeTest, GroupsBiasAndActivation) {
  ConvTransposeParams params = Square(1, 1);
  params.group = 2;
  params.has_bias = true;
  params.activation = {ActivationKind::kRelu, 0, 0};
  // Channels 1, 2 make outputs 0 and 1; channels 3, 4 make outputs 2 and 3.
  EXPECT_THAT(Answer(params, {Counting({1, 4, 1, 1}),
                              {{4, 2, 1, 1}, {1, 10, 1, 10, 1, 10, 1, 10}},
                              {{4}, {0, 1, -100, 0}}}),
              ElementsAre(3, 31, 0, 70));
}

TEST(ConvTransposeTest, IsTheAdjointOfConvolution) {
  // <conv(x), y> = <x, up(y)> for the same weights.
  ConvParams conv;
  conv.window = Square(3, 2, 1).window;
  const convoy::testing::Filled x = Counting({1, 2, 5, 5});
  const convoy::testing::Filled w = Counting({3, 2, 3, 3});
  const convoy::testing::Filled y = Counting({1, 3, 3, 3});
  const std::vector<float> down = Answer(conv, {x, w});
  const std::vector<float> up = Answer(Square(3, 2, 1), {y, w});
  ASSERT_EQ(down.size(), y.values.size());
  ASSERT_EQ(up.size(), x.values.size());
  double left = 0, right = 0;
  for (size_t i = 0; i < down.size(); ++i) left += double{down[i]} * y.values[i];
  for (size_t i = 0; i < up.size(); ++i) right += double{up[i]} * x.values[i];
  EXPECT_EQ(left, right);
}

TEST(ConvTransposeTest, CostAndText) {
  EXPECT_EQ(CostOf(Square(2, 2), {{2, 8, 4, 4}, {8, 5, 2, 2}}).flops, 2.0 * 2 * 8 * 16 * 5 * 4);
  EXPECT_EQ(AttributesOf(Square(3, 2, 1, 1)),
            "kernel=3x3 stride=2x2 pads=1,1,1,1 output_padding=1,1");
}

}  // namespace
}  // namespace convoy::compute
