#include "compute/ops/move/transpose.h"

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

TEST(TransposeTest, Shapes) {
  EXPECT_EQ(OutputShape(TransposeParams{{2, 0, 1}}, {{2, 3, 4}}), "4x2x3");
  for (const std::vector<int>& perm :
       {std::vector<int>{0, 1}, {0, 0, 1}, {0, 1, 3}, {-1, 0, 1}, {0, 1, 2, 3}}) {
    EXPECT_THAT(ShapeError(TransposeParams{perm}, {{2, 3, 4}}), HasSubstr("permutation"));
  }
}

TEST(TransposeTest, Values) {
  EXPECT_THAT(Answer(TransposeParams{{1, 0}}, {Counting({2, 3})}), ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(Answer(TransposeParams{{2, 0, 1}}, {Counting({2, 1, 3})}),
              ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(TransposeTest, CostAndText) {
  EXPECT_EQ(CostOf(TransposeParams{{1, 0}}, {{2, 3}}).bytes, 48);
  EXPECT_EQ(AttributesOf(TransposeParams{{0, 2, 1}}), "perm=0,2,1");
}

}  // namespace
}  // namespace convoy::compute
