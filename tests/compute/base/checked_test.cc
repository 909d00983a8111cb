#include "compute/base/checked.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace convoy::compute {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();

TEST(CheckedTest, GivesTheResultThatFits) {
  EXPECT_EQ(CheckedMultiply(-3, 7), -21);
  EXPECT_EQ(CheckedMultiply(kMost, 1), kMost);
  EXPECT_EQ(CheckedAdd(kMost - 1, 1), kMost);
}

TEST(CheckedTest, GivesNothingPastTheRange) {
  EXPECT_EQ(CheckedMultiply(kMost / 2 + 1, 2), std::nullopt);
  EXPECT_EQ(CheckedMultiply(kLeast, -1), std::nullopt);
  EXPECT_EQ(CheckedAdd(kMost, 1), std::nullopt);
  EXPECT_EQ(CheckedAdd(kLeast, -1), std::nullopt);
}

TEST(CheckedTest, ProductOfDimensions) {
  EXPECT_EQ(CheckedProduct({}), 1);
  EXPECT_EQ(CheckedProduct(std::vector<int64_t>{2, 0, 5}), 0);
  EXPECT_EQ(CheckedProduct(std::vector<int64_t>{2, 3, 5}), 30);
  EXPECT_EQ(CheckedProduct(std::vector<int64_t>{2, -3}), std::nullopt);
  EXPECT_EQ(CheckedProduct(std::vector<int64_t>{1 << 30, 1 << 30, 1 << 30}), std::nullopt);
}

TEST(CheckedTest, RoundsUp) {
  EXPECT_EQ(DivideUp(0, 4), 0);
  EXPECT_EQ(DivideUp(1, 4), 1);
  EXPECT_EQ(DivideUp(8, 4), 2);
  EXPECT_EQ(RoundUp(65, 64), 128);
  EXPECT_EQ(RoundUp(128, 64), 128);
}

}  // namespace
}  // namespace convoy::compute
