#include "compute/ops/sample/roi_align.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Counting;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<TensorSpecs> Infer(const RoiAlignParams& params, const Shape& x, const Shape& rois,
                                  const Shape& batch, DType dtype = DType::kInt64) {
  const TensorSpec specs[] = {{DType::kFloat32, x}, {DType::kFloat32, rois}, {dtype, batch}};
  return InferShapes(params, specs);
}

// Boxes of a 4x4 image of 1 .. 16, each of which is image `batch`.
std::vector<float> Boxes(const RoiAlignParams& params, const std::vector<float>& rois,
                         int32_t batch = 0) {
  const auto count = static_cast<int64_t>(rois.size()) / 4;
  const convoy::testing::Filled image = Counting({1, 1, 4, 4});
  const HostTensor x = HostTensor::FromFloats(image.shape, image.values);
  const HostTensor boxes = HostTensor::FromFloats({count, 4}, rois);
  HostTensor indices({DType::kInt32, {count}});
  for (int32_t& index : indices.mutable_data<int32_t>()) index = batch;
  const TensorView inputs[] = {x.view(), boxes.view(), indices.view()};
  HostTensor y((*Infer(params, image.shape, {count, 4}, {count}, DType::kInt32))[0]);
  const MutableTensorView output = y.mutable_view();
  RunReference(params, inputs, {&output, 1});
  return {y.data<float>().begin(), y.data<float>().end()};
}

TEST(RoiAlignTest, Shapes) {
  const RoiAlignParams params{RoiAlignMode::kAverage, 3, 5};
  EXPECT_EQ((*Infer(params, {2, 7, 9, 9}, {4, 4}, {4}))[0].shape.ToString(), "4x7x3x5");
  EXPECT_THAT(Infer(params, {2, 7, 9, 9}, {4, 5}, {4}).status().ToString(), HasSubstr("4x4"));
  EXPECT_THAT(Infer(params, {2, 7, 9}, {4, 4}, {4}).status().ToString(), HasSubstr("rank"));
  EXPECT_THAT(Infer(params, {2, 7, 9, 9}, {4, 4}, {4}, DType::kFloat32).status().ToString(),
              HasSubstr("must be integers"));
}

TEST(RoiAlignTest, ParametersOutOfRange) {
  RoiAlignParams params;
  params.sampling_ratio = -1;
  EXPECT_THAT(Infer(params, {2, 7, 9, 9}, {4, 4}, {4}).status().ToString(),
              HasSubstr("sampling_ratio is -1"));
  params = {};
  params.spatial_scale = 0;
  EXPECT_THAT(Infer(params, {2, 7, 9, 9}, {4, 4}, {4}).status().ToString(),
              HasSubstr("spatial_scale is 0"));
  params = {};
  params.output_height = 0;
  EXPECT_FALSE(Infer(params, {2, 7, 9, 9}, {4, 4}, {4}).ok());
}

TEST(RoiAlignTest, ABinIsTheMeanOfItsPlaces) {
  RoiAlignParams params{RoiAlignMode::kAverage, 2, 2};
  // Pixels as areas: bins of one pixel each.
  EXPECT_THAT(Boxes(params, {1, 1, 3, 3}), ElementsAre(6, 7, 10, 11));
  params = {RoiAlignMode::kAverage, 1, 1};
  EXPECT_THAT(Boxes(params, {0, 0, 4, 4}), ElementsAre(8.5F));
  // Corners of pixels: one place halfway between the first four.
  params.half_pixel = false;
  EXPECT_THAT(Boxes(params, {0, 0, 1, 1}), ElementsAre(3.5F));
}

TEST(RoiAlignTest, MaxTakesTheGreatestWeightedNeighbour) {
  const RoiAlignParams params{RoiAlignMode::kMax, 1, 1, 1};
  EXPECT_THAT(Boxes(params, {1, 1, 2, 2}), ElementsAre(6));
  EXPECT_THAT(Boxes(params, {1, 1, 3, 3}), ElementsAre(11 / 4.0F));
}

TEST(RoiAlignTest, BoxesOutsideAndImagesThatDoNotExist) {
  const RoiAlignParams params{RoiAlignMode::kAverage, 1, 1};
  EXPECT_THAT(Boxes(params, {50, 50, 60, 60}), ElementsAre(0));
  EXPECT_THAT(Boxes(params, {1, 1, 2, 2}, 1), ElementsAre(0));
  EXPECT_THAT(Boxes(params, {1, 1, 2, 2}, -1), ElementsAre(0));
}

TEST(RoiAlignTest, BoxesThatAreNoNumbersEnd) {
  const RoiAlignParams params{RoiAlignMode::kAverage, 1, 1};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(Boxes(params, {nan, 0, 1, 1, -1e38F, -1e38F, 1e38F, 1e38F}).size(), 2u);
}

}  // namespace
}  // namespace convoy::compute
