#include "client/bench/early_stopping.h"

#include <algorithm>
#include <cmath>

namespace convoy::client {
namespace {

constexpr double kChance = 1 - kEarlyStoppingConfidence;

// lgamma of the C library keeps a sign in a global variable; this one is thread-safe.
double LogGamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);
}

double LogChoose(int64_t n, int64_t k) {
  return LogGamma(static_cast<double>(n) + 1) - LogGamma(static_cast<double>(k) + 1) -
         LogGamma(static_cast<double>(n - k) + 1);
}

// Sums the smaller tail term by term from its largest term on, in the logarithm: terms shrink at
// least geometrically, so that few matter.
double TailFrom(int64_t n, double p, int64_t first, int64_t step) {
  double log_term = LogChoose(n, first) + static_cast<double>(first) * std::log(p) +
                    static_cast<double>(n - first) * std::log1p(-p);
  double term = std::exp(log_term);
  double sum = 0;
  for (int64_t k = first; k >= 0 && k <= n && term > sum * 1e-17; k += step) {
    sum += term;
    const auto up = static_cast<double>(n - k) / static_cast<double>(k + 1) * p / (1 - p);
    const auto down = static_cast<double>(k) / static_cast<double>(n - k + 1) * (1 - p) / p;
    term *= step > 0 ? up : down;
  }
  return std::min(1.0, sum);
}

}  // namespace

double BinomialAtMost(int64_t trials, double probability, int64_t successes) {
  if (successes < 0) return 0;
  if (successes >= trials || probability <= 0) return 1;
  if (probability >= 1) return 0;
  const bool below_mean =
      static_cast<double>(successes) < static_cast<double>(trials) * probability;
  if (below_mean) return TailFrom(trials, probability, successes, -1);
  return 1 - TailFrom(trials, probability, successes + 1, 1);
}

int64_t FewestQueries(double percentile, int64_t late) {
  const double chance_late = 1 - percentile;
  const auto enough = [&](int64_t queries) {
    return BinomialAtMost(queries, chance_late, late) <= kChance;
  };
  int64_t low = late;  // never enough: all of so many may be late
  int64_t high = std::max<int64_t>(1, late + 1);
  while (!enough(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

int64_t MostLate(double percentile, int64_t queries) {
  const double chance_late = 1 - percentile;
  const auto allowed = [&](int64_t late) {
    return BinomialAtMost(queries, chance_late, late) <= kChance;
  };
  int64_t low = -1;  // allowed, or "none"
  int64_t high = queries;
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (allowed(middle) ? low : high) = middle;
  }
  return low;
}

Decision DecidePercentile(double percentile, int64_t queries, int64_t late) {
  const double chance_late = 1 - percentile;
  if (queries <= 0) return Decision::kOpen;
  if (BinomialAtMost(queries, chance_late, late) <= kChance) return Decision::kMet;
  const double so_many = 1 - BinomialAtMost(queries, chance_late, late - 1);
  return so_many <= kChance ? Decision::kMissed : Decision::kOpen;
}

std::optional<absl::Duration> EstimatePercentile(const Histogram& latencies, double percentile) {
  // With t late ones allowed, the t - 1 slowest are dropped and the slowest of the rest is told.
  const int64_t late = MostLate(percentile, latencies.count());
  if (late < 1) return std::nullopt;
  return latencies.OfRank(latencies.count() - (late - 1));
}

}  // namespace convoy::client
