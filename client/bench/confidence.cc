#include "client/bench/confidence.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <utility>

namespace convoy::client {
namespace {

constexpr double kNormal95 = 1.959963985;  // of 95 % of a normal distribution, in deviations
constexpr int kResamples = 1000;

// The seconds of a run, drawn with replacement: as many as there are. Latencies are counted by
// their place among the distinct bucket ends, so that a draw is a few additions.
class Resampler {
 public:
  explicit Resampler(const RunSample& run) : run_(run) {
    for (const RunSample::Second& second : run.seconds) {
      for (const HistogramBucket& bucket : second.response) ends_.push_back(bucket.upto);
    }
    std::sort(ends_.begin(), ends_.end());
    ends_.erase(std::unique(ends_.begin(), ends_.end()), ends_.end());
    for (const RunSample::Second& second : run.seconds) {
      places_.emplace_back();
      for (const HistogramBucket& bucket : second.response) {
        const auto end = std::lower_bound(ends_.begin(), ends_.end(), bucket.upto);
        places_.back().emplace_back(static_cast<size_t>(end - ends_.begin()), bucket.count);
      }
    }
  }

  double MeanGood(std::mt19937_64& random) const {
    double sum = 0;
    for (size_t i = 0; i < places_.size(); ++i) sum += run_.seconds[Draw(random)].good;
    return sum / static_cast<double>(places_.size());
  }

  double Percentile(double percent, std::mt19937_64& random) const {
    std::vector<int64_t> counts(ends_.size());
    int64_t all = 0;
    for (size_t i = 0; i < places_.size(); ++i) {
      for (const auto& [place, count] : places_[Draw(random)]) {
        counts[place] += count;
        all += count;
      }
    }
    const double rank = percent / 100 * static_cast<double>(all);
    int64_t seen = 0;
    for (size_t place = 0; place < counts.size(); ++place) {
      seen += counts[place];
      if (static_cast<double>(seen) >= rank) return absl::ToDoubleSeconds(ends_[place]);
    }
    return 0;
  }

 private:
  size_t Draw(std::mt19937_64& random) const { return random() % places_.size(); }

  const RunSample& run_;
  std::vector<absl::Duration> ends_;
  std::vector<std::vector<std::pair<size_t, int64_t>>> places_;
};

using Figure = std::function<double(const Resampler&, std::mt19937_64&)>;

// The middle 95 % of the change of `figure` over resampled pairs of runs.
Interval Bootstrap(const RunSample& a, const RunSample& b, uint64_t seed, const Figure& figure) {
  if (a.seconds.empty() || b.seconds.empty()) return {-INFINITY, INFINITY};
  const Resampler first(a);
  const Resampler second(b);
  std::mt19937_64 random(seed);
  std::vector<double> changes;
  for (int i = 0; i < kResamples; ++i) {
    const double before = figure(first, random);
    const double after = figure(second, random);
    if (before > 0) changes.push_back((after - before) / before);
  }
  if (changes.empty()) return {-INFINITY, INFINITY};
  std::sort(changes.begin(), changes.end());
  const auto at = [&](double share) {
    const double last = static_cast<double>(changes.size() - 1);
    return changes[static_cast<size_t>(std::lround(share * last))];
  };
  return {at(0.025), at(0.975)};
}

}  // namespace

DurationInterval PercentileInterval(const Histogram& latencies, double percent) {
  const auto n = static_cast<double>(latencies.count());
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  const double deviation = kNormal95 * std::sqrt(n * share * (1 - share));
  const auto low = static_cast<int64_t>(std::floor(n * share - deviation));
  const auto high = static_cast<int64_t>(std::ceil(n * share + deviation)) + 1;
  return {latencies.OfRank(low), latencies.OfRank(high)};
}

Interval ThroughputChange(const RunSample& a, const RunSample& b, uint64_t seed) {
  return Bootstrap(a, b, seed, [](const Resampler& run, std::mt19937_64& random) {
    return run.MeanGood(random);
  });
}

Interval PercentileChange(const RunSample& a, const RunSample& b, double percent, uint64_t seed) {
  return Bootstrap(a, b, seed, [percent](const Resampler& run, std::mt19937_64& random) {
    return run.Percentile(percent, random);
  });
}

}  // namespace convoy::client
