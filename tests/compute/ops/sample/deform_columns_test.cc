#include "compute/ops/sample/deform_columns.h"

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

DeformColumnsParams Kernel(int64_t height, int64_t width) {
  DeformColumnsParams params;
  params.window.kernel = {1, height, width};
  return params;
}

TEST(DeformColumnsTest, Shapes) {
  DeformColumnsParams params = Kernel(2, 3);
  EXPECT_EQ(OutputShape(params, {{2, 4, 7, 8}, {2, 12, 6, 6}}), "2x24x6x6");
  EXPECT_THAT(ShapeError(params, {{2, 4, 7, 8}, {2, 6, 6, 6}}), HasSubstr("2x12x6x6"));
  EXPECT_THAT(ShapeError(params, {{2, 4, 1, 8}, {2, 12, 6, 6}}), HasSubstr("kernel covers 2"));
  params.offset_group = 3;
  EXPECT_THAT(ShapeError(params, {{2, 4, 7, 8}, {2, 36, 6, 6}}), HasSubstr("offset_group is 3"));
  params = Kernel(1, 1);
  params.has_mask = true;
  EXPECT_EQ(OutputShape(params, {{2, 4, 7, 8}, {2, 2, 7, 8}, {2, 1, 7, 8}}), "2x4x7x8");
  EXPECT_THAT(ShapeError(params, {{2, 4, 7, 8}, {2, 2, 7, 8}, {2, 2, 7, 8}}), HasSubstr("mask"));
}

TEST(DeformColumnsTest, WithoutOffsetsTheyAreTheWindows) {
  EXPECT_THAT(
      Answer(Kernel(1, 2), {Counting({1, 1, 2, 3}), convoy::testing::Constant({1, 4, 2, 2}, 0)}),
      ElementsAre(1, 2, 4, 5, 2, 3, 5, 6));
}

TEST(DeformColumnsTest, OffsetsMoveRowsThenColumns) {
  const auto moved = [](float down, float right) {
    return Answer(Kernel(1, 1),
                  {Counting({1, 1, 2, 2}), {{1, 2, 2, 2}, {down, 0, 0, 0, right, 0, 0, 0}}})[0];
  };
  EXPECT_EQ(moved(1, 0), 3);
  EXPECT_EQ(moved(0, 1), 2);
  EXPECT_EQ(moved(0.5F, 0.5F), 2.5F);
  EXPECT_EQ(moved(-0.5F, 0), 0.5F);  // half of a zero outside
  EXPECT_EQ(moved(-1, 0), 0);
  EXPECT_EQ(moved(std::numeric_limits<float>::quiet_NaN(), 0), 0);
  EXPECT_EQ(moved(0, 1e30F), 0);
}

TEST(DeformColumnsTest, MasksScale) {
  DeformColumnsParams params = Kernel(1, 1);
  params.has_mask = true;
  EXPECT_THAT(Answer(params, {Counting({1, 2, 1, 2}),
                              convoy::testing::Constant({1, 2, 1, 2}, 0),
                              {{1, 1, 1, 2}, {2, 0.5F}}}),
              ElementsAre(2, 1, 6, 2));
}

}  // namespace
}  // namespace convoy::compute
