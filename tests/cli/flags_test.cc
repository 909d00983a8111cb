#include "cli/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::cli {
namespace {

TEST(ParseDurationTest, TakesNumbersWithUnits) {
  EXPECT_EQ(*ParseDuration("15ms"), absl::Milliseconds(15));
  EXPECT_EQ(*ParseDuration("30s"), absl::Seconds(30));
  EXPECT_EQ(*ParseDuration("1m30s"), absl::Seconds(90));
  EXPECT_EQ(*ParseDuration("1.5h"), absl::Minutes(90));
  EXPECT_EQ(*ParseDuration("0s"), absl::ZeroDuration());
}

TEST(ParseDurationTest, RefusesTheRestWithAHint) {
  for (const char* text : {"", "abc", "-1s", "10 s", "inf", "5x", "s"}) {
    EXPECT_EQ(ParseDuration(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_THAT(std::string(ParseDuration("10").status().message()),
              testing::HasSubstr("10s or 10ms"));
}

}  // namespace
}  // namespace convoy::cli
