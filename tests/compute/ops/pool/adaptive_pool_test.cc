#include "compute/ops/pool/adaptive_pool.h"

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

AdaptivePoolParams Line(PoolKind kind, int64_t size) { return {kind, 1, {1, 1, size}}; }

TEST(AdaptivePoolTest, Shapes) {
  EXPECT_EQ(OutputShape(AdaptivePoolParams{PoolKind::kMax, 2, {1, 7, 5}}, {{2, 3, 13, 11}}),
            "2x3x7x5");
  EXPECT_EQ(OutputShape(Line(PoolKind::kMax, 9), {{2, 3, 4}}), "2x3x9");
  EXPECT_THAT(ShapeError(Line(PoolKind::kMax, 0), {{2, 3, 4}}), HasSubstr("output size is 0"));
  EXPECT_THAT(ShapeError(Line(PoolKind::kMax, 3), {{2, 3, 4, 5}}), HasSubstr("rank must be 3"));
  EXPECT_THAT(ShapeError(Line(PoolKind::kLp, 3), {{2, 3, 4}}), HasSubstr("kind is lp"));
  EXPECT_THAT(ShapeError(AdaptivePoolParams{PoolKind::kMax, 1, {1, 2, 3}}, {{2, 3, 4}}),
              HasSubstr("output size is 2, but must be from 1 to 1"));
}

TEST(AdaptivePoolTest, WindowsOverlapWhereTheSizesDoNotDivide) {
  // Of 5 to 3: 0..1, 1..3, 3..4.
  EXPECT_THAT(Answer(Line(PoolKind::kAverage, 3), {Counting({1, 1, 5})}),
              ElementsAre(1.5F, 3, 4.5F));
  EXPECT_THAT(Answer(Line(PoolKind::kMax, 3), {Counting({1, 1, 5})}), ElementsAre(2, 4, 5));
}

TEST(AdaptivePoolTest, SmallImagesAreRepeated) {
  EXPECT_THAT(Answer(Line(PoolKind::kAverage, 4), {Counting({1, 1, 2})}), ElementsAre(1, 1, 2, 2));
}

TEST(AdaptivePoolTest, NotANumberStays) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> answer = Answer(Line(PoolKind::kMax, 2), {{{1, 1, 4}, {1, nan, 2, 3}}});
  EXPECT_TRUE(std::isnan(answer[0]));
  EXPECT_EQ(answer[1], 3);
}

TEST(AdaptivePoolTest, CostAndText) {
  EXPECT_EQ(CostOf(Line(PoolKind::kMax, 3), {{1, 1, 12}}).flops, 12);
  EXPECT_EQ(AttributesOf(AdaptivePoolParams{PoolKind::kAverage, 2, {1, 6, 7}}),
            "kind=average size=6x7");
}

}  // namespace
}  // namespace convoy::compute
