#include "compute/ops/pool/max_unpool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::Filled;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

MaxUnpoolParams Line(int64_t kernel, int64_t stride) {
  MaxUnpoolParams params;
  params.window.rank = 1;
  params.window.kernel = {1, 1, kernel};
  params.window.strides = {1, 1, stride};
  return params;
}

std::string Shapes(const MaxUnpoolParams& params, const Shape& x, const Shape& indices,
                   DType dtype = DType::kInt64) {
  const std::array<TensorSpec, 2> specs{TensorSpec{DType::kFloat32, x}, TensorSpec{dtype, indices}};
  const auto outputs = InferShapes(params, specs);
  return outputs.ok() ? outputs->front().shape.ToString() : std::string(outputs.status().message());
}

Filled Places(Shape shape, std::vector<float> values) {
  return {std::move(shape), std::move(values), DType::kInt64};
}

TEST(MaxUnpoolTest, Shapes) {
  EXPECT_EQ(Shapes(Line(2, 2), {1, 3, 4}, {1, 3, 4}), "1x3x8");
  MaxUnpoolParams params = Line(3, 2);
  params.window.pads_begin = params.window.pads_end = {0, 0, 1};
  EXPECT_EQ(Shapes(params, {1, 3, 4}, {1, 3, 4}), "1x3x7");
  EXPECT_THAT(Shapes(Line(2, 2), {1, 3, 4}, {1, 3, 5}), HasSubstr("indices has shape 1x3x5"));
  EXPECT_THAT(Shapes(Line(2, 2), {1, 3, 4}, {1, 3, 4}, DType::kInt32), HasSubstr("must be INT64"));
  params.window.dilations = {1, 1, 2};
  EXPECT_THAT(Shapes(params, {1, 3, 4}, {1, 3, 4}), HasSubstr("dilation is 2"));
  params = Line(1, 1);
  params.window.pads_begin = {0, 0, 4};
  EXPECT_THAT(Shapes(params, {1, 3, 4}, {1, 3, 4}), HasSubstr("must be at least 1"));
}

TEST(MaxUnpoolTest, MaximaReturnToTheirPlaces) {
  EXPECT_THAT(Answer(Line(2, 2), {{{1, 2, 2}, {5, 6, 7, 8}}, Places({1, 2, 2}, {1, 2, 4, 7})}),
              ElementsAre(0, 5, 6, 0, 7, 0, 0, 8));
}

TEST(MaxUnpoolTest, PlacesOutsideOfTheWindowAreIgnored) {
  EXPECT_THAT(Answer(Line(2, 2), {{{1, 1, 2}, {5, 6}}, Places({1, 1, 2}, {2, 3})}),
              ElementsAre(0, 0, 0, 6));
  EXPECT_THAT(Answer(Line(2, 2), {{{1, 1, 2}, {5, 6}}, Places({1, 1, 2}, {-1, 4})}),
              ElementsAre(0, 0, 0, 0));
}

TEST(MaxUnpoolTest, OfWindowsThatShareAPlaceTheLastCounts) {
  EXPECT_THAT(Answer(Line(2, 1), {{{1, 1, 2}, {5, 6}}, Places({1, 1, 2}, {1, 1})}),
              ElementsAre(0, 6, 0));
}

TEST(MaxUnpoolTest, Text) { EXPECT_EQ(AttributesOf(Line(3, 2)), "kernel=3 stride=2"); }

}  // namespace
}  // namespace convoy::compute
