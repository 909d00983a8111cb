// When enough queries have been seen to say that a percentile is met, or is not: MLPerf Inference's
// early stopping, and its mirror image. Pure.
//
// Each query is late with some unknown probability. "At least `percentile` of all are in time" is
// accepted when, were it just not so, `late` or fewer of `queries` would be late by chance in at
// most 1 of 100 runs.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "client/bench/histogram.h"

namespace convoy::client {

inline constexpr double kEarlyStoppingConfidence = 0.99;

// P(X <= successes) of X ~ Binomial(trials, probability).
double BinomialAtMost(int64_t trials, double probability, int64_t successes);

// The fewest queries of which `late` may be late when `percentile` (0..1) must be in time:
// 662 for one late at 0.99.
int64_t FewestQueries(double percentile, int64_t late);

// The most late ones that `queries` may have; -1 when they are too few for any verdict.
int64_t MostLate(double percentile, int64_t queries);

// What can be said of a run, as yet.
enum class Decision { kOpen, kMet, kMissed };
Decision DecidePercentile(double percentile, int64_t queries, int64_t late);

// SingleStream's and MultiStream's result: a latency that `percentile` of all queries do not exceed
// with that confidence. nullopt when the queries are too few.
std::optional<absl::Duration> EstimatePercentile(const Histogram& latencies, double percentile);

}  // namespace convoy::client
