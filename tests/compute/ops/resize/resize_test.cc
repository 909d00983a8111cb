#include "compute/ops/resize/resize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::CostOf;
using convoy::testing::Counting;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ResizeParams Line(ResizeMode mode, CoordinateTransform transform, int64_t in, int64_t out) {
  ResizeParams params;
  params.mode = mode;
  params.transform = transform;
  params.scales = {static_cast<float>(out) / static_cast<float>(in)};
  params.sizes = {out};
  return params;
}

TEST(ResizeTest, Shapes) {
  ResizeParams params = Line(ResizeMode::kNearest, CoordinateTransform::kAsymmetric, 2, 5);
  EXPECT_EQ(OutputShape(params, {{2}}), "5");
  EXPECT_THAT(ShapeError(params, {{2, 2}}), HasSubstr("2 entries"));
  params.scales = {-1};
  EXPECT_THAT(ShapeError(params, {{2}}), HasSubstr("scale is -1"));
  params.scales = {2};
  params.sizes = {0};
  EXPECT_THAT(ShapeError(params, {{2}}), HasSubstr("at least 1"));
}

TEST(ResizeTest, NearestRoundsAsAsked) {
  ResizeParams params = Line(ResizeMode::kNearest, CoordinateTransform::kAsymmetric, 4, 8);
  const convoy::testing::Filled x = Counting({4});
  params.rounding = NearestRounding::kFloor;
  EXPECT_THAT(Answer(params, {x}), ElementsAre(1, 1, 2, 2, 3, 3, 4, 4));
  params.rounding = NearestRounding::kCeil;
  EXPECT_THAT(Answer(params, {x}), ElementsAre(1, 2, 2, 3, 3, 4, 4, 4));
  params.rounding = NearestRounding::kRoundPreferFloor;  // 0.5 goes to 0
  EXPECT_THAT(Answer(params, {x}), ElementsAre(1, 1, 2, 2, 3, 3, 4, 4));
  params.rounding = NearestRounding::kRoundPreferCeil;  // 0.5 goes to 1
  EXPECT_THAT(Answer(params, {x}), ElementsAre(1, 2, 2, 3, 3, 4, 4, 4));
}

TEST(ResizeTest, LinearTransforms) {
  const convoy::testing::Filled x{{2}, {0, 8}};
  EXPECT_THAT(Answer(Line(ResizeMode::kLinear, CoordinateTransform::kHalfPixel, 2, 4), {x}),
              ElementsAre(0, 2, 6, 8));
  EXPECT_THAT(Answer(Line(ResizeMode::kLinear, CoordinateTransform::kAsymmetric, 2, 4), {x}),
              ElementsAre(0, 4, 8, 8));
  EXPECT_THAT(Answer(Line(ResizeMode::kLinear, CoordinateTransform::kAlignCorners, 2, 5), {x}),
              ElementsAre(0, 2, 4, 6, 8));
}

TEST(ResizeTest, OneOutputPixel) {
  const convoy::testing::Filled x = Counting({4});
  EXPECT_THAT(Answer(Line(ResizeMode::kLinear, CoordinateTransform::kHalfPixel, 4, 1), {x}),
              ElementsAre(2.5F));
  EXPECT_THAT(Answer(Line(ResizeMode::kLinear, CoordinateTransform::kPytorchHalfPixel, 4, 1), {x}),
              ElementsAre(1));
  EXPECT_THAT(Answer(Line(ResizeMode::kLinear, CoordinateTransform::kAlignCorners, 4, 1), {x}),
              ElementsAre(1));
}

TEST(ResizeTest, BilinearMixesRowsAndColumns) {
  ResizeParams params;
  params.mode = ResizeMode::kLinear;
  params.transform = CoordinateTransform::kAlignCorners;
  params.scales = {1.5F, 1.5F};
  params.sizes = {3, 3};
  EXPECT_THAT(Answer(params, {{{2, 2}, {0, 4, 8, 12}}}), ElementsAre(0, 2, 4, 4, 6, 8, 8, 10, 12));
}

TEST(ResizeTest, TheGivenScaleCountsNotTheSizes) {
  // A model may ask for a scale of 2.6: ONNX's own example of a size that is rounded down.
  ResizeParams params = Line(ResizeMode::kLinear, CoordinateTransform::kAsymmetric, 2, 5);
  params.scales = {2.6F};
  const std::vector<float> answer = Answer(params, {{{2}, {0, 26}}});
  ASSERT_EQ(answer.size(), 5u);
  EXPECT_FLOAT_EQ(answer[1], 10);
  EXPECT_FLOAT_EQ(answer[2], 20);
}

