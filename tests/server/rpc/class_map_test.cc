#include "server/rpc/class_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "compute/base/status.h"
#include "server/rpc/image_classes.h"

namespace convoy::server {
namespace {

using ::testing::HasSubstr;

models::ModelSpec SegmentationModel(std::vector<int64_t> output_dims) {
  return {.name = "cells",
          .max_batch_size = 4,
          .inputs = {{"image", compute::DType::kFloat32, {3, 2, 3}}},
          .outputs = {{"scores", compute::DType::kFloat32, std::move(output_dims)}},
          .labels = {"background", "wall", "core"},
          .image = models::ImageSettings{.height = 2, .width = 3}};
}

compute::HostTensor Scores(compute::Shape shape, const std::vector<float>& values) {
  return compute::HostTensor::FromFloats(std::move(shape), values);
}

// 2x3 pixels; the best classes are 0 1 2 / 2 2 0, the last pixel being a draw of 0 and 1.
compute::HostTensor ThreeClasses() {
  return Scores({1, 3, 2, 3}, {5, 1, 1, 0, 0, 4,   //
                               1, 5, 1, 0, -1, 4,  //
                               1, 1, 5, 9, 0.5F, 3});
}

TEST(ScoreMap, NamesTheBestClassOfEachPixel) {
  const compute::HostTensor scores = ThreeClasses();
  const auto map = ScoreMap::Of(scores.view(), SegmentationModel({3, 2, 3}));
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->height(), 2);
  EXPECT_EQ(map->width(), 3);
  EXPECT_EQ(map->classes(), 3);
  EXPECT_EQ(map->BestClasses(), std::string({0, 1, 2, 2, 2, 0}));
}

TEST(ScoreMap, ReadsChannelsLast) {
  models::ModelSpec spec = SegmentationModel({2, 1, 3});
  spec.image->layout = models::ImageLayout::kNhwc;
  const compute::HostTensor scores = Scores({1, 2, 1, 3}, {1, 9, 2, 3, 4, 8});
  const auto map = ScoreMap::Of(scores.view(), spec);
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->width(), 1);
  EXPECT_EQ(map->BestClasses(), std::string({1, 2}));
}

TEST(ScoreMap, ASingleScoreIsOnAboveAHalfOrAsALogitAboveZero) {
  models::ModelSpec spec = SegmentationModel({1, 2, 2});
  spec.labels = {"off", "on"};
  const compute::HostTensor scores = Scores({1, 1, 2, 2}, {0.4F, 0.6F, 0.5F, -3});
  EXPECT_EQ(ScoreMap::Of(scores.view(), spec)->BestClasses(), std::string({0, 1, 0, 0}));
  spec.classify_softmax = true;
  EXPECT_EQ(ScoreMap::Of(scores.view(), spec)->BestClasses(), std::string({1, 1, 1, 0}));
  EXPECT_EQ(ScoreMap::Of(scores.view(), spec)->classes(), 2);
}

TEST(ScoreMap, IsNotWhatScoresAPictureAsAWhole) {
  const models::ModelSpec spec = SegmentationModel({3, 2, 3});
  const auto is_map = [&](const compute::Shape& shape) {
    return ScoreMap::Of(compute::HostTensor({compute::DType::kFloat32, shape}).view(), spec)
        .has_value();
  };
  EXPECT_TRUE(is_map({1, 256, 1, 2}));
  EXPECT_FALSE(is_map({1, 257, 2, 2}));
  EXPECT_FALSE(is_map({1, 6}));
  EXPECT_FALSE(is_map({1, 3, 1, 1}));
  EXPECT_FALSE(is_map({1, 3, 0, 4}));
  EXPECT_FALSE(is_map({1, 3, 2, 2, 2}));
  EXPECT_FALSE(is_map({1, 1, 1, 3})) << "it has a label for each of three values";
  const compute::HostTensor whole({compute::DType::kInt64, {1, 3, 2, 3}});
  EXPECT_FALSE(ScoreMap::Of(whole.view(), spec).has_value());
}

TEST(CheckGivesClassMap, GoesByTheDeclaredOutput) {
  EXPECT_TRUE(CheckGivesClassMap(SegmentationModel({3, 2, 3})).ok());
  EXPECT_TRUE(CheckGivesClassMap(SegmentationModel({3, models::kAnyExtent, -1})).ok());
  const absl::Status status = CheckGivesClassMap(SegmentationModel({10}));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("'cells' gives no class map"));
  models::ModelSpec blind = SegmentationModel({3, 2, 3});
  blind.image.reset();
  EXPECT_FALSE(CheckGivesClassMap(blind).ok());
}

TEST(AddClasses, OfAScoreMapAreSharesOfThePixels) {
  const compute::HostTensor scores = ThreeClasses();
  convoy::v1::ImageResult result;
  AddClasses(scores.view(), SegmentationModel({3, 2, 3}), 5, result);
  ASSERT_EQ(result.classes_size(), 3);
  EXPECT_EQ(result.classes(0).label(), "core");
  EXPECT_FLOAT_EQ(result.classes(0).probability(), 3.0F / 6);
  EXPECT_EQ(result.classes(1).label(), "background");
  EXPECT_FLOAT_EQ(result.classes(1).probability(), 2.0F / 6);
  EXPECT_EQ(result.classes(2).label(), "wall");
}

TEST(AddClassMap, CarriesTheMapAndThePartOfThePictureThatItCovers) {
  const compute::HostTensor scores = ThreeClasses();
  convoy::v1::ImageResult result;
  const absl::Status status =
      AddClassMap(scores.view(), SegmentationModel({3, 2, 3}), {1, 2, 30.5, 40}, result);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(result.class_map().height(), 2U);
  EXPECT_EQ(result.class_map().width(), 3U);
  EXPECT_EQ(result.class_map().classes(), std::string({0, 1, 2, 2, 2, 0}));
  EXPECT_EQ(result.class_map().right(), 30.5);
  EXPECT_EQ(result.class_map().bottom(), 40);
}

}  // namespace
}  // namespace convoy::server
