#include "client/bench/slo_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "client/bench/slo.h"
#include "tests/client/bench/simulated_queue.h"

namespace convoy::client {
namespace {

using testing::HasSubstr;

Probe StepAt(double capacity, int* probes) {
  return [=](const ProbeRequest& request) -> absl::StatusOr<ProbeVerdict> {
    ++*probes;
    return request.rate <= capacity ? ProbeVerdict::kPassed : ProbeVerdict::kFailed;
  };
}

TEST(SloSearchTest, FindsAStepFromFarBelowAndAbove) {
  for (const double start : {1.0, 50.0, 99.0, 101.0, 300.0, 5000.0}) {
    int probes = 0;
    const auto result = SearchHighestRate({.start = start}, StepAt(100, &probes));
    ASSERT_TRUE(result.ok());
    EXPECT_LE(probes, 15) << start;
    EXPECT_LE(result->rate, 100) << start;
    EXPECT_GE(result->rate, 95) << start;
    EXPECT_TRUE(result->confirmed) << start;
    EXPECT_EQ(static_cast<int>(result->steps.size()), probes);
  }
}

TEST(SloSearchTest, SaysWhenNoRateWillDo) {
  int probes = 0;
  const auto result = SearchHighestRate({.start = 10, .lowest = 1}, StepAt(0, &probes));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->rate, 0);
  EXPECT_THAT(result->why_ended, HasSubstr("No rate from 1"));
}

TEST(SloSearchTest, SaysWhenTheGeneratorWasTheLimit) {
  const auto result = SearchHighestRate(
      {.start = 10}, [](const ProbeRequest& request) -> absl::StatusOr<ProbeVerdict> {
        return request.rate < 50 ? ProbeVerdict::kPassed : ProbeVerdict::kInvalid;
      });
  ASSERT_TRUE(result.ok());
  EXPECT_NEAR(result->rate, 50, 2.5);
  EXPECT_THAT(result->why_ended, HasSubstr("load generator"));
}

TEST(SloSearchTest, AFailedConfirmationTakesTheAnswerDown) {
  const auto result = SearchHighestRate(
      {.start = 80}, [](const ProbeRequest& request) -> absl::StatusOr<ProbeVerdict> {
        return request.rate <= (request.confirm ? 97 : 100) ? ProbeVerdict::kPassed
                                                            : ProbeVerdict::kFailed;
      });
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->confirmed);
  EXPECT_LE(result->rate, 97);
  EXPECT_GE(result->rate, 93);
}

TEST(SloSearchTest, BeginningAtTheLowestRateAsksForThatOneAlone) {
  int probes = 0;
  const auto result = SearchHighestRate({.start = 90, .lowest = 90}, [&](const ProbeRequest&) {
    ++probes;
    return absl::StatusOr<ProbeVerdict>(ProbeVerdict::kFailed);
  });
  EXPECT_EQ(result->rate, 0);
  EXPECT_EQ(probes, 1);
}

TEST(SloSearchTest, AConfirmationBelowTheLowestRateIsNone) {
  int confirmations = 0;
  const auto result =
      SearchHighestRate({.start = 90, .lowest = 90},
                        [&](const ProbeRequest& request) -> absl::StatusOr<ProbeVerdict> {
                          confirmations += request.confirm ? 1 : 0;
                          return request.rate <= 91 && !request.confirm ? ProbeVerdict::kPassed
                                                                        : ProbeVerdict::kFailed;
                        });
  EXPECT_EQ(result->rate, 0);
  EXPECT_FALSE(result->confirmed);
  EXPECT_LE(confirmations, 2);
  EXPECT_THAT(result->why_ended, HasSubstr("No rate from 90"));
}

TEST(SloSearchTest, SmallStepsFindWhatIsNear) {
  int probes = 0;
  const auto result = SearchHighestRate({.start = 99, .first_step = 1.05, .confirmations = 0},
                                        StepAt(100, &probes));
  EXPECT_GE(result->rate, 98);
  EXPECT_LE(result->rate, 100);
  EXPECT_LE(probes, 4);
}

TEST(SloSearchTest, AnErrorEndsIt) {
  const auto result = SearchHighestRate({.start = 10}, [](const ProbeRequest&) {
    return absl::StatusOr<ProbeVerdict>(absl::UnavailableError("Gone."));
  });
  EXPECT_EQ(result.status().code(), absl::StatusCode::kUnavailable);
}

LoadReport Queue(double rate, absl::Duration length, uint64_t seed) {
  const auto curve = RateCurve::Create({{rate, rate, length}});
  return Simulate(
      Arrivals::OfCurve(*curve, {.process = ArrivalProcess::kPoisson, .seed = seed}),
      {.recording = {.measure_from = absl::Seconds(1)}, .serve = Always(absl::Milliseconds(2))});
}

// The rate at which a queue of services of 2 ms has its p99 at 15 ms, from runs of an hour.
double TrueRate(absl::Duration limit) {
  double low = 200;
  double high = 499;
  while (high / low > 1.002) {
    const double middle = std::sqrt(low * high);
    const LoadReport report = Queue(middle, absl::Seconds(1000), 99);
    (report.response.Percentile(99) <= limit ? low : high) = middle;
  }
  return low;
}

TEST(SloSearchTest, FindsTheRateOfAQueueWithinFivePerCent) {
  const auto slo = ParseSlo("p99=15ms");
  const double truth = TrueRate(slo->latencies[0].limit);
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    uint64_t probe_seed = seed * 1000;
    const auto result = SearchHighestRate(
        {.start = 0.7 * 500}, [&](const ProbeRequest& request) -> absl::StatusOr<ProbeVerdict> {
          const absl::Duration length = absl::Seconds(request.confirm ? 30 : 12);
          return Met(Evaluate(*slo, Queue(request.rate, length, ++probe_seed)))
                     ? ProbeVerdict::kPassed
                     : ProbeVerdict::kFailed;
        });
    ASSERT_TRUE(result.ok());
    EXPECT_LE(result->steps.size(), 15U);
    EXPECT_NEAR(result->rate, truth, 0.05 * truth) << seed;
  }
}

}  // namespace
}  // namespace convoy::client
