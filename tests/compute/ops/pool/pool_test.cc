#include "compute/ops/pool/pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::Answers;
using convoy::testing::CostOf;
using convoy::testing::Counting;
using convoy::testing::Filled;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

PoolParams Square(PoolKind kind, int64_t kernel, int64_t stride, int64_t pad = 0) {
  PoolParams params;
  params.kind = kind;
  params.window.kernel = {1, kernel, kernel};
  params.window.strides = {1, stride, stride};
  params.window.pads_begin = params.window.pads_end = {0, pad, pad};
  return params;
}

PoolParams Line(PoolKind kind, int64_t kernel, int64_t stride, int64_t begin, int64_t end) {
  PoolParams params;
  params.kind = kind;
  params.window.rank = 1;
  params.window.kernel = {1, 1, kernel};
  params.window.strides = {1, 1, stride};
  params.window.pads_begin = {0, 0, begin};
  params.window.pads_end = {0, 0, end};
  return params;
}

TEST(PoolTest, OutputExtentsRoundDownOrUp) {
  PoolParams params = Square(PoolKind::kMax, 3, 2);
  EXPECT_EQ(OutputShape(params, {{1, 4, 10, 11}}), "1x4x4x5");
  params.ceil_mode = true;
  EXPECT_EQ(OutputShape(params, {{1, 4, 10, 11}}), "1x4x5x5");
  EXPECT_EQ(OutputShape(params, {{1, 4, 2, 3}}), "1x4x1x1");
  EXPECT_THAT(ShapeError(params, {{1, 4, 1, 3}}), HasSubstr("covers 3"));
}

TEST(PoolTest, CeilDropsAWindowThatStartsBeyondInputAndLeadingPad) {
  PoolParams params = Line(PoolKind::kMax, 1, 3, 0, 0);
  params.ceil_mode = true;
  EXPECT_EQ(OutputShape(params, {{1, 1, 5}}), "1x1x2");  // the third would start at 6
  params = Line(PoolKind::kMax, 2, 2, 1, 1);
  params.ceil_mode = true;
  EXPECT_EQ(OutputShape(params, {{1, 1, 3}}), "1x1x2");  // the third would start at 4 = 3 + 1
  EXPECT_EQ(OutputShape(params, {{1, 1, 4}}), "1x1x3");
}

TEST(PoolTest, RefusesWindowsWithoutAPixel) {
  EXPECT_THAT(ShapeError(Square(PoolKind::kMax, 2, 1, 2), {{1, 1, 4, 4}}),
              HasSubstr("pads are 2, but must be less than the dilated kernel's extent of 2"));
  PoolParams params = Line(PoolKind::kAverage, 2, 1, 2, 2);
  params.window.dilations = {1, 1, 3};
  EXPECT_THAT(ShapeError(params, {{1, 1, 2}}), HasSubstr("dilation is 3, but must be at most"));
  EXPECT_EQ(ShapeError(params, {{1, 1, 3}}), "");
  EXPECT_THAT(ShapeError(Square(PoolKind::kMax, 5, 1), {{1, 1, 4, 9}}), HasSubstr("4 pixels"));
}

TEST(PoolTest, MaximumIgnoresPadding) {
  EXPECT_THAT(Answer(Line(PoolKind::kMax, 3, 2, 1, 1), {{{1, 1, 4}, {-5, -7, -2, -9}}}),
              ElementsAre(-5, -2));
  EXPECT_THAT(Answer(Square(PoolKind::kMax, 2, 2), {Counting({1, 1, 4, 4})}),
              ElementsAre(6, 8, 14, 16));
}

TEST(PoolTest, AverageDividesByTheTapsInside) {
  EXPECT_THAT(Answer(Line(PoolKind::kAverage, 3, 2, 1, 1), {{{1, 1, 4}, {2, 4, 6, 8}}}),
              ElementsAre(3, 6));
}

TEST(PoolTest, AverageMayCountThePads) {
  PoolParams params = Line(PoolKind::kAverage, 3, 2, 1, 1);
  params.count_include_pad = true;
  EXPECT_THAT(Answer(params, {{{1, 1, 4}, {3, 6, 6, 9}}}), ElementsAre(3, 7));
}

TEST(PoolTest, CeilModeAddsNothingToTheDivisor) {
  PoolParams params = Line(PoolKind::kAverage, 3, 2, 0, 0);
  params.ceil_mode = true;
  params.count_include_pad = true;
  EXPECT_THAT(Answer(params, {{{1, 1, 4}, {1, 2, 3, 5}}}), ElementsAre(2, 4));
}

TEST(PoolTest, DilationSkipsPixels) {
  PoolParams params = Line(PoolKind::kMax, 2, 1, 0, 0);
  params.window.dilations = {1, 1, 2};
  EXPECT_THAT(Answer(params, {{{1, 1, 5}, {1, 9, 2, 3, 4}}}), ElementsAre(2, 9, 4));
}

TEST(PoolTest, NotANumberStays) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> answer =
      Answer(Line(PoolKind::kMax, 3, 3, 0, 0), {{{1, 1, 6}, {1, nan, 2, 3, 4, 5}}});
  ASSERT_EQ(answer.size(), 2u);
  EXPECT_TRUE(std::isnan(answer[0]));
  EXPECT_EQ(answer[1], 5);
}

TEST(PoolTest, LpIsANormOfTheTapsInside) {
  PoolParams params = Line(PoolKind::kLp, 2, 2, 1, 1);
  EXPECT_THAT(Answer(params, {{{1, 1, 4}, {-2, 3, -4, 5}}}), ElementsAre(2, 5, 5));
  params.p = 1;
  EXPECT_THAT(Answer(params, {{{1, 1, 4}, {-2, 3, -4, 5}}}), ElementsAre(2, 7, 5));
  params.p = 0;
  EXPECT_THAT(ShapeError(params, {{1, 1, 4}}), HasSubstr("p is 0, but must be from 1 to"));
}

TEST(PoolTest, IndicesAreThoseOfTheFlattenedInput) {
  PoolParams params = Square(PoolKind::kMax, 2, 2);
  params.indices = PoolIndices::kRowMajor;
  const Filled x{{1, 2, 2, 4}, {1, 5, 5, 0, 5, 2, 5, 7, -1, -2, -3, -4, -5, -6, -7, -1}};
  EXPECT_THAT(Answers(params, {x})[0], ElementsAre(5, 7, -1, -1));
  EXPECT_THAT(Answers(params, {x})[1], ElementsAre(1, 7, 8, 15));
  params.indices = PoolIndices::kColumnMajor;  // row + 2 * column
  EXPECT_THAT(Answers(params, {x})[1], ElementsAre(2, 7, 8, 15));
  params.kind = PoolKind::kAverage;
  EXPECT_THAT(ShapeError(params, {{1, 1, 4, 4}}), HasSubstr("only kind=max has"));
}

TEST(PoolTest, CostAndText) {
  EXPECT_EQ(CostOf(Square(PoolKind::kMax, 3, 1), {{1, 2, 5, 5}}).flops, 9.0 * 2 * 9);
  PoolParams params = Square(PoolKind::kAverage, 3, 2, 1);
  params.ceil_mode = params.count_include_pad = true;
  EXPECT_EQ(AttributesOf(params),
            "kind=average kernel=3x3 stride=2x2 pads=1,1,1,1 ceil_mode count_include_pad");
}

}  // namespace
}  // namespace convoy::compute
