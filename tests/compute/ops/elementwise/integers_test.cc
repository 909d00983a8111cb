#include "compute/ops/elementwise/integers.h"

#include <gtest/gtest.h>

#include <limits>

namespace convoy::compute {
namespace {

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

int64_t Signed(BinaryKind kind, int64_t a, int64_t b) { return CombineIntegers(kind, a, b, false); }
int64_t Unsigned(BinaryKind kind, int64_t a, int64_t b) {
  return CombineIntegers(kind, a, b, true);
}

TEST(IntegersTest, WhatIsTooLargeWraps) {
  EXPECT_EQ(Signed(BinaryKind::kAdd, kMost, 1), kLeast);
  EXPECT_EQ(Signed(BinaryKind::kSub, kLeast, 1), kMost);
  EXPECT_EQ(Signed(BinaryKind::kMul, kMost, 2), -2);
  EXPECT_EQ(Signed(BinaryKind::kPow, 2, 63), kLeast);
  EXPECT_EQ(ApplyToInteger(UnaryKind::kAbs, kLeast, false), kLeast);
  EXPECT_EQ(ApplyToInteger(UnaryKind::kNeg, kLeast, false), kLeast);
}

TEST(IntegersTest, DivisionNeverTraps) {
  for (const BinaryKind kind : {BinaryKind::kDiv, BinaryKind::kMod, BinaryKind::kFmod}) {
    EXPECT_EQ(Signed(kind, 7, 0), 0);
    EXPECT_EQ(Unsigned(kind, 7, 0), 0);
  }
  EXPECT_EQ(Signed(BinaryKind::kDiv, kLeast, -1), kLeast);
  EXPECT_EQ(Signed(BinaryKind::kMod, kLeast, -1), 0);
  EXPECT_EQ(Signed(BinaryKind::kFmod, kLeast, -1), 0);
}

TEST(IntegersTest, SignsOfQuotientAndRemainder) {
  EXPECT_EQ(Signed(BinaryKind::kDiv, -7, 2), -3);
  EXPECT_EQ(Signed(BinaryKind::kMod, -7, 2), 1);
  EXPECT_EQ(Signed(BinaryKind::kMod, 7, -2), -1);
  EXPECT_EQ(Signed(BinaryKind::kMod, -8, 2), 0);
  EXPECT_EQ(Signed(BinaryKind::kFmod, -7, 2), -1);
  EXPECT_EQ(Signed(BinaryKind::kFmod, 7, -2), 1);
}

TEST(IntegersTest, PowersOfNegativeExponents) {
  EXPECT_EQ(Signed(BinaryKind::kPow, 3, 4), 81);
  EXPECT_EQ(Signed(BinaryKind::kPow, -3, 3), -27);
  EXPECT_EQ(Signed(BinaryKind::kPow, 0, 0), 1);
  EXPECT_EQ(Signed(BinaryKind::kPow, 2, -1), 0);
  EXPECT_EQ(Signed(BinaryKind::kPow, -1, -3), -1);
  EXPECT_EQ(Signed(BinaryKind::kPow, -1, kLeast), 1);
}

TEST(IntegersTest, UnsignedNumbersAreLarge) {
  EXPECT_EQ(Signed(BinaryKind::kMax, -1, 1), 1);
  EXPECT_EQ(Unsigned(BinaryKind::kMax, -1, 1), -1);
  EXPECT_EQ(Unsigned(BinaryKind::kGreater, -1, 1), 1);
  EXPECT_EQ(Unsigned(BinaryKind::kDiv, -1, 2), kMost);
  EXPECT_EQ(Unsigned(BinaryKind::kMod, -1, 10), 5);  // 2^64 - 1
  EXPECT_EQ(ApplyToInteger(UnaryKind::kSign, -1, true), 1);
}

TEST(IntegersTest, ShiftsBeyondTheWidthGiveZero) {
  EXPECT_EQ(Unsigned(BinaryKind::kShiftLeft, 3, 2), 12);
  EXPECT_EQ(Unsigned(BinaryKind::kShiftLeft, 1, 64), 0);
  EXPECT_EQ(Unsigned(BinaryKind::kShiftRight, -1, 63), 1);
  EXPECT_EQ(Unsigned(BinaryKind::kShiftRight, -1, -1), 0);
}

}  // namespace
}  // namespace convoy::compute
