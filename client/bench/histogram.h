// Latencies from 1 microsecond to 1 hour in logarithmic buckets, three significant digits each:
// what is read back lies less than 0.1 % above what was recorded. 180 KiB, however many values.
//
//   Histogram latencies;
//   latencies.Record(absl::Milliseconds(12));
//   latencies.Percentile(99);   // 12 ms
//
// The buckets are those of HdrHistogram: below 2048 us one per microsecond, then 1024 for each
// doubling. Values past the range are counted at its ends. A value, not thread-safe: give each
// thread its own and Merge them.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace convoy::client {

class Histogram {
 public:
  Histogram();

  void Record(absl::Duration value);
  void Merge(const Histogram& other);

  int64_t count() const { return count_; }

  // The value that `percent` (0..100) of all recorded values do not exceed: the smallest recorded
  // value for 0, max() for 100. Zero when nothing was recorded.
  absl::Duration Percentile(double percent) const;

  // Exact, to the microsecond. Zero when nothing was recorded.
  absl::Duration min() const;
  absl::Duration max() const;
  absl::Duration mean() const;

 private:
  std::vector<int64_t> counts_;
  int64_t count_ = 0;
  int64_t sum_us_ = 0;
  int64_t min_us_ = 0;
  int64_t max_us_ = 0;
};

}  // namespace convoy::client
