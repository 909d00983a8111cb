#include "client/bench/arrivals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace convoy::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<double> Times(Arrivals arrivals) {
  std::vector<double> times;
  while (const auto due = arrivals.Next()) times.push_back(absl::ToDoubleSeconds(*due));
  return times;
}

Arrivals Of(const std::string& rate, ArrivalOptions options) {
  return Arrivals::OfCurve(*ParseRateCurve(rate, absl::Seconds(100)), options);
}

struct Moments {
  double mean = 0;
  double variation = 0;  // standard deviation over mean
};

Moments GapMoments(const std::vector<double>& times) {
  double sum = 0;
  double squares = 0;
  const auto n = static_cast<double>(times.size() - 1);
  for (size_t i = 1; i < times.size(); ++i) {
    const double gap = times[i] - times[i - 1];
    sum += gap;
    squares += gap * gap;
  }
  const double mean = sum / n;
  return {mean, std::sqrt(squares / n - mean * mean) / mean};
}

TEST(ArrivalsTest, ConstantIsEvenlySpaced) {
  const std::vector<double> times = Times(Of("200", {}));
  ASSERT_EQ(times.size(), 20'000U);
  for (size_t i = 0; i < times.size(); ++i) {
    ASSERT_NEAR(times[i], static_cast<double>(i) * 0.005, 1e-8);
  }
}

TEST(ArrivalsTest, PoissonHasTheMomentsOfIndependentCallers) {
  const std::vector<double> times = Times(Of("500", {.process = ArrivalProcess::kPoisson}));
  const Moments moments = GapMoments(times);
  EXPECT_NEAR(moments.mean, 1 / 500.0, 0.05 / 500);
  EXPECT_NEAR(moments.variation, 1, 0.05);
  EXPECT_NEAR(static_cast<double>(times.size()), 50'000, 0.02 * 50'000);
  // Counts of single seconds have their mean as variance, too.
  std::vector<double> counts(100);
  for (const double time : times) ++counts[static_cast<size_t>(time)];
  double variance = 0;
  for (const double count : counts) variance += (count - 500) * (count - 500) / 100;
  EXPECT_NEAR(variance / 500, 1, 0.4);
}

TEST(ArrivalsTest, GammaHasTheVariationAskedFor) {
  for (const double variation : {0.5, 2.0, 4.0}) {
    const Moments moments = GapMoments(
        Times(Of("1000", {.process = ArrivalProcess::kGamma, .variation = variation, .seed = 3})));
    EXPECT_NEAR(moments.mean, 1e-3, 0.05e-3) << variation;
    EXPECT_NEAR(moments.variation, variation, 0.05 * variation) << variation;
  }
}

TEST(ArrivalsTest, TheSameSeedMakesTheSamePlan) {
  for (const ArrivalProcess process : {ArrivalProcess::kPoisson, ArrivalProcess::kGamma}) {
    const ArrivalOptions options{.process = process, .variation = 3, .seed = 42};
    EXPECT_EQ(Times(Of("100", options)), Times(Of("100", options)));
    ArrivalOptions other = options;
    other.seed = 43;
    EXPECT_NE(Times(Of("100", options)), Times(Of("100", other)));
  }
}

TEST(ArrivalsTest, AnySpacingFollowsTheCurve) {
  for (const ArrivalProcess process : {ArrivalProcess::kConstant, ArrivalProcess::kPoisson}) {
    const std::vector<double> times =
        Times(Of("100@10s,1000@10s,0..1000@10s", {.process = process}));
    std::vector<double> tens(3);
    for (const double time : times) ++tens[static_cast<size_t>(time / 10)];
    EXPECT_NEAR(tens[0], 1000, 100);
    EXPECT_NEAR(tens[1], 10'000, 300);
    EXPECT_NEAR(tens[2], 5'000, 250);
    EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  }
}

TEST(ArrivalsTest, ReplaysTimesUpToTheEnd) {
  const std::vector<absl::Duration> times = {absl::Seconds(0), absl::Seconds(1), absl::Seconds(5)};
  EXPECT_THAT(Times(Arrivals::OfTimes(times, absl::Seconds(3))), ElementsAre(0, 1));
  EXPECT_THAT(Times(Arrivals::OfTimes(times, absl::Seconds(9))), ElementsAre(0, 1, 5));
  EXPECT_THAT(Times(Arrivals::OfTimes({absl::Seconds(1), absl::Seconds(2)}, absl::Seconds(5),
                                      absl::Seconds(2))),
              ElementsAre(1, 2, 3, 4, 5));
}

TEST(ArrivalsTest, ReadsTimestampsAndIntervals) {
  const auto times = ParseTimestamps("# of Monday\n1000.5\n\n1000.75  # late\n1002\n");
  ASSERT_TRUE(times.ok()) << times.status();
  EXPECT_THAT(*times,
              ElementsAre(absl::ZeroDuration(), absl::Milliseconds(250), absl::Milliseconds(1500)));
  const auto gaps = ParseIntervals("1000\n500\n");
  ASSERT_TRUE(gaps.ok());
  EXPECT_THAT(*gaps, ElementsAre(absl::Milliseconds(1), absl::Microseconds(1500)));
  EXPECT_THAT(std::string(ParseTimestamps("2\n1\n").status().message()), HasSubstr("Line 2"));
  EXPECT_THAT(std::string(ParseTimestamps("1\nx\n").status().message()), HasSubstr("'x'"));
  EXPECT_FALSE(ParseTimestamps("\n# nothing\n").ok());
  EXPECT_FALSE(ParseIntervals("0\n0\n").ok());
  EXPECT_FALSE(ParseIntervals("-1\n").ok());
}

TEST(ArrivalsTest, ReadsTheirNames) {
  EXPECT_EQ(ToString(*ParseArrivals("constant")), "constant");
  EXPECT_EQ(ToString(*ParseArrivals("poisson")), "poisson");
  EXPECT_EQ(ToString(*ParseArrivals("gamma:2.5")), "gamma:2.5");
  for (const char* wrong : {"", "gamma", "gamma:", "gamma:0", "gamma:99", "uniform"}) {
    EXPECT_THAT(std::string(ParseArrivals(wrong).status().message()), HasSubstr("poisson"));
  }
}

}  // namespace
}  // namespace convoy::client
