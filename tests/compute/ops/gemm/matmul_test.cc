#include "compute/ops/gemm/matmul.h"

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

TEST(MatMulTest, ShapesAsInNumpy) {
  EXPECT_EQ(OutputShape(MatMulParams{}, {{2, 3}, {3, 4}}), "2x4");
  EXPECT_EQ(OutputShape(MatMulParams{}, {{5, 1, 2, 3}, {6, 3, 4}}), "5x6x2x4");
  EXPECT_EQ(OutputShape(MatMulParams{}, {{3}, {3, 4}}), "4");
  EXPECT_EQ(OutputShape(MatMulParams{}, {{2, 3}, {3}}), "2");
  EXPECT_EQ(OutputShape(MatMulParams{}, {{3}, {3}}), "scalar");
  EXPECT_EQ(OutputShape(MatMulParams{}, {{3}, {7, 3, 4}}), "7x4");
  EXPECT_EQ(OutputShape(MatMulParams{}, {{7, 2, 3}, {3}}), "7x2");
}

TEST(MatMulTest, RefusesShapesThatDoNotFit) {
  EXPECT_THAT(ShapeError(MatMulParams{}, {{2, 3}, {4, 3}}), HasSubstr("inner extents 3 and 4"));
  EXPECT_THAT(ShapeError(MatMulParams{}, {{2, 2, 3}, {3, 3, 4}}), HasSubstr("broadcast"));
  EXPECT_THAT(ShapeError(MatMulParams{}, {{}, {3, 3}}), HasSubstr("rank"));
}

TEST(MatMulTest, Values) {
  const convoy::testing::Filled b{{2, 2}, {1, 10, 100, 1000}};
  EXPECT_THAT(Answer(MatMulParams{}, {Counting({2, 2}), b}), ElementsAre(201, 2010, 403, 4030));
  EXPECT_THAT(Answer(MatMulParams{}, {Counting({2}), b}), ElementsAre(201, 2010));
  EXPECT_THAT(Answer(MatMulParams{}, {b, Counting({2})}), ElementsAre(21, 2100));
  EXPECT_THAT(Answer(MatMulParams{}, {Counting({3}), Counting({3})}), ElementsAre(14));
}

TEST(MatMulTest, BatchesBroadcast) {
  // Two 1x2 rows, each times two 2x1 columns.
  EXPECT_THAT(Answer(MatMulParams{}, {Counting({2, 1, 1, 2}), {{2, 2, 1}, {1, 1, 10, 0}}}),
              ElementsAre(3, 10, 7, 30));
}

TEST(MatMulTest, CostAndText) {
  EXPECT_EQ(CostOf(MatMulParams{}, {{5, 2, 3}, {3, 4}}).flops, 2.0 * 5 * 2 * 4 * 3);
  EXPECT_EQ(AttributesOf(MatMulParams{}), "");
}

}  // namespace
}  // namespace convoy::compute
