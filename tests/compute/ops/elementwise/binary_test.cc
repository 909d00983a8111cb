#include "compute/ops/elementwise/binary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Answer;
using convoy::testing::CostOf;
using convoy::testing::OutputShape;
using convoy::testing::ShapeError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(BinaryTest, ShapesBroadcast) {
  EXPECT_EQ(OutputShape(BinaryParams{}, {{2, 3, 4}, {3, 1}}), "2x3x4");
  EXPECT_THAT(ShapeError(BinaryParams{}, {{2, 3}, {4, 3}}), HasSubstr("do not broadcast"));
  EXPECT_THAT(ShapeError(BinaryParams{}, {{1 << 20, 1}, {1, 1 << 20}}),
              HasSubstr("exceeds the limit"));
}

TEST(BinaryTest, FourOperations) {
  const convoy::testing::Filled a{{4}, {1, 2, 3, 4}};
  const convoy::testing::Filled b{{4}, {4, 4, 2, -8}};
  EXPECT_THAT(Answer(BinaryParams{BinaryKind::kAdd, {}}, {a, b}), ElementsAre(5, 6, 5, -4));
  EXPECT_THAT(Answer(BinaryParams{BinaryKind::kSub, {}}, {a, b}), ElementsAre(-3, -2, 1, 12));
  EXPECT_THAT(Answer(BinaryParams{BinaryKind::kMul, {}}, {a, b}), ElementsAre(4, 8, 6, -32));
  EXPECT_THAT(Answer(BinaryParams{BinaryKind::kDiv, {}}, {a, b}),
              ElementsAre(0.25F, 0.5F, 1.5F, -0.5F));
}

TEST(BinaryTest, FurtherFunctions) {
  const convoy::testing::Filled a{{4}, {-4, -2, 3, 5}};
  const convoy::testing::Filled b{{4}, {3, 2, 3, 0.5F}};
  EXPECT_THAT(Answer(BinaryParams{BinaryKind::kPow, {}}, {a, {{1}, {2}}}),
              ElementsAre(16, 4, 9, 25));
  EXPECT_THAT(Answer(BinaryParams{BinaryKind::kMin, {}}, {a, b}), ElementsAre(-4, -2, 3, 0.5F));
  EXPECT_THAT(Answer(BinaryParams{BinaryKind::kMax, {}}, {a, b}), ElementsAre(3, 2, 3, 5));
  EXPECT_THAT(Answer(BinaryParams{BinaryKind::kFmod, {}}, {a, b}), ElementsAre(-1, 0, 0, 0));
  EXPECT_THAT(Answer(BinaryParams{BinaryKind::kPRelu, {}}, {a, b}), ElementsAre(-12, -4, 3, 5));
}

TEST(BinaryTest, TypesAreChecked) {
  const auto type = [](BinaryKind kind, DType a, DType b) {
    const std::array inputs{TensorSpec{a, {2}}, TensorSpec{b, {2}}};
    const auto y = InferShapes(BinaryParams{kind, {}}, inputs);
    return y.ok() ? std::string(NameOf(y->front().dtype)) : std::string(y.status().message());
  };
  EXPECT_EQ(type(BinaryKind::kAdd, DType::kInt8, DType::kInt8), "INT8");
  EXPECT_EQ(type(BinaryKind::kEqual, DType::kBool, DType::kBool), "BOOL");
  EXPECT_EQ(type(BinaryKind::kGreater, DType::kFloat32, DType::kFloat32), "BOOL");
  EXPECT_EQ(type(BinaryKind::kAnd, DType::kUint8, DType::kUint8), "UINT8");
  EXPECT_THAT(type(BinaryKind::kAdd, DType::kInt8, DType::kInt32), HasSubstr("as input 0 is"));
  EXPECT_THAT(type(BinaryKind::kAdd, DType::kBool, DType::kBool),
              HasSubstr("add does not exist for elements of type BOOL"));
  EXPECT_THAT(type(BinaryKind::kMod, DType::kFloat32, DType::kFloat32), HasSubstr("mod does not"));
  EXPECT_THAT(type(BinaryKind::kShiftLeft, DType::kInt8, DType::kInt8), HasSubstr("INT8"));
  EXPECT_THAT(ShapeError(BinaryParams{BinaryKind::kEqual, {ActivationKind::kRelu}}, {{2}, {2}}),
              HasSubstr("only FP32 takes an activation"));
  EXPECT_THAT(ShapeError(BinaryParams{BinaryKind::kPRelu, {}}, {{2}, {3, 1}}),
              HasSubstr("do not stretch"));
}

TEST(BinaryTest, BroadcastsEitherSideAndActivates) {
  BinaryParams params{BinaryKind::kSub, {ActivationKind::kRelu, 0, 0}};
  EXPECT_THAT(Answer(params, {{{2, 1}, {10, 2}}, {{3}, {1, 5, 20}}}),
              ElementsAre(9, 5, 0, 1, 0, 0));
}

TEST(BinaryTest, CostAndText) {
  EXPECT_EQ(CostOf(BinaryParams{}, {{2, 3}, {3}}).flops, 6);
  EXPECT_EQ(CostOf(BinaryParams{}, {{2, 3}, {3}}).bytes, 4.0 * (6 + 3 + 6));
  EXPECT_EQ(AttributesOf(BinaryParams{BinaryKind::kMul, {ActivationKind::kRelu, 0, 0}}),
            "kind=mul act=relu");
}

}  // namespace
}  // namespace convoy::compute
