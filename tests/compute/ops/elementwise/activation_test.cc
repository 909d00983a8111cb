#include "compute/ops/elementwise/activation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
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

std::vector<float> Of(ActivationParams params, std::vector<float> values) {
  const Shape shape{static_cast<int64_t>(values.size())};
  return Answer(params, {{shape, std::move(values)}});
}

TEST(ActivationTest, Values) {
  EXPECT_THAT(Of({ActivationKind::kNone}, {-1, 2}), ElementsAre(-1, 2));
  EXPECT_THAT(Of({ActivationKind::kRelu}, {-1, 0, 2}), ElementsAre(0, 0, 2));
  EXPECT_THAT(Of({ActivationKind::kLeakyRelu, 0.5F}, {-2, 0, 2}), ElementsAre(-1, 0, 2));
  EXPECT_THAT(Of({ActivationKind::kClip, -1, 6}, {-2, 3, 7}), ElementsAre(-1, 3, 6));
  EXPECT_THAT(Of({ActivationKind::kSigmoid}, {0, -1000, 1000}), ElementsAre(0.5F, 0, 1));
  EXPECT_THAT(Of({ActivationKind::kTanh}, {0, -1000, 1000}), ElementsAre(0, -1, 1));
  EXPECT_FLOAT_EQ(Of({ActivationKind::kSigmoid}, {1})[0], 0.7310586F);
  EXPECT_FLOAT_EQ(Of({ActivationKind::kTanh}, {0.5F})[0], 0.46211716F);
}

TEST(ActivationTest, SmoothFunctionsOfNewerNetworks) {
  EXPECT_FLOAT_EQ(Of({ActivationKind::kElu, 2, 3}, {-1})[0], 6 * std::expm1(-1.0F));
  EXPECT_FLOAT_EQ(Of({ActivationKind::kElu, 2, 3}, {4})[0], 12);
  EXPECT_FLOAT_EQ(Of({ActivationKind::kCelu, 2}, {-1})[0], 2 * std::expm1(-0.5F));
  EXPECT_THAT(Of({ActivationKind::kHardSigmoid, 0.25F, 0.5F}, {-3, 1, 3}),
              ElementsAre(0, 0.75F, 1));
  EXPECT_THAT(Of({ActivationKind::kHardSwish}, {-4, 0, 3, 5}), ElementsAre(0, 0, 3, 5));
  EXPECT_FLOAT_EQ(Of({ActivationKind::kSwish, 2}, {1})[0], 1 / (1 + std::exp(-2.0F)));
  EXPECT_FLOAT_EQ(Of({ActivationKind::kGelu}, {1})[0], 0.8413447F);
  EXPECT_FLOAT_EQ(Of({ActivationKind::kGeluTanh}, {1})[0], 0.841192F);
  EXPECT_FLOAT_EQ(Of({ActivationKind::kMish}, {1})[0], 0.86509836F);
  EXPECT_THAT(Of({ActivationKind::kSoftplus}, {-1000, 1000}), ElementsAre(0, 1000));
}

TEST(ActivationTest, NotANumberStays) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const ActivationKind kind :
       {ActivationKind::kRelu, ActivationKind::kLeakyRelu, ActivationKind::kClip,
        ActivationKind::kSigmoid, ActivationKind::kTanh}) {
    EXPECT_TRUE(std::isnan(Of({kind, 0, 6}, {nan})[0])) << static_cast<int>(kind);
  }
}

TEST(ActivationTest, ShapesCostAndText) {
  EXPECT_EQ(OutputShape(ActivationParams{}, {{2, 3}}), "2x3");
  EXPECT_EQ(OutputShape(ActivationParams{}, {{}}), "scalar");
  EXPECT_EQ(CostOf(ActivationParams{}, {{2, 3}}).flops, 6);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(ShapeError(ActivationParams{ActivationKind::kClip, nan, 1}, {{2}}),
              HasSubstr("must be numbers"));
  EXPECT_THAT(ShapeError(ActivationParams{ActivationKind::kCelu, 0}, {{2}}),
              HasSubstr("alpha 0, which it divides by"));
  EXPECT_EQ(AttributesOf(ActivationParams{}), "");
  EXPECT_EQ(AttributesOf(ActivationParams{ActivationKind::kClip, 0, 6}), "act=clip(0,6)");
  EXPECT_EQ(AttributesOf(ActivationParams{ActivationKind::kTanh}), "act=tanh");
}

}  // namespace
}  // namespace convoy::compute
