#include "compute/ops/norm/normalize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::Answers;
using convoy::testing::CostOf;
using convoy::testing::Infer;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

NormalizeParams From(int axis, int64_t groups = 1) {
  return {.axis = axis, .groups = groups, .epsilon = 0};
}

TEST(NormalizeTest, Shapes) {
  EXPECT_EQ(OutputShape(From(1), {{2, 3, 4}}), "2x3x4");
  EXPECT_THAT(ShapeError(From(3), {{2, 3, 4}}), HasSubstr("axis is 3"));
  EXPECT_THAT(ShapeError(From(1, 2), {{2, 3, 4}}), HasSubstr("groups is 2, but must divide the 3"));
  NormalizeParams params = From(1);
  params.epsilon = -1;
  EXPECT_THAT(ShapeError(params, {{2, 3, 4}}), HasSubstr("epsilon is -1"));
  params = From(1, 3);
  params.statistics = true;
  const auto outputs = Infer(params, {{2, 6, 4}});
  ASSERT_EQ(outputs->size(), 3u);
  EXPECT_EQ((*outputs)[1].shape.ToString(), "2x3x1");
}

TEST(NormalizeTest, FactorsRepeatInOneWay) {
  const Shape x{2, 3, 4, 5};
  EXPECT_EQ(*AffineOf({5}, x), (Affine{1, 5}));
  EXPECT_EQ(*AffineOf({4, 5}, x), (Affine{1, 20}));
  EXPECT_EQ(*AffineOf({3, 1, 1}, x), (Affine{20, 3}));
  EXPECT_EQ(*AffineOf({1, 3, 4, 1}, x), (Affine{5, 12}));
  EXPECT_EQ(*AffineOf({1}, x), (Affine{1, 1}));
  EXPECT_EQ(*AffineOf({}, x), (Affine{1, 1}));
  EXPECT_THAT(AffineOf({3, 1, 5}, x).status().message(), HasSubstr("does not repeat over x"));
  EXPECT_FALSE(AffineOf({4}, x).ok());
  EXPECT_FALSE(AffineOf({1, 1, 1, 1, 5}, x).ok());
}

TEST(NormalizeTest, MeanZeroAndDeviationOne) {
  EXPECT_THAT(Answer(From(1), {{{2, 2}, {1, 3, 10, 30}}}), ElementsAre(-1, 1, -1, 1));
  EXPECT_THAT(Answer(From(1, 2), {{{1, 4}, {1, 3, 10, 30}}}), ElementsAre(-1, 1, -1, 1));
  NormalizeParams params = From(1);
  params.epsilon = 3;  // sqrt(1 + 3) = 2
  EXPECT_THAT(Answer(params, {{{1, 2}, {1, 3}}}), ElementsAre(-0.5F, 0.5F));
}

TEST(NormalizeTest, RootMeanSquareKeepsTheMean) {
  NormalizeParams params = From(1);
  params.kind = NormalizeKind::kRootMeanSquare;
  EXPECT_THAT(Answer(params, {{{1, 2}, {2, 2}}}), ElementsAre(1, 1));
}

TEST(NormalizeTest, ScaleAndBiasOfChannels) {
  NormalizeParams params = From(1, 2);
  params.has_scale = params.has_bias = true;
  EXPECT_THAT(Answer(params, {{{1, 2, 2}, {1, 3, 10, 30}}, {{2, 1}, {2, 3}}, {{2, 1}, {5, 7}}}),
              ElementsAre(3, 7, 4, 10));
  params.has_scale = false;
  EXPECT_THAT(Answer(params, {{{1, 2, 2}, {1, 3, 10, 30}}, {{2, 1}, {5, 7}}}),
              ElementsAre(4, 6, 6, 8));
}

TEST(NormalizeTest, AFarMeanDoesNotSwallowTheVariance) {
  EXPECT_THAT(Answer(From(0), {{{2}, {1e6F - 1, 1e6F + 1}}}), ElementsAre(-1, 1));
}

TEST(NormalizeTest, Statistics) {
  NormalizeParams params = From(1);
  params.statistics = true;
  const auto answers = Answers(params, {{{2, 2}, {1, 5, 10, 30}}});
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_THAT(answers[1], ElementsAre(3, 20));
  EXPECT_THAT(answers[2], ElementsAre(0.5F, 0.1F));
}

TEST(NormalizeTest, CostAndText) {
  EXPECT_EQ(CostOf(From(0), {{10}}).flops, 80);
  EXPECT_EQ(AttributesOf(From(1, 4)), "axis=1 groups=4 epsilon=0");
}

}  // namespace
}  // namespace convoy::compute
