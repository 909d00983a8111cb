// How sure a figure of a run is. Pure; resampling is seeded, so that the same runs give the same
// intervals.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "client/bench/histogram.h"

namespace convoy::client {

struct Interval {
  double low = 0;
  double high = 0;
};

// 95 %: the percentile of what the run sampled lies between these recorded values (order
// statistics). It takes calls as independent; calls that wait in one queue are not, so that the
// truth may be wider.
struct DurationInterval {
  absl::Duration low, high;
};
DurationInterval PercentileInterval(const Histogram& latencies, double percent);

// What is compared of two runs: seconds of each, resampled whole, since what happens in one second
// hangs together.
struct RunSample {
  struct Second {
    double good = 0;
    std::vector<HistogramBucket> response;
  };
  std::vector<Second> seconds;
};

// 95 % of (b - a) / a for the good calls a second, and for a percentile of the response time.
Interval ThroughputChange(const RunSample& a, const RunSample& b, uint64_t seed);
Interval PercentileChange(const RunSample& a, const RunSample& b, double percent, uint64_t seed);

}  // namespace convoy::client
