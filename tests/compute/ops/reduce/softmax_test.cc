#include "compute/ops/reduce/softmax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::CostOf;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SoftmaxTest, Shapes) {
  EXPECT_EQ(OutputShape(SoftmaxParams{2}, {{2, 3, 4}}), "2x3x4");
  EXPECT_THAT(ShapeError(SoftmaxParams{3}, {{2, 3, 4}}),
              HasSubstr("axis is 3, but must be from 0 to 2"));
  EXPECT_THAT(ShapeError(SoftmaxParams{-1}, {{2, 3, 4}}), HasSubstr("axis is -1"));
  EXPECT_NE(ShapeError(SoftmaxParams{0}, {{}}), "");
}

TEST(SoftmaxTest, EachRowSumsToOne) {
  const float ln3 = 1.0986123F;
  const std::vector<float> last = Answer(SoftmaxParams{1}, {{{2, 2}, {0, ln3, 5, 5}}});
  ASSERT_EQ(last.size(), 4u);
  EXPECT_FLOAT_EQ(last[0], 0.25F);
  EXPECT_FLOAT_EQ(last[1], 0.75F);
  EXPECT_FLOAT_EQ(last[2], 0.5F);
  const std::vector<float> first = Answer(SoftmaxParams{0}, {{{2, 2}, {0, 5, ln3, 5}}});
  EXPECT_FLOAT_EQ(first[0], 0.25F);
  EXPECT_FLOAT_EQ(first[2], 0.75F);
  EXPECT_FLOAT_EQ(first[3], 0.5F);
}

TEST(SoftmaxTest, LargeValuesDoNotOverflow) {
  EXPECT_THAT(Answer(SoftmaxParams{0}, {{{2}, {1e30F, 1e30F}}}), ElementsAre(0.5F, 0.5F));
  EXPECT_THAT(Answer(SoftmaxParams{0}, {{{2}, {-1e30F, 1e30F}}}), ElementsAre(0, 1));
}

TEST(SoftmaxTest, LogSoftmaxIsItsLogarithm) {
  const SoftmaxParams params{1, SoftmaxKind::kLogSoftmax};
  const std::vector<float> answer = Answer(params, {{{1, 2}, {0, 1.0986123F}}});
  EXPECT_FLOAT_EQ(answer[0], std::log(0.25F));
  EXPECT_FLOAT_EQ(answer[1], std::log(0.75F));
  EXPECT_FLOAT_EQ(Answer(params, {{{1, 2}, {-1000, 0}}})[0], -1000);
}

TEST(SoftmaxTest, HardmaxIsOneAtTheFirstMaximum) {
  const SoftmaxParams params{1, SoftmaxKind::kHardmax};
  EXPECT_THAT(Answer(params, {{{2, 3}, {1, 3, 3, -1, -2, -3}}}), ElementsAre(0, 1, 0, 1, 0, 0));
}

TEST(SoftmaxTest, CostAndText) {
  EXPECT_EQ(CostOf(SoftmaxParams{0}, {{10}}).flops, 50);
  EXPECT_EQ(AttributesOf(SoftmaxParams{1}), "axis=1");
  EXPECT_EQ(AttributesOf(SoftmaxParams{1, SoftmaxKind::kLogSoftmax}), "axis=1 kind=log_softmax");
}

}  // namespace
}  // namespace convoy::compute
