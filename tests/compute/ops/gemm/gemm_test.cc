#include "compute/ops/gemm/gemm.h"

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

TEST(GemmTest, Shapes) {
  GemmParams params;
  EXPECT_EQ(OutputShape(params, {{2, 3}, {3, 4}}), "2x4");
  params.trans_b = true;
  EXPECT_EQ(OutputShape(params, {{2, 3}, {4, 3}}), "2x4");
  params.trans_a = true;
  EXPECT_EQ(OutputShape(params, {{3, 2}, {4, 3}}), "2x4");
  EXPECT_THAT(ShapeError(params, {{2, 3}, {4, 3}}), HasSubstr("inner extents 2 and 3"));
  EXPECT_THAT(ShapeError(GemmParams{}, {{1, 2, 3}, {3, 4}}), HasSubstr("rank must be 2"));
}

TEST(GemmTest, BiasBroadcastsToTheOutputOnly) {
  GemmParams params;
  params.has_bias = true;
  for (const Shape& c : {Shape{}, Shape{1}, Shape{4}, Shape{2, 1}, Shape{1, 4}, Shape{2, 4}}) {
    EXPECT_EQ(OutputShape(params, {{2, 3}, {3, 4}, c}), "2x4") << c.ToString();
  }
  for (const Shape& c : {Shape{3}, Shape{2}, Shape{3, 4}, Shape{1, 2, 4}}) {
    EXPECT_NE(ShapeError(params, {{2, 3}, {3, 4}, c}), "") << c.ToString();
  }
  EXPECT_NE(ShapeError(params, {{1, 3}, {3, 4}, {2, 4}}), "");  // would widen the output
}

TEST(GemmTest, Values) {
  GemmParams params;
  const convoy::testing::Filled a = Counting({2, 2});  // 1 2 / 3 4
  const convoy::testing::Filled b{{2, 2}, {1, 10, 100, 1000}};
  EXPECT_THAT(Answer(params, {a, b}), ElementsAre(201, 2010, 403, 4030));
  params.trans_a = true;
  EXPECT_THAT(Answer(params, {a, b}), ElementsAre(301, 3010, 402, 4020));
  params.trans_b = true;
  EXPECT_THAT(Answer(params, {a, b}), ElementsAre(31, 3100, 42, 4200));
  params.trans_a = false;
  EXPECT_THAT(Answer(params, {a, b}), ElementsAre(21, 2100, 43, 4300));
}

TEST(GemmTest, ScalesBiasAndActivation) {
  GemmParams params;
  params.alpha = 2;
  params.beta = -1;
  params.has_bias = true;
  params.activation.kind = ActivationKind::kRelu;
  EXPECT_THAT(Answer(params, {Counting({2, 1}), Counting({1, 2}), {{2}, {3, 1}}}),
              ElementsAre(0, 3, 1, 7));
}

TEST(GemmTest, CostAndText) {
  EXPECT_EQ(CostOf(GemmParams{}, {{2, 3}, {3, 4}}).flops, 48);
  EXPECT_EQ(AttributesOf(GemmParams{}), "");
  EXPECT_EQ(AttributesOf(GemmParams{0.5F, 2, true, true, true, {ActivationKind::kRelu, 0, 0}}),
            "alpha=0.5 beta=2 trans_a trans_b act=relu");
}

}  // namespace
}  // namespace convoy::compute
