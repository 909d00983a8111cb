#include "compute/ops/reduce/top_k.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answers;
using convoy::testing::CostOf;
using convoy::testing::Filled;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(TopKTest, Shapes) {
  EXPECT_EQ(OutputShape(TopKParams{1, 2}, {{2, 3, 4}}), "2x2x4");
  EXPECT_THAT(ShapeError(TopKParams{1, 4}, {{2, 3}}), HasSubstr("k is 4, but must be from 1 to"));
  EXPECT_THAT(ShapeError(TopKParams{1, 0}, {{2, 3}}), HasSubstr("k is 0"));
  EXPECT_THAT(ShapeError(TopKParams{2, 1}, {{2, 3}}), HasSubstr("axis is 2"));
}

TEST(TopKTest, InOrderAndEqualsByIndex) {
  const Filled x{{1, 5}, {3, 1, 3, 5, 1}};
  const auto largest = Answers(TopKParams{1, 3}, {x});
  EXPECT_THAT(largest[0], ElementsAre(5, 3, 3));
  EXPECT_THAT(largest[1], ElementsAre(3, 0, 2));
  const auto smallest = Answers(TopKParams{1, 3, true}, {x});
  EXPECT_THAT(smallest[0], ElementsAre(1, 1, 3));
  EXPECT_THAT(smallest[1], ElementsAre(1, 4, 0));
}

TEST(TopKTest, AlongOuterAxes) {
  const auto top = Answers(TopKParams{0, 1}, {{{2, 3}, {1, 5, 3, 4, 2, 6}}});
  EXPECT_THAT(top[0], ElementsAre(4, 5, 6));
  EXPECT_THAT(top[1], ElementsAre(1, 0, 1));
}

TEST(TopKTest, NotANumberIsTheLargest) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Filled x{{3}, {1, nan, 9}};
  EXPECT_THAT(Answers(TopKParams{0, 2}, {x})[1], ElementsAre(1, 2));
  EXPECT_THAT(Answers(TopKParams{0, 2, true}, {x})[1], ElementsAre(0, 2));
}

TEST(TopKTest, CostAndText) {
  EXPECT_GT(CostOf(TopKParams{0, 1}, {{10}}).flops, 10);
  EXPECT_EQ(AttributesOf(TopKParams{1, 5, true}), "axis=1 k=5 smallest");
}

}  // namespace
}  // namespace convoy::compute
