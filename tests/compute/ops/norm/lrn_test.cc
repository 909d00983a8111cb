#include "compute/ops/norm/lrn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::CostOf;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LrnTest, Shapes) {
  EXPECT_EQ(OutputShape(LrnParams{}, {{2, 3, 4, 5}}), "2x3x4x5");
  EXPECT_THAT(ShapeError(LrnParams{}, {{2}}), HasSubstr("its rank must be 2 to 5"));
  EXPECT_THAT(ShapeError(LrnParams{.size = 0}, {{2, 3}}), HasSubstr("size is 0"));
  EXPECT_THAT(ShapeError(LrnParams{.size = int64_t{1} << 40}, {{2, 3}}), HasSubstr("size is"));
  EXPECT_THAT(ShapeError(LrnParams{.alpha = std::numeric_limits<float>::infinity()}, {{2, 3}}),
              HasSubstr("alpha=inf"));
}

TEST(LrnTest, DividesByTheNeighbouringChannels) {
  // 1 + 3/3 * (sum of squares): 1 + 1 + 4, 1 + 1 + 4 + 9, 1 + 4 + 9.
  const LrnParams params{.size = 3, .alpha = 3, .beta = 1, .bias = 1};
  EXPECT_THAT(Answer(params, {{{1, 3}, {1, 2, 3}}}), ElementsAre(1.0F / 6, 2.0F / 15, 3.0F / 14));
}

TEST(LrnTest, AnEvenWindowReachesFurtherBehind) {
  const LrnParams params{.size = 2, .alpha = 2, .beta = 1, .bias = 1};
  EXPECT_THAT(Answer(params, {{{1, 3}, {1, 2, 3}}}), ElementsAre(1.0F / 6, 2.0F / 14, 3.0F / 10));
}

TEST(LrnTest, PixelsAndSamplesKeepApart) {
  const LrnParams params{.size = 3, .alpha = 3, .beta = 1, .bias = 1};
  EXPECT_THAT(Answer(params, {{{2, 1, 2}, {1, 2, 3, 4}}}),
              ElementsAre(1.0F / 2, 2.0F / 5, 3.0F / 10, 4.0F / 17));
}

TEST(LrnTest, CostAndText) {
  EXPECT_EQ(CostOf(LrnParams{}, {{1, 10}}).flops, 140);
  EXPECT_EQ(AttributesOf(LrnParams{}), "size=5 alpha=0.0001 beta=0.75 bias=1");
}

}  // namespace
}  // namespace convoy::compute
