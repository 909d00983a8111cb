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
