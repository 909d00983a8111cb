#include "client/bench/early_stopping.h"

#include <gtest/gtest.h>

#include <cmath>

namespace convoy::client {
namespace {

// The textbook sum, in long double: the oracle of small cases.
double Plain(int64_t n, double p, int64_t successes) {
  long double sum = 0;
  for (int64_t k = 0; k <= successes; ++k) {
    sum += std::exp(std::lgamma(static_cast<long double>(n + 1)) -
                    std::lgamma(static_cast<long double>(k + 1)) -
                    std::lgamma(static_cast<long double>(n - k + 1)) +
                    static_cast<long double>(k) * std::log(static_cast<long double>(p)) +
                    static_cast<long double>(n - k) * std::log1p(-static_cast<long double>(p)));
  }
  return static_cast<double>(sum);
}

TEST(BinomialTest, AgreesWithTheSum) {
  for (const int64_t n : {1, 3, 20, 500}) {
    for (const double p : {0.001, 0.1, 0.5, 0.9}) {
      for (int64_t k = 0; k <= n; k += std::max<int64_t>(1, n / 7)) {
        EXPECT_NEAR(BinomialAtMost(n, p, k), Plain(n, p, k), 1e-11) << n << " " << p << " " << k;
      }
    }
  }
  EXPECT_EQ(BinomialAtMost(10, 0.5, -1), 0);
  EXPECT_EQ(BinomialAtMost(10, 0.5, 10), 1);
}

// The numbers that MLPerf's load generator asks for.
TEST(EarlyStoppingTest, FewestQueriesAreTheKnownTable) {
  constexpr int64_t kLate[] = {0, 1, 2, 5, 10, 20, 50, 100};
  const struct {
    double percentile;
    int64_t fewest[8];
  } kRows[] = {{0.90, {44, 64, 81, 127, 197, 325, 681, 1246}},
               {0.95, {90, 130, 165, 259, 398, 656, 1372, 2504}},
               {0.99, {459, 662, 838, 1307, 2010, 3304, 6898, 12571}},
               {0.999, {4603, 6636, 8403, 13105, 20140, 33097, 69058, 125826}}};
  for (const auto& row : kRows) {
    for (size_t i = 0; i < 8; ++i) {
      EXPECT_EQ(FewestQueries(row.percentile, kLate[i]), row.fewest[i])
          << row.percentile << " " << kLate[i];
    }
  }
}

TEST(EarlyStoppingTest, MostLateIsItsInverse) {
  EXPECT_EQ(MostLate(0.99, 458), -1);
  EXPECT_EQ(MostLate(0.99, 459), 0);
  EXPECT_EQ(MostLate(0.99, 661), 0);
  EXPECT_EQ(MostLate(0.99, 662), 1);
  EXPECT_EQ(MostLate(0.90, 1246), 100);
  EXPECT_EQ(MostLate(0.90, 1245), 99);
}

TEST(EarlyStoppingTest, DecidesBothWays) {
  EXPECT_EQ(DecidePercentile(0.99, 0, 0), Decision::kOpen);
  EXPECT_EQ(DecidePercentile(0.99, 458, 0), Decision::kOpen);
  EXPECT_EQ(DecidePercentile(0.99, 459, 0), Decision::kMet);
  EXPECT_EQ(DecidePercentile(0.99, 100, 1), Decision::kOpen);
  EXPECT_EQ(DecidePercentile(0.99, 100, 6), Decision::kMissed);
  EXPECT_EQ(DecidePercentile(0.99, 10'000, 100), Decision::kOpen);
}

TEST(EarlyStoppingTest, EstimatesAPercentileThatHolds) {
  Histogram latencies;
  for (int i = 1; i <= 64; ++i) latencies.Record(absl::Milliseconds(i));
  // One may be late of 64, so that none is dropped.
  EXPECT_EQ(EstimatePercentile(latencies, 0.90), absl::Milliseconds(64));
  Histogram few;
  for (int i = 1; i <= 63; ++i) few.Record(absl::Milliseconds(i));
  EXPECT_EQ(EstimatePercentile(few, 0.90), std::nullopt);
  Histogram many;
  for (int i = 1; i <= 1246; ++i) many.Record(absl::Milliseconds(i));
  // 100 late allowed: the 99 slowest are dropped.
  EXPECT_NEAR(absl::ToDoubleMilliseconds(*EstimatePercentile(many, 0.90)), 1147, 1.2);
}

}  // namespace
}  // namespace convoy::client
