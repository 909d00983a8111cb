#include "compute/ops/move/expand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ExpandTest, RepeatsAlongDimensionsOfOne) {
  EXPECT_THAT(Answer(ExpandParams{{2, 3}}, {{{3}, {1, 2, 3}}}), ElementsAre(1, 2, 3, 1, 2, 3));
  EXPECT_EQ(OutputShape(ExpandParams{{2, 3}}, {{3}}), "2x3");
  EXPECT_THAT(Answer(ExpandParams{{2, 3}}, {{{2, 1}, {1, 2}}}), ElementsAre(1, 1, 1, 2, 2, 2));
}

TEST(ExpandTest, ShapesThatDoNotBroadcastAreRefused) {
  EXPECT_THAT(ShapeError(ExpandParams{{2, 4}}, {{2, 3}}), HasSubstr("do not broadcast"));
}

}  // namespace
}  // namespace convoy::compute
