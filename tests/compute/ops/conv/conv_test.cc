#include "compute/ops/conv/conv.h"

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

ConvParams Square(int64_t kernel, int64_t stride = 1, int64_t pad = 0, int64_t dilation = 1) {
  ConvParams params;
  params.window.kernel = {1, kernel, kernel};
  params.window.strides = {1, stride, stride};
  params.window.pads_begin = params.window.pads_end = {0, pad, pad};
  params.window.dilations = {1, dilation, dilation};
  return params;
}

TEST(ConvTest, OutputExtents) {
  EXPECT_EQ(OutputShape(Square(7, 2, 3), {{1, 3, 224, 224}, {64, 3, 7, 7}}), "1x64x112x112");
  EXPECT_EQ(OutputShape(Square(3, 1, 1), {{8, 64, 56, 57}, {64, 64, 3, 3}}), "8x64x56x57");
  EXPECT_EQ(OutputShape(Square(3, 1, 0, 4), {{1, 1, 9, 10}, {1, 1, 3, 3}}), "1x1x1x2");
  EXPECT_EQ(OutputShape(Square(1, 3), {{1, 4, 8, 7}, {2, 4, 1, 1}}), "1x2x3x3");
  ConvParams params;
  params.window.rank = 1;
  params.window.kernel = {1, 1, 512};
  params.window.strides = {1, 1, 4};
  params.window.pads_begin = {0, 0, 254};
  params.window.pads_end = {0, 0, 254};
  EXPECT_EQ(OutputShape(params, {{1, 1, 1024}, {128, 1, 512}}), "1x128x256");
  params = {};
  params.window.rank = 3;
  params.window.kernel = {3, 3, 3};
  EXPECT_EQ(OutputShape(params, {{2, 1, 5, 6, 7}, {4, 1, 3, 3, 3}}), "2x4x3x4x5");
}

TEST(ConvTest, RefusesOperandsThatDoNotFit) {
  EXPECT_THAT(ShapeError(Square(3), {{1, 3, 8, 8}}), HasSubstr("given 1 inputs, but takes 2"));
  EXPECT_THAT(ShapeError(Square(3), {{1, 3, 8, 8}, {4, 2, 3, 3}}),
              HasSubstr("operand w has shape 4x2x3x3, but its shape must be 4x3x3x3"));
  EXPECT_THAT(ShapeError(Square(3), {{1, 3, 8, 8}, {4, 3, 9}}), HasSubstr("rank must be 4"));
  EXPECT_THAT(ShapeError(Square(3), {{1, 3, 2, 8}, {4, 3, 3, 3}}),
              HasSubstr("2 pixels with its padding, but the dilated kernel covers 3"));
  EXPECT_THAT(ShapeError(Square(3), {{1, 3, 8}, {4, 3, 3}}), HasSubstr("while checking Conv"));
  ConvParams params = Square(1);
  params.group = 2;
  EXPECT_THAT(ShapeError(params, {{1, 3, 8, 8}, {4, 1, 1, 1}}), HasSubstr("group is 2"));
  params.group = 0;
  EXPECT_THAT(ShapeError(params, {{1, 3, 8, 8}, {4, 3, 1, 1}}), HasSubstr("group is 0"));
  params = Square(1);
  params.has_bias = true;
  EXPECT_THAT(ShapeError(params, {{1, 3, 8, 8}, {4, 3, 1, 1}, {3}}), HasSubstr("operand b"));
  params.has_residual = true;
  EXPECT_THAT(ShapeError(params, {{1, 3, 8, 8}, {4, 3, 1, 1}, {4}, {1, 4, 8, 7}}),
              HasSubstr("operand r"));
  EXPECT_THAT(ShapeError(Square(1), {{1 << 15, 1, 256, 256}, {1 << 10, 1, 1, 1}}),
              HasSubstr("exceeds the limit"));
}

TEST(ConvTest, SumsTheWindow) {
  // 1 2 3 / 4 5 6 / 7 8 9 under 1 0 / 0 2: x[i][j] + 2 x[i+1][j+1].
  EXPECT_THAT(Answer(Square(2), {Counting({1, 1, 3, 3}), {{1, 1, 2, 2}, {1, 0, 0, 2}}}),
              ElementsAre(11, 14, 20, 23));
}

