#include "compute/ops/move/slice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(SliceTest, Shapes) {
  EXPECT_EQ(OutputShape(SliceParams{{0, 1}, {1, 2}, {2, 2}}, {{2, 4}}), "2x2");
  EXPECT_EQ(OutputShape(SliceParams{{3}, {-1}, {4}}, {{4}}), "4");
}

TEST(SliceTest, RefusesToLeaveTheTensor) {
  EXPECT_THAT(ShapeError(SliceParams{{0}, {1}, {5}}, {{4}}), HasSubstr("inside the extent 4"));
  EXPECT_NE(ShapeError(SliceParams{{1}, {3}, {2}}, {{4}}), "");
  EXPECT_NE(ShapeError(SliceParams{{1}, {-1}, {3}}, {{4}}), "");
  EXPECT_NE(ShapeError(SliceParams{{-1}, {1}, {1}}, {{4}}), "");
  EXPECT_NE(ShapeError(SliceParams{{4}, {1}, {1}}, {{4}}), "");
  EXPECT_NE(ShapeError(SliceParams{{0}, {0}, {2}}, {{4}}), "");
  EXPECT_NE(ShapeError(SliceParams{{0}, {1}, {0}}, {{4}}), "");
  const int64_t most = std::numeric_limits<int64_t>::max();
  EXPECT_NE(ShapeError(SliceParams{{0}, {most}, {most}}, {{4}}), "");
  EXPECT_THAT(ShapeError(SliceParams{{0}, {1}, {1}}, {{4, 4}}), HasSubstr("2 entries"));
}

TEST(SliceTest, Values) {
  EXPECT_THAT(Answer(SliceParams{{1, 0}, {1, 2}, {2, 2}}, {Counting({3, 3})}),
              ElementsAre(4, 6, 7, 9));
  EXPECT_THAT(Answer(SliceParams{{2, 2}, {-2, -1}, {2, 2}}, {Counting({3, 3})}),
              ElementsAre(9, 8, 3, 2));
}

TEST(SliceTest, CostAndText) {
  EXPECT_EQ(CostOf(SliceParams{{0}, {1}, {2}}, {{100}}).bytes, 16);
  EXPECT_EQ(AttributesOf(SliceParams{{0, 1}, {1, 1}, {2, 3}}), "starts=0,1 sizes=2,3");
  EXPECT_EQ(AttributesOf(SliceParams{{5}, {-1}, {3}}), "starts=5 steps=-1 sizes=3");
}

}  // namespace
}  // namespace convoy::compute
