#include "compute/ops/norm/batch_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::Constant;
using convoy::testing::CostOf;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(BatchNormTest, Shapes) {
  EXPECT_EQ(OutputShape(BatchNormParams{}, {{2, 3, 4, 5}, {3}, {3}, {3}, {3}}), "2x3x4x5");
  EXPECT_EQ(OutputShape(BatchNormParams{}, {{2, 3}, {3}, {3}, {3}, {3}}), "2x3");
  EXPECT_THAT(ShapeError(BatchNormParams{}, {{2, 3}, {3}, {3}, {2}, {3}}),
              HasSubstr("operand mean has shape 2, but its shape must be 3"));
  EXPECT_THAT(ShapeError(BatchNormParams{}, {{3}, {3}, {3}, {3}, {3}}), HasSubstr("rank"));
  EXPECT_THAT(ShapeError(BatchNormParams{-1}, {{2, 3}, {3}, {3}, {3}, {3}}),
              HasSubstr("epsilon is -1"));
}

TEST(BatchNormTest, NormalisesEachChannel) {
  // (x - 2) / 2 * 3 + 1 in channel 0, (x - 5) / 1 * -1 in channel 1.
  EXPECT_THAT(
      Answer(
          BatchNormParams{0},
          {{{1, 2, 2}, {2, 4, 5, 7}}, {{2}, {3, -1}}, {{2}, {1, 0}}, {{2}, {2, 5}}, {{2}, {4, 1}}}),
      ElementsAre(1, 4, 0, -2));
}

TEST(BatchNormTest, EpsilonJoinsTheVariance) {
  EXPECT_THAT(
      Answer(
          BatchNormParams{3},
          {{{1, 1}, {8}}, Constant({1}, 1), Constant({1}, 0), Constant({1}, 0), Constant({1}, 1)}),
      ElementsAre(4));
}

TEST(BatchNormTest, CostAndText) {
  EXPECT_EQ(CostOf(BatchNormParams{}, {{2, 3}, {3}, {3}, {3}, {3}}).flops, 12);
  EXPECT_EQ(AttributesOf(BatchNormParams{}), "");
  EXPECT_EQ(AttributesOf(BatchNormParams{0.001F}), "epsilon=0.001");
}

}  // namespace
}  // namespace convoy::compute
