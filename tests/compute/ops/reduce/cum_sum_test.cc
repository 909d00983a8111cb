#include "compute/ops/reduce/cum_sum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::CostOf;
using convoy::testing::Filled;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CumSumTest, Shapes) {
  EXPECT_EQ(OutputShape(CumSumParams{1}, {{2, 3}}), "2x3");
  EXPECT_THAT(ShapeError(CumSumParams{2}, {{2, 3}}), HasSubstr("axis is 2"));
  const TensorSpec bytes{DType::kInt8, {2, 3}};
  EXPECT_THAT(InferShapes(CumSumParams{1}, std::span(&bytes, 1)).status().message(),
              HasSubstr("CumSum is given INT8"));
}

TEST(CumSumTest, ForwardsAndBackwards) {
  const Filled x{{2, 3}, {1, 2, 3, 4, 5, 6}};
  EXPECT_THAT(Answer(CumSumParams{1}, {x}), ElementsAre(1, 3, 6, 4, 9, 15));
  EXPECT_THAT(Answer(CumSumParams{1, true, false}, {x}), ElementsAre(0, 1, 3, 0, 4, 9));
  EXPECT_THAT(Answer(CumSumParams{1, false, true}, {x}), ElementsAre(6, 5, 3, 15, 11, 6));
  EXPECT_THAT(Answer(CumSumParams{1, true, true}, {x}), ElementsAre(5, 3, 0, 11, 6, 0));
  EXPECT_THAT(Answer(CumSumParams{0}, {x}), ElementsAre(1, 2, 3, 5, 7, 9));
}

TEST(CumSumTest, CostAndText) {
  EXPECT_EQ(CostOf(CumSumParams{0}, {{10}}).flops, 10);
  EXPECT_EQ(AttributesOf(CumSumParams{1, true, true}), "axis=1 exclusive reverse");
}

}  // namespace
}  // namespace convoy::compute
