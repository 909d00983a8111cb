#include "compute/base/status.h"

#include <gtest/gtest.h>

#include <memory>

namespace convoy::compute {
namespace {

absl::StatusOr<std::unique_ptr<int>> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError(absl::StrFormat("%d is odd", value));
  return std::make_unique<int>(value / 2);
}

absl::StatusOr<int> Quarter(int value) {
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<int> half, Half(value));
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<int> quarter, Half(*half));
  return *quarter;
}

absl::Status CheckQuarter(int value) {
  CONVOY_RETURN_IF_ERROR(Quarter(value).status());
  return absl::OkStatus();
}

TEST(StatusTest, MacrosPassValuesAndErrors) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(Quarter(6).status(), absl::InvalidArgumentError("3 is odd"));
  EXPECT_TRUE(CheckQuarter(8).ok());
  EXPECT_EQ(CheckQuarter(7), absl::InvalidArgumentError("7 is odd"));
}

TEST(StatusTest, ContextKeepsTheCodeAndFollowsTheMessage) {
  EXPECT_EQ(WithContext(absl::NotFoundError("there is no x"), "while reading y"),
            absl::NotFoundError("there is no x, while reading y"));
  EXPECT_TRUE(WithContext(absl::OkStatus(), "while reading y").ok());
}

}  // namespace
}  // namespace convoy::compute
