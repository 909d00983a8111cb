#include "compute/ops/reduce/reduce.h"

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
using convoy::testing::Filled;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

ReduceParams Along(ReduceKind kind, std::vector<int> axes) { return {kind, std::move(axes)}; }

TEST(ReduceTest, AxesBecomeOneOrVanish) {
  ReduceParams params = Along(ReduceKind::kSum, {0, 2});
  EXPECT_EQ(OutputShape(params, {{2, 3, 4}}), "1x3x1");
  params.keep_dims = false;
  EXPECT_EQ(OutputShape(params, {{2, 3, 4}}), "3");
  params.axes = {0, 1, 2};
  EXPECT_EQ(OutputShape(params, {{2, 3, 4}}), "scalar");
  params.axes = {};
  EXPECT_EQ(OutputShape(params, {{2, 3, 4}}), "2x3x4");
}

TEST(ReduceTest, RefusesAxesThatDoNotAscend) {
  EXPECT_THAT(ShapeError(Along(ReduceKind::kSum, {3}), {{2, 3, 4}}), HasSubstr("axis is 3"));
  EXPECT_THAT(ShapeError(Along(ReduceKind::kSum, {1, 1}), {{2, 3, 4}}), HasSubstr("must ascend"));
  EXPECT_THAT(ShapeError(Along(ReduceKind::kSum, {1, 0}), {{2, 3, 4}}), HasSubstr("must ascend"));
  ReduceParams params = Along(ReduceKind::kLp, {0});
  params.p = 0;
  EXPECT_THAT(ShapeError(params, {{2}}), HasSubstr("p is 0"));
}

TEST(ReduceTest, EveryKindIsItsFormula) {
  const auto of = [](ReduceKind kind) {
    return Answer(Along(kind, {1}), {{{2, 3}, {1, -2, 4, 2, 2, 3}}});
  };
  EXPECT_THAT(of(ReduceKind::kSum), ElementsAre(3, 7));
  EXPECT_THAT(of(ReduceKind::kMean), ElementsAre(1, 7.0F / 3));
  EXPECT_THAT(of(ReduceKind::kMax), ElementsAre(4, 3));
  EXPECT_THAT(of(ReduceKind::kMin), ElementsAre(-2, 2));
  EXPECT_THAT(of(ReduceKind::kProd), ElementsAre(-8, 12));
  EXPECT_THAT(of(ReduceKind::kSumSquare), ElementsAre(21, 17));
  EXPECT_THAT(of(ReduceKind::kLp), ElementsAre(std::sqrt(21.0F), std::sqrt(17.0F)));
  EXPECT_THAT(of(ReduceKind::kLogSum), ElementsAre(std::log(3.0F), std::log(7.0F)));
}

TEST(ReduceTest, AxesInTheMiddleAndApart) {
  EXPECT_THAT(Answer(Along(ReduceKind::kSum, {1}), {Counting({2, 2, 2})}),
              ElementsAre(4, 6, 12, 14));
  EXPECT_THAT(Answer(Along(ReduceKind::kSum, {0, 2}), {Counting({2, 2, 2})}), ElementsAre(14, 22));
  EXPECT_THAT(Answer(Along(ReduceKind::kSumSquare, {}), {Counting({3})}), ElementsAre(1, 4, 9));
}

TEST(ReduceTest, LogSumExpNeitherOverflowsNorLosesInfinities) {
  const auto of = [](float a, float b) {
    return Answer(Along(ReduceKind::kLogSumExp, {0}), {{{2}, {a, b}}})[0];
  };
  EXPECT_FLOAT_EQ(of(1000, 1000), 1000 + std::log(2.0F));
  EXPECT_FLOAT_EQ(of(-1000, -1000), -1000 + std::log(2.0F));
  EXPECT_EQ(of(-kInfinity, -kInfinity), -kInfinity);
  EXPECT_EQ(of(kInfinity, 0), kInfinity);
  EXPECT_TRUE(std::isnan(of(kNan, 0)));
}

TEST(ReduceTest, IntegersKeepTheirType) {
  const Filled x{{2, 3}, {7, -2, 3, 1, 1, 0}, DType::kInt32};
  EXPECT_THAT(Answer(Along(ReduceKind::kSum, {1}), {x}), ElementsAre(8, 2));
  EXPECT_THAT(Answer(Along(ReduceKind::kMean, {1}), {x}), ElementsAre(2, 0));
  const TensorSpec bytes{DType::kUint8, {2, 3}};
  EXPECT_TRUE(InferShapes(Along(ReduceKind::kMax, {1}), std::span(&bytes, 1)).ok());
  EXPECT_THAT(InferShapes(Along(ReduceKind::kSum, {1}), std::span(&bytes, 1)).status().message(),
              HasSubstr("kind=sum is given UINT8"));
}

TEST(ReduceTest, CostAndText) {
  EXPECT_EQ(CostOf(Along(ReduceKind::kSum, {0}), {{10}}).flops, 10);
  ReduceParams params = Along(ReduceKind::kLp, {0, 2});
  params.keep_dims = false;
  EXPECT_EQ(AttributesOf(params), "kind=lp p=2 axes=0,2 drop_dims");
}

}  // namespace
}  // namespace convoy::compute
