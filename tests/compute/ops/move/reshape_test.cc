#include "compute/ops/move/reshape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

ReshapeParams To(const Shape& shape) {
  ReshapeParams params;
  params.shape = shape;
  return params;
}

TEST(ReshapeTest, KeepsTheNumberOfElements) {
  EXPECT_EQ(OutputShape(To({2, 12}), {{2, 3, 4}}), "2x12");
  EXPECT_EQ(OutputShape(To({}), {{1, 1}}), "scalar");
  EXPECT_THAT(ShapeError(To({2, 11}), {{2, 3, 4}}), HasSubstr("turns 2x3x4 into 2x11"));
  EXPECT_NE(ShapeError(To({-2, -12}), {{2, 3, 4}}), "");
  EXPECT_NE(ShapeError(To({1 << 30, 1 << 30, 1 << 30}), {{2}}), "");
}

TEST(ReshapeTest, KeepsTheOrder) {
  EXPECT_THAT(Answer(To({3, 2}), {Counting({2, 3})}), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(ReshapeTest, CostAndText) {
  EXPECT_EQ(CostOf(To({6}), {{2, 3}}).bytes, 48);
  EXPECT_EQ(AttributesOf(To({2, 12})), "shape=2x12");
}

}  // namespace
}  // namespace convoy::compute
