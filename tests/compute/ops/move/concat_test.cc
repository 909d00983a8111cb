#include "compute/ops/move/concat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::Constant;
using convoy::testing::CostOf;
using convoy::testing::Counting;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ConcatTest, Shapes) {
  EXPECT_EQ(OutputShape(ConcatParams{1}, {{2, 3, 4}, {2, 5, 4}, {2, 1, 4}}), "2x9x4");
  EXPECT_EQ(OutputShape(ConcatParams{0}, {{2}}), "2");
  EXPECT_THAT(ShapeError(ConcatParams{1}, {{2, 3}, {3, 3}}),
              HasSubstr("operand 1 has shape 3x3, but its shape must be 2x3"));
  EXPECT_NE(ShapeError(ConcatParams{1}, {{2, 3}, {2, 3, 1}}), "");
  EXPECT_NE(ShapeError(ConcatParams{2}, {{2, 3}}), "");
  EXPECT_NE(ShapeError(ConcatParams{0}, {}), "");
  EXPECT_THAT(ShapeError(ConcatParams{0}, {{int64_t{1} << 32}, {1}}),
              HasSubstr("exceeds the limit"));
}

TEST(ConcatTest, Values) {
  EXPECT_THAT(Answer(ConcatParams{1}, {Counting({2, 1}), {{2, 2}, {10, 20, 30, 40}}}),
              ElementsAre(1, 10, 20, 2, 30, 40));
  EXPECT_THAT(Answer(ConcatParams{0}, {Counting({1, 2}), Constant({2, 2}, 7)}),
              ElementsAre(1, 2, 7, 7, 7, 7));
}

TEST(ConcatTest, CostAndText) {
  EXPECT_EQ(CostOf(ConcatParams{0}, {{2}, {3}}).bytes, 4.0 * 10);
  EXPECT_EQ(AttributesOf(ConcatParams{2}), "axis=2");
}

}  // namespace
}  // namespace convoy::compute