TEST(ConvTest, PaddingCountsAsZeroAndMayBeAsymmetric) {
  ConvParams params = Square(2);
  params.window.pads_begin = {0, 1, 0};
  EXPECT_THAT(Answer(params, {Counting({1, 1, 2, 2}), Constant({1, 1, 2, 2}, 1)}),
              ElementsAre(3, 10));
}

TEST(ConvTest, StrideAndDilation) {
  EXPECT_THAT(Answer(Square(2, 2), {Counting({1, 1, 4, 4}), Constant({1, 1, 2, 2}, 1)}),
              ElementsAre(14, 22, 46, 54));
  EXPECT_THAT(Answer(Square(2, 1, 0, 2), {Counting({1, 1, 3, 3}), Constant({1, 1, 2, 2}, 1)}),
              ElementsAre(1 + 3 + 7 + 9));
}

TEST(ConvTest, GroupsSeeTheirOwnChannels) {
  ConvParams params = Square(1);
  params.group = 2;
  EXPECT_THAT(Answer(params, {{{1, 4, 1, 1}, {1, 10, 100, 1000}}, Constant({2, 2, 1, 1}, 1)}),
              ElementsAre(11, 1100));
  params.group = 4;  // depthwise with two outputs a channel
  EXPECT_THAT(Answer(params, {{{1, 4, 1, 1}, {1, 10, 100, 1000}}, Counting({8, 1, 1, 1})}),
              ElementsAre(1, 2, 30, 40, 500, 600, 7000, 8000));
}

TEST(ConvTest, BiasResidualAndActivationInThisOrder) {
  ConvParams params = Square(1);
  params.has_bias = params.has_residual = true;
  params.activation = {ActivationKind::kClip, 0, 6};
  EXPECT_THAT(Answer(params, {{{2, 1, 1, 2}, {1, 2, 3, 4}},
                              {{1, 1, 1, 1}, {2}},
                              {{1}, {-1}},
                              {{2, 1, 1, 2}, {0.5F, -9, 0, 100}}}),
              ElementsAre(1.5F, 0, 5, 6));
}

TEST(ConvTest, OneAndThreeDimensions) {
  ConvParams params;
  params.window.rank = 1;
  params.window.kernel = {1, 1, 3};
  params.window.pads_begin = {0, 0, 1};
  EXPECT_THAT(Answer(params, {Counting({1, 1, 4}), {{1, 1, 3}, {1, 10, 100}}}),
              ElementsAre(210, 321, 432));
  params.window = {};
  params.window.rank = 3;
  params.window.kernel = {2, 1, 1};
  EXPECT_THAT(Answer(params, {Counting({1, 1, 2, 2, 2}), {{1, 1, 2, 1, 1}, {1, 10}}}),
              ElementsAre(51, 62, 73, 84));
}

TEST(ConvTest, RowsLongerThanTheLanesOfTheReference) {
  const std::vector<float> answer =
      Answer(Square(1), {Counting({1, 1, 2, 75}), Constant({1, 1, 1, 1}, 2)});
  ASSERT_EQ(answer.size(), 150u);
  for (size_t i = 0; i < answer.size(); ++i) EXPECT_EQ(answer[i], 2 * static_cast<float>(i + 1));
}

TEST(ConvTest, CostAndText) {
  const OpCost cost = CostOf(Square(3, 1, 1), {{2, 16, 8, 8}, {32, 16, 3, 3}});
  EXPECT_EQ(cost.flops, 2.0 * 2 * 32 * 64 * 16 * 9);
  EXPECT_EQ(cost.bytes, 4.0 * (2 * 16 * 64 + 32 * 16 * 9 + 2 * 32 * 64));
  ConvParams params = Square(3, 2, 1);
  params.group = 4;
  params.has_residual = true;
  params.activation = {ActivationKind::kLeakyRelu, 0.1F, 0};
  EXPECT_EQ(AttributesOf(params),
            "kernel=3x3 stride=2x2 pads=1,1,1,1 group=4 residual act=leaky_relu(0.1)");
}

}  // namespace
}  // namespace convoy::compute
