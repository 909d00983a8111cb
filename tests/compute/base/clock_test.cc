#include "compute/base/clock.h"

#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

TEST(SystemClockTest, BeginsAtTheTimeOfDayAndNeverStepsBack) {
  const absl::Time before = absl::Now();
  const SystemClock clock;
  absl::Time last = clock.Now();
  EXPECT_GE(last, before);
  for (int i = 0; i < 10'000; ++i) {
    const absl::Time now = clock.Now();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace convoy::compute
