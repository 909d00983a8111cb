#include "client/bench/slo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::client {
namespace {

using testing::HasSubstr;

TEST(SloTest, ReadsGoals) {
  const auto slo = ParseSlo("p99=15ms,p99.9=1s,error=0.5%");
  ASSERT_TRUE(slo.ok()) << slo.status();
  ASSERT_EQ(slo->latencies.size(), 2U);
  EXPECT_EQ(slo->latencies[0].limit, absl::Milliseconds(15));
  EXPECT_DOUBLE_EQ(slo->hardest().percent, 99.9);
  EXPECT_DOUBLE_EQ(slo->error_rate, 0.005);
  EXPECT_EQ(ToString(*slo), "p99=15ms,p99.9=1s,error=0.5%");
}

TEST(SloTest, RefusesWhatIsNoGoal) {
  for (const char* wrong : {"", "p99", "p99=15", "p100=1s", "p0=1s", "mean=1s", "error=1",
                            "error=x%", "p99=15ms,", "p99=0ms", "error=101%"}) {
    const auto slo = ParseSlo(wrong);
    ASSERT_FALSE(slo.ok()) << wrong;
    EXPECT_THAT(std::string(slo.status().message()), HasSubstr("p99=15ms"));
  }
}

TEST(SloTest, FailedCallsAreTooSlow) {
  LoadReport report;
  for (int i = 1; i <= 99; ++i) report.response.Record(absl::Milliseconds(i));
  report.good = 99;
  report.failed = 1;
  EXPECT_NEAR(absl::ToDoubleMilliseconds(PercentileOfAll(report, 99)), 99, 0.1);
  EXPECT_EQ(PercentileOfAll(report, 99.5), absl::InfiniteDuration());
  const std::vector<GoalResult> results =
      Evaluate(*ParseSlo("p99=100ms,p99.5=1h,error=2%"), report);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_TRUE(results[0].met);
  EXPECT_FALSE(results[1].met);
  EXPECT_TRUE(results[2].met);
  EXPECT_FALSE(Met(results));
  EXPECT_THAT(results[0].goal, HasSubstr("p99 <= 100ms"));
}

TEST(SloTest, NothingMeetsNothing) {
  EXPECT_FALSE(Met(Evaluate(*ParseSlo("p99=1s"), LoadReport())));
}

}  // namespace
}  // namespace convoy::client
