#include "cli/tune_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace convoy::cli {
namespace {

using testing::HasSubstr;

// A server whose highest rate within a limit is known by formula: a batch of b rows takes
// fixed + b * per_row; requests wait for the delay and for two batches, and that must fit.
struct FakeServer {
  double fixed_ms = 4, per_row_ms = 1;
  double limit_ms = 25;
  double lane_cost = 0;  // share of the rate that an instance more or less than two costs
  int asked = 0;

  double RateOf(const TuneSettings& s) const {
    const double batch_ms = fixed_ms + per_row_ms * static_cast<double>(s.max_batch);
    const double delay_ms = static_cast<double>(s.delay_us) / 1e3;
    if (2 * batch_ms + delay_ms > limit_ms) return 0;
    // Waiting fills batches better, by up to a tenth, which 2 ms give in full.
    const double filled = 0.9 + 0.05 * std::min(delay_ms, 2.0);
    const double lanes = s.instances == 0 ? 0 : lane_cost * std::abs(s.instances - 2.0);
    return 1e3 * static_cast<double>(s.max_batch) / batch_ms * filled * (1 - lanes);
  }

  TuneMeasure Measure() {
    return [this](const TuneSettings& s, double to_beat) -> absl::StatusOr<TuneMeasurement> {
      ++asked;
      const double rate = RateOf(s);
      if (rate >= to_beat && rate > 0) return TuneMeasurement{.rate = rate};
      return TuneMeasurement{.why = "missed"};
    };
  }
};

TuneSearchOptions OptionsFrom(const TuneSettings& start, int64_t limit_ms) {
  return {.start = start,
          .axes = MakeAxes({.current = start, .limit = absl::Milliseconds(limit_ms), .lanes = 2})};
}

// The best of all combinations, by trying each.
double BestOf(const FakeServer& server, const TuneSearchOptions& options) {
  std::vector<TuneSettings> all = {options.start};
  for (const TuneAxis& axis : options.axes) {
    std::vector<TuneSettings> more;
    for (TuneSettings settings : all) {
      for (const int64_t value : axis.values) {
        settings.*axis.field = value;
        more.push_back(settings);
      }
    }
    all = more;
  }
  double best = 0;
  for (const TuneSettings& settings : all) {
    best = std::max(best, server.RateOf(Sensible(settings)));
  }
  return best;
}

TEST(TuneSearchTest, FindsTheBestOfAllCombinationsInFewTrials) {
  for (const int64_t batch : {1, 8, 32}) {
    for (const double limit : {15.0, 25.0, 60.0, 100.0}) {
      FakeServer server{.limit_ms = limit, .lane_cost = 0.1};
      const TuneSearchOptions options =
          OptionsFrom({.max_batch = batch, .delay_us = 0}, static_cast<int64_t>(limit));
      const TuneSearchResult result = SearchSettings(options, server.Measure());
      EXPECT_TRUE(result.status.ok());
      EXPECT_GE(result.rate * 1.02, BestOf(server, options)) << batch << " " << limit;
      EXPECT_EQ(result.rate, server.RateOf(result.best));
      EXPECT_LE(server.asked, 40) << batch << " " << limit;
      EXPECT_EQ(static_cast<int>(result.trials.size()), server.asked);
      EXPECT_THAT(result.why_ended, HasSubstr("candidates were tried"));
    }
  }
}

TEST(TuneSearchTest, TiesAndSmallGainsKeepWhatThereIs) {
  const TuneSettings start{.max_batch = 8, .delay_us = 100};
  const auto result = SearchSettings(
      OptionsFrom(start, 30),
      [&](const TuneSettings& s, double to_beat) -> absl::StatusOr<TuneMeasurement> {
        const double rate = s == start ? 100 : 101.9;
        return rate >= to_beat ? TuneMeasurement{.rate = rate} : TuneMeasurement{.why = "missed"};
      });
  EXPECT_EQ(result.best, start);
  EXPECT_EQ(result.rate, 100);
  EXPECT_EQ(result.start_rate, 100);
}

TEST(TuneSearchTest, AsksForTheSameCombinationOnce) {
  std::vector<TuneSettings> asked;
  FakeServer server;
  const TuneMeasure measure = server.Measure();
  SearchSettings(OptionsFrom({.max_batch = 8}, 25), [&](const TuneSettings& s, double to_beat) {
    EXPECT_EQ(std::ranges::count(asked, s), 0) << ToString(s);
    EXPECT_EQ(s, Sensible(s));
    asked.push_back(s);
    return measure(s, to_beat);
  });
  EXPECT_EQ(asked.front(), TuneSettings{.max_batch = 8});
}

TEST(TuneSearchTest, EndsWithTheTimeAndKeepsTheBestSoFar) {
  FakeServer server{.limit_ms = 100};
  const TuneMeasure measure = server.Measure();
  const auto result =
      SearchSettings(OptionsFrom({.max_batch = 8}, 100),
                     [&](const TuneSettings& s, double to_beat) -> absl::StatusOr<TuneMeasurement> {
                       if (server.asked == 3) return absl::DeadlineExceededError("");
                       return measure(s, to_beat);
                     });
  EXPECT_EQ(result.trials.size(), 3U);
  EXPECT_GT(result.rate, result.start_rate);
  EXPECT_THAT(result.why_ended, HasSubstr("after 3 of them"));
  EXPECT_TRUE(absl::IsDeadlineExceeded(result.status));
}

TEST(TuneSearchTest, AnotherErrorEndsItWithItsMessage) {
  const auto result =
      SearchSettings(OptionsFrom({.max_batch = 8}, 25),
                     [](const TuneSettings&, double) -> absl::StatusOr<TuneMeasurement> {
                       return absl::CancelledError("The search was interrupted.");
                     });
  EXPECT_EQ(result.rate, 0);
  EXPECT_EQ(result.why_ended, "The search was interrupted.");
}

TEST(TuneSearchTest, GoesOnWhereTheStartMeetsNothing) {
  FakeServer server{.limit_ms = 15};
  const TuneSettings start{.max_batch = 32, .delay_us = 50'000};
  const auto result = SearchSettings(OptionsFrom(start, 15), server.Measure());
  EXPECT_EQ(result.start_rate, 0);
  // Batch and delay are both too much; a batch of one, which never waits, leads out of it.
  EXPECT_GT(result.rate, 0);
  EXPECT_EQ(result.rate, server.RateOf(result.best));
}

}  // namespace
}  // namespace convoy::cli
