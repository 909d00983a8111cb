#include "client/bench/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace convoy::client {
namespace {

using testing::HasSubstr;

// 30 seconds of log-normal latencies around `median_ms`.
ComparedRun RunOf(double median_ms, uint64_t seed) {
  ComparedRun run{.name = "run", .model = "m", .load = "closed", .input = "random", .host = "h"};
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> latency(std::log(median_ms), 0.5);
  std::uniform_int_distribution<int> calls(95, 105);
  for (int second = 0; second < 30; ++second) {
    Histogram histogram;
    const int good = calls(random);
    for (int i = 0; i < good; ++i) histogram.Record(absl::Milliseconds(latency(random)));
    run.sample.seconds.push_back({static_cast<double>(good), histogram.Buckets(7)});
    run.response.Merge(histogram);
  }
  run.calls_per_second = static_cast<double>(run.response.count()) / 30;
  return run;
}

TEST(PercentileIntervalTest, HoldsTheTruthMostOfTheTime) {
  std::mt19937_64 random(5);
  std::exponential_distribution<double> latency(1);
  int held = 0;
  for (int i = 0; i < 200; ++i) {
    Histogram histogram;
    for (int j = 0; j < 1000; ++j) histogram.Record(absl::Milliseconds(latency(random)));
    const DurationInterval interval = PercentileInterval(histogram, 90);
    const double truth = std::log(10);
    held += absl::ToDoubleMilliseconds(interval.low) <= truth &&
                    truth <= absl::ToDoubleMilliseconds(interval.high)
                ? 1
                : 0;
  }
  EXPECT_GE(held, 180);
}

TEST(CompareTest, TheSameIsNotSignificant) {
  int significant = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const Comparison comparison = Compare(RunOf(10, 2 * seed), RunOf(10, 2 * seed + 1));
    for (const ComparedMetric& metric : comparison.metrics) significant += metric.significant();
  }
  EXPECT_LE(significant, 8);  // of 50, 5 % by chance
}

TEST(CompareTest, ATenthSlowerIsFoundAndBounded) {
  const Comparison comparison = Compare(RunOf(10, 1), RunOf(11, 2));
  const ComparedMetric& p50 = comparison.metrics[1];
  EXPECT_EQ(p50.name, "p50");
  EXPECT_NEAR(p50.change, 0.1, 0.05);
  EXPECT_TRUE(p50.significant());
  EXPECT_LE(p50.interval.low, p50.change + 0.02);
  EXPECT_GE(p50.interval.high, p50.change - 0.02);
  EXPECT_LT(p50.interval.high - p50.interval.low, 0.12);
  EXPECT_EQ(Crossed(comparison, *ParseBounds("p50=+5%")).size(), 1U);
  EXPECT_TRUE(Crossed(comparison, *ParseBounds("p50=+30%,throughput=-50%")).empty());
  EXPECT_THAT(ToText(comparison), HasSubstr("worse"));
}

TEST(CompareTest, TheSameRunsGiveTheSameIntervals) {
  const Comparison a = Compare(RunOf(10, 1), RunOf(11, 2));
  const Comparison b = Compare(RunOf(10, 1), RunOf(11, 2));
  EXPECT_EQ(a.metrics[1].interval.low, b.metrics[1].interval.low);
}

TEST(CompareTest, OtherPlansAreSaid) {
  ComparedRun other = RunOf(10, 2);
  other.load = "open";
  other.host = "elsewhere";
  const Comparison comparison = Compare(RunOf(10, 1), other);
  ASSERT_EQ(comparison.differences.size(), 1U);
  EXPECT_THAT(comparison.differences[0], HasSubstr("load"));
  ASSERT_EQ(comparison.notes.size(), 1U);
  EXPECT_THAT(comparison.notes[0], HasSubstr("host"));
}

TEST(CompareTest, RefusesWhatIsNoBound) {
  for (const char* wrong : {"", "p99", "p99=5%", "p42=+5%", "p99=+5", "throughput=-x%"}) {
    EXPECT_THAT(std::string(ParseBounds(wrong).status().message()), HasSubstr("throughput=-3%"))
        << wrong;
  }
}

}  // namespace
}  // namespace convoy::client
