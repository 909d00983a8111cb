#include "compute/ops/sample/grid_sample.h"

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

// A signal of 0, 10, 20, 30 at places -1 .. 1.
std::vector<float> At(const GridSampleParams& params, const std::vector<float>& places) {
  const auto count = static_cast<int64_t>(places.size());
  return Answer(params, {{{1, 1, 4}, {0, 10, 20, 30}}, {{1, count, 1}, places}});
}

TEST(GridSampleTest, Shapes) {
  const GridSampleParams params;
  EXPECT_EQ(OutputShape(params, {{2, 5, 7, 9}, {2, 3, 4, 2}}), "2x5x3x4");
  EXPECT_EQ(OutputShape(params, {{2, 5, 7, 9, 3}, {2, 3, 4, 1, 3}}), "2x5x3x4x1");
  EXPECT_THAT(ShapeError(params, {{2, 5, 7, 9}, {1, 3, 4, 2}}), HasSubstr("2x3x4x2"));
  EXPECT_THAT(ShapeError(params, {{2, 5, 7, 9}, {2, 3, 4, 3}}), HasSubstr("2x3x4x2"));
  EXPECT_THAT(ShapeError(params, {{2, 5, 7, 9}, {2, 3, 2}}), HasSubstr("rank 4"));
  EXPECT_THAT(ShapeError(params, {{2, 5}, {2, 3}}), HasSubstr("rank"));
}

TEST(GridSampleTest, CornersAreCentresOrEdges) {
  GridSampleParams params;
  EXPECT_THAT(At(params, {-0.75F, 0, 1}), ElementsAre(0, 15, 15));  // half of 30 and of a zero
  params.align_corners = true;
  EXPECT_THAT(At(params, {-1, 0, 1}), ElementsAre(0, 15, 30));
}

TEST(GridSampleTest, PlacesOutside) {
  GridSampleParams params{GridSampleMode::kLinear, GridPadding::kZeros, true};
  const std::vector<float> places{-2, 2, 3, 1e30F};
  EXPECT_THAT(At(params, places), ElementsAre(0, 0, 0, 0));
  params.padding = GridPadding::kBorder;
  EXPECT_THAT(At(params, places), ElementsAre(0, 30, 30, 30));
  params.padding = GridPadding::kReflection;
  EXPECT_EQ(At(params, places)[0], 15);
  EXPECT_EQ(At(params, places)[1], 15);
  EXPECT_EQ(At(params, places)[2], 0);
}

TEST(GridSampleTest, PlacesThatAreNoNumbersReadNothingOutside) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (const GridPadding padding :
       {GridPadding::kZeros, GridPadding::kBorder, GridPadding::kReflection}) {
    for (const GridSampleMode mode :
         {GridSampleMode::kNearest, GridSampleMode::kLinear, GridSampleMode::kCubic}) {
      for (const float at : {nan, inf, -inf, 1e38F}) {
        for (const AxisTap& tap : GridTaps({mode, padding, false}, at, 3)) {
          EXPECT_GE(tap.index, 0);
          EXPECT_LT(tap.index, 3);
        }
      }
    }
  }
}

TEST(GridSampleTest, NearestRoundsHalvesToEven) {
  const GridSampleParams params{GridSampleMode::kNearest, GridPadding::kZeros, false};
  // Coordinates 0.5, 1.5 and 2.5.
  EXPECT_THAT(At(params, {-0.5F, 0, 0.5F}), ElementsAre(0, 20, 20));
}

TEST(GridSampleTest, CubicWeighsFourNeighbours) {
  const GridSampleParams params{GridSampleMode::kCubic, GridPadding::kBorder, false};
  // Halfway: -3/32, 19/32, 19/32, -3/32.
  EXPECT_FLOAT_EQ(At(params, {0})[0], (10 + 20) * 19 / 32.0F - (0 + 30) * 3 / 32.0F);
}

TEST(GridSampleTest, TheGridNamesTheWidthFirst) {
  const GridSampleParams params{GridSampleMode::kNearest, GridPadding::kZeros, true};
  EXPECT_THAT(Answer(params, {Counting({1, 1, 2, 3}), {{1, 1, 2, 2}, {1, -1, -1, 1}}}),
              ElementsAre(3, 4));
}

TEST(GridSampleTest, Text) {
  EXPECT_EQ(AttributesOf(GridSampleParams{}), "mode=linear");
  EXPECT_EQ(AttributesOf(GridSampleParams{GridSampleMode::kCubic, GridPadding::kReflection, true}),
            "mode=cubic padding=reflection align_corners");
}

}  // namespace
}  // namespace convoy::compute
