#include "client/bench/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace convoy::client {
namespace {

constexpr double kPercents[] = {0, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100};

// Nearest rank on the sorted values: the definition that the histogram approximates.
int64_t ExactPercentile(std::vector<int64_t> values, double percent) {
  std::sort(values.begin(), values.end());
  const double exact = percent / 100 * static_cast<double>(values.size());
  const auto rank = static_cast<int64_t>(std::ceil(exact - exact * 1e-12));
  return values[static_cast<size_t>(std::max<int64_t>(1, rank) - 1)];
}

Histogram Of(const std::vector<int64_t>& values) {
  Histogram histogram;
  for (const int64_t value : values) histogram.Record(absl::Microseconds(value));
  return histogram;
}

void ExpectPercentilesOf(const std::vector<int64_t>& values, const Histogram& histogram) {
  for (const double percent : kPercents) {
    const int64_t exact = ExactPercentile(values, percent);
    const double read = absl::ToDoubleMicroseconds(histogram.Percentile(percent));
    EXPECT_GE(read, static_cast<double>(exact)) << percent;
    EXPECT_LE(read, static_cast<double>(exact) * 1.001) << percent;
  }
}

TEST(HistogramTest, EmptyGivesZeros) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.Percentile(99), absl::ZeroDuration());
  EXPECT_EQ(histogram.max(), absl::ZeroDuration());
  EXPECT_EQ(histogram.mean(), absl::ZeroDuration());
}

TEST(HistogramTest, OneValueIsEveryPercentile) {
  const Histogram histogram = Of({123456});
  for (const double percent : kPercents) {
    EXPECT_EQ(histogram.Percentile(percent), absl::Microseconds(123456)) << percent;
  }
}

TEST(HistogramTest, BelowTwoMicrosecondsIsExact) {
  for (int64_t value = 1; value < 2048; ++value) {
    Histogram histogram;
    histogram.Record(absl::Nanoseconds(value));
    histogram.Record(absl::Seconds(5));
    EXPECT_EQ(histogram.Percentile(50), absl::Nanoseconds(value));
  }
}

TEST(HistogramTest, EveryMagnitudeKeepsThreeDigits) {
  for (int64_t value = 1; value <= 3'600'000'000; value = value * 11 / 10 + 1) {
    const double read = absl::ToDoubleMicroseconds(Of({value, 3'600'000'000}).Percentile(50));
    EXPECT_GE(read, static_cast<double>(value));
    EXPECT_LE(read, static_cast<double>(value) * 1.001);
  }
}

TEST(HistogramTest, AgreesWithSortedValues) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latency(8, 2);
  for (const size_t count :
       {size_t{2}, size_t{3}, size_t{99}, size_t{100}, size_t{20'000}, size_t{1'000'000}}) {
    std::vector<int64_t> values;
    for (size_t i = 0; i < count; ++i) {
      values.push_back(
          std::clamp<int64_t>(static_cast<int64_t>(latency(random)), 1, 3'600'000'000));
    }
    ExpectPercentilesOf(values, Of(values));
  }
}

TEST(HistogramTest, MinMaxAndMeanAreExact) {
  const Histogram histogram = Of({10, 1'000'001, 3'000'003});
  EXPECT_EQ(histogram.min(), absl::Microseconds(10));
  EXPECT_EQ(histogram.max(), absl::Microseconds(3'000'003));
  EXPECT_EQ(histogram.mean(), absl::Microseconds(4'000'014 / 3.0));
  EXPECT_EQ(histogram.count(), 3);
}

TEST(HistogramTest, ValuesPastTheRangeCountAtItsEnds) {
  Histogram histogram;
  histogram.Record(absl::Nanoseconds(0.1));
  histogram.Record(absl::Seconds(-1));
  histogram.Record(absl::Hours(30));
  histogram.Record(absl::InfiniteDuration());
  EXPECT_EQ(histogram.count(), 4);
  EXPECT_EQ(histogram.min(), absl::Nanoseconds(1));
  EXPECT_EQ(histogram.max(), absl::Hours(1));
}

TEST(HistogramTest, MergedEqualsRecordedTogether) {
  std::mt19937_64 random(11);
  std::vector<int64_t> all;
  Histogram merged;
  for (int part = 0; part < 4; ++part) {
    Histogram one;
    for (int i = 0; i < part * 500; ++i) {
      const auto value = static_cast<int64_t>(random() % 10'000'000 + 1);
      all.push_back(value);
      one.Record(absl::Microseconds(value));
    }
    merged.Merge(one);
  }
  const Histogram together = Of(all);
  EXPECT_EQ(merged.count(), together.count());
  EXPECT_EQ(merged.min(), together.min());
  EXPECT_EQ(merged.max(), together.max());
  EXPECT_NEAR(absl::ToDoubleSeconds(merged.mean()), absl::ToDoubleSeconds(together.mean()), 1e-9);
  for (const double percent : kPercents) {
    EXPECT_EQ(merged.Percentile(percent), together.Percentile(percent)) << percent;
  }
}

TEST(HistogramTest, RanksAndCountsAgree) {
  Histogram histogram;
  for (int i = 1; i <= 100; ++i) histogram.Record(absl::Milliseconds(i));
  EXPECT_NEAR(absl::ToDoubleMilliseconds(histogram.OfRank(0)), 1, 0.001);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(histogram.OfRank(50)), 50, 0.05);
  EXPECT_EQ(histogram.OfRank(1000), absl::Milliseconds(100));
  EXPECT_EQ(histogram.CountAbove(absl::Milliseconds(90)), 10);
  EXPECT_EQ(histogram.CountAbove(absl::Milliseconds(100)), 0);
  EXPECT_EQ(histogram.CountAbove(absl::ZeroDuration()), 100);
}

TEST(HistogramTest, BucketsMakeTheSameHistogram) {
  Histogram histogram;
  for (int i = 1; i <= 5000; ++i) histogram.Record(absl::Microseconds(i * i));
  Histogram again;
  for (const HistogramBucket& bucket : histogram.Buckets()) again.Record(bucket.upto, bucket.count);
  const std::vector<HistogramBucket> coarse = histogram.Buckets(7);
  EXPECT_LT(coarse.size(), 64U * 25);
  int64_t count = 0;
  for (const HistogramBucket& bucket : coarse) count += bucket.count;
  EXPECT_EQ(count, 5000);
  for (const double percent : kPercents) {
    EXPECT_NEAR(absl::ToDoubleSeconds(again.Percentile(percent)),
                absl::ToDoubleSeconds(histogram.Percentile(percent)), 0.002 * 25);
  }
  histogram.Clear();
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_TRUE(histogram.Buckets().empty());
  histogram.Record(absl::Seconds(1), 3);
  EXPECT_EQ(histogram.count(), 3);
  EXPECT_EQ(histogram.mean(), absl::Seconds(1));
}

}  // namespace
}  // namespace convoy::client
