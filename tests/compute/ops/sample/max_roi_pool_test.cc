#include "compute/ops/sample/max_roi_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::Counting;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(MaxRoiPoolTest, Shapes) {
  const MaxRoiPoolParams params{3, 5, 1};
  EXPECT_EQ(OutputShape(params, {{2, 7, 9, 9}, {4, 5}}), "4x7x3x5");
  EXPECT_THAT(ShapeError(params, {{2, 7, 9, 9}, {4, 4}}), HasSubstr("4x5"));
  EXPECT_THAT(ShapeError(params, {{2, 7, 9}, {4, 5}}), HasSubstr("rank"));
  EXPECT_NE(ShapeError(MaxRoiPoolParams{0, 5, 1}, {{2, 7, 9, 9}, {4, 5}}), "");
  EXPECT_THAT(ShapeError(MaxRoiPoolParams{1, 1, -2}, {{2, 7, 9, 9}, {4, 5}}),
              HasSubstr("spatial_scale is -2"));
}

TEST(MaxRoiPoolTest, BinsOfWholePixels) {
  const convoy::testing::Filled image = Counting({1, 1, 4, 4});
  const auto pool = [&](const MaxRoiPoolParams& params, const std::vector<float>& box) {
    return Answer(params, {image, {{1, 5}, box}});
  };
  EXPECT_THAT(pool({2, 2, 1}, {0, 0, 0, 3, 3}), ElementsAre(6, 8, 14, 16));
  // Three pixels in two bins: both hold the middle one.
  EXPECT_THAT(pool({1, 2, 1}, {0, 0, 0, 2, 0}), ElementsAre(2, 3));
  EXPECT_THAT(pool({1, 1, 0.5F}, {0, 2, 2, 4, 4}), ElementsAre(11));
  EXPECT_THAT(pool({1, 1, 1}, {0, 9, 9, 12, 12}), ElementsAre(0));
  EXPECT_THAT(pool({1, 1, 1}, {1, 0, 0, 3, 3}), ElementsAre(0));  // there is no image 1
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(pool({1, 1, 1}, {nan, 0, 0, 3, 3}), ElementsAre(0));
  EXPECT_THAT(pool({1, 1, 1}, {0, nan, 0, 3, 3}).size(), 1u);
}

}  // namespace
}  // namespace convoy::compute
