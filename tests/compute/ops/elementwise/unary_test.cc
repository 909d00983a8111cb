#include "compute/ops/elementwise/unary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<float> Of(UnaryParams params, std::vector<float> values) {
  const Shape shape{static_cast<int64_t>(values.size())};
  return Answer(params, {{shape, std::move(values)}});
}

TEST(UnaryTest, HalvesRoundToTheEvenNeighbour) {
  EXPECT_THAT(Of({UnaryKind::kRound}, {0.5F, 1.5F, 2.5F, -0.5F, -1.5F, 2.4F, 2.6F}),
              ElementsAre(0, 2, 2, 0, -2, 2, 3));
}

TEST(UnaryTest, Values) {
  EXPECT_THAT(Of({UnaryKind::kSign}, {-3, 0, 5}), ElementsAre(-1, 0, 1));
  EXPECT_THAT(Of({UnaryKind::kReciprocal}, {4, -0.5F}), ElementsAre(0.25F, -2));
  EXPECT_THAT(Of({UnaryKind::kSoftsign}, {-1, 0, 3}), ElementsAre(-0.5F, 0, 0.75F));
  EXPECT_THAT(Of({UnaryKind::kThresholdedRelu, 2}, {1, 2, 3}), ElementsAre(0, 0, 3));
  EXPECT_THAT(Of({UnaryKind::kShrink, 1, 0.5F}, {-2, -1, 0, 2}), ElementsAre(-1.5F, 0, 0, 1.5F));
  EXPECT_FLOAT_EQ(Of({UnaryKind::kErf}, {0.5F})[0], 0.5204999F);
}

TEST(UnaryTest, TypesAreChecked) {
  const auto type = [](UnaryKind kind, DType dtype) {
    const TensorSpec x{dtype, {2}};
    const auto y = InferShapes(UnaryParams{kind}, {&x, 1});
    return y.ok() ? std::string(NameOf(y->front().dtype)) : std::string(y.status().message());
  };
  EXPECT_EQ(type(UnaryKind::kAbs, DType::kInt8), "INT8");
  EXPECT_EQ(type(UnaryKind::kNot, DType::kBool), "BOOL");
  EXPECT_EQ(type(UnaryKind::kIsNan, DType::kFloat32), "BOOL");
  EXPECT_THAT(type(UnaryKind::kExp, DType::kInt32),
              HasSubstr("exp input 0 is INT32, but must be FP32"));
  EXPECT_THAT(type(UnaryKind::kNot, DType::kFloat32), HasSubstr("must be BOOL or an integer type"));
  EXPECT_THAT(type(UnaryKind::kNeg, DType::kBool), HasSubstr("must be FP32 or an integer type"));
}

TEST(UnaryTest, ShapesAndText) {
  EXPECT_EQ(OutputShape(UnaryParams{}, {{2, 3}}), "2x3");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(ShapeError(UnaryParams{UnaryKind::kShrink, nan, 1}, {{2}}),
              HasSubstr("must be numbers"));
  EXPECT_EQ(AttributesOf(UnaryParams{UnaryKind::kShrink, 1, 0.5F}), "kind=shrink(1,0.5)");
  EXPECT_EQ(AttributesOf(UnaryParams{UnaryKind::kIsNan}), "kind=is_nan");
}

}  // namespace
}  // namespace convoy::compute
