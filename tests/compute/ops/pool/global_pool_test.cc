#include "compute/ops/pool/global_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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

TEST(GlobalPoolTest, KeepsTheRank) {
  EXPECT_EQ(OutputShape(GlobalPoolParams{}, {{2, 5, 7}}), "2x5x1");
  EXPECT_EQ(OutputShape(GlobalPoolParams{}, {{2, 5, 7, 8}}), "2x5x1x1");
  EXPECT_EQ(OutputShape(GlobalPoolParams{}, {{2, 5, 7, 8, 9}}), "2x5x1x1x1");
  EXPECT_THAT(ShapeError(GlobalPoolParams{}, {{2, 5}}), HasSubstr("rank must be 3 to 5"));
}

TEST(GlobalPoolTest, AverageAndMaximum) {
  EXPECT_THAT(Answer(GlobalPoolParams{PoolKind::kAverage}, {Counting({1, 2, 2, 2})}),
              ElementsAre(2.5F, 6.5F));
  EXPECT_THAT(Answer(GlobalPoolParams{PoolKind::kMax}, {{{1, 2, 2}, {-1, -2, -4, -3}}}),
              ElementsAre(-1, -3));
}

TEST(GlobalPoolTest, NotANumberStays) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> answer =
      Answer(GlobalPoolParams{PoolKind::kMax}, {{{1, 1, 3}, {1, nan, 2}}});
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_TRUE(std::isnan(answer[0]));
}

TEST(GlobalPoolTest, CostAndText) {
  EXPECT_EQ(CostOf(GlobalPoolParams{}, {{2, 5, 7, 8}}).flops, 2.0 * 5 * 7 * 8);
  EXPECT_EQ(AttributesOf(GlobalPoolParams{PoolKind::kMax}), "kind=max");
}

}  // namespace
}  // namespace convoy::compute