TEST(ResizeTest, TapsStayInsideExtentsThatFloatsCannotCount) {
  const int64_t extent = 16'777'220;  // the float next to extent - 1 is extent itself
  for (const ResizeMode mode : {ResizeMode::kNearest, ResizeMode::kLinear, ResizeMode::kCubic}) {
    ResizeParams params = Line(mode, CoordinateTransform::kTfCropAndResize, extent, 2);
    params.roi = {1, 1};
    const AxisTable table = ResizeTable(params, 0, extent);
    for (const AxisTap& tap : table.at(1)) EXPECT_LT(tap.index, extent);
  }
}

TEST(ResizeTest, CubicWeighsFourNeighbours) {
  // Halfway between entries the kernel of a = -0.75 weighs -3/32, 19/32, 19/32 and -3/32.
  ResizeParams params = Line(ResizeMode::kCubic, CoordinateTransform::kAsymmetric, 4, 8);
  const convoy::testing::Filled x{{4}, {32, 64, 0, 96}};
  EXPECT_FLOAT_EQ(Answer(params, {x})[3], -3 + 38 + 0 - 9);
  EXPECT_FLOAT_EQ(Answer(params, {x})[7], -0.0F + 96 + 9);  // the edge counts as often as needed
  params.exclude_outside = true;
  EXPECT_FLOAT_EQ(Answer(params, {x})[7], 19 * 96.0F / 16);
}

TEST(ResizeTest, AntialiasWeighsEverythingThatAPixelCovers) {
  ResizeParams params = Line(ResizeMode::kLinear, CoordinateTransform::kHalfPixel, 4, 2);
  params.antialias = true;
  // Output 0 lies at 0.5 and reaches 2 entries: weights 1/4, 3/4, 3/4, 1/4, the first twice
  // outside.
  const std::vector<float> answer = Answer(params, {{{4}, {8, 0, 16, 0}}});
  EXPECT_THAT(answer, ElementsAre(8 * 4 / 8.0F + 16 / 8.0F, 16 * 3 / 8.0F));
}

TEST(ResizeTest, CropsLookBeyondTheInput) {
  ResizeParams params = Line(ResizeMode::kLinear, CoordinateTransform::kTfCropAndResize, 3, 3);
  params.roi = {0.5F, 1.5F};
  params.extrapolation = -1;
  EXPECT_THAT(Answer(params, {{{3}, {1, 2, 4}}}), ElementsAre(2, 4, -1));
}

TEST(ResizeTest, IntegersOnlyMove) {
  const ResizeParams nearest = Line(ResizeMode::kNearest, CoordinateTransform::kAsymmetric, 2, 4);
  const TensorSpec labels{DType::kInt64, {2}};
  EXPECT_EQ((*InferShapes(nearest, {&labels, 1}))[0].ToString(), "INT64[4]");
  const ResizeParams linear = Line(ResizeMode::kLinear, CoordinateTransform::kAsymmetric, 2, 4);
  EXPECT_FALSE(InferShapes(linear, {&labels, 1}).ok());
}

TEST(ResizeTest, ParametersThatDoNotFit) {
  ResizeParams params = Line(ResizeMode::kLinear, CoordinateTransform::kTfCropAndResize, 3, 3);
  EXPECT_THAT(ShapeError(params, {{3}}), HasSubstr("roi has 0 entries"));
  params.roi = {0, std::numeric_limits<float>::infinity()};
  EXPECT_THAT(ShapeError(params, {{3}}), HasSubstr("bound of inf"));
  // With such a scale each output would weigh thousands of entries.
  params = Line(ResizeMode::kLinear, CoordinateTransform::kHalfPixel, 3, 3);
  params.scales = {0.001F};
  EXPECT_THAT(ShapeError(params, {{3}}), HasSubstr("makes 3 of a dimension of 3"));
}

TEST(ResizeTest, CostAndText) {
  ResizeParams params = Line(ResizeMode::kLinear, CoordinateTransform::kAlignCorners, 2, 4);
  EXPECT_EQ(CostOf(params, {{2}}).flops, 16);
  EXPECT_EQ(AttributesOf(params), "mode=linear transform=align_corners scales=2 sizes=4");
  params = Line(ResizeMode::kNearest, CoordinateTransform::kHalfPixel, 2, 4);
  params.rounding = NearestRounding::kCeil;
  EXPECT_EQ(AttributesOf(params), "mode=nearest rounding=ceil scales=2 sizes=4");
}

}  // namespace
}  // namespace convoy::compute
