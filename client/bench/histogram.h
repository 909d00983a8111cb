// Latencies from 1 nanosecond to 1 hour in logarithmic buckets, three significant digits each:
// what is read back lies less than 0.1 % above what was recorded. 270 KiB, however many values.
//
//   Histogram latencies;
//   latencies.Record(absl::Milliseconds(12));
//   latencies.Percentile(99);   // 12 ms
//
// The buckets are those of HdrHistogram: below 2048 ns one per nanosecond, then 1024 for each
// doubling. Values past the range are counted at its ends. A value, not thread-safe: give each
// thread its own and Merge them.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace convoy::client {

// So many values of at most `upto`, and above the bucket before it.
struct HistogramBucket {
  absl::Duration upto;
  int64_t count = 0;
};

class Histogram {
 public:
  Histogram();

  void Record(absl::Duration value, int64_t times = 1);
  void Merge(const Histogram& other);
  void Clear();

  int64_t count() const { return count_; }

  // The value that `percent` (0..100) of all recorded values do not exceed: the smallest recorded
  // value for 0, max() for 100. Zero when nothing was recorded.
  absl::Duration Percentile(double percent) const;

  // The value of that rank, 1 to count() from the smallest.
  absl::Duration OfRank(int64_t rank) const;

  // How many values lie above `limit`, to the resolution of the buckets.
  int64_t CountAbove(absl::Duration limit) const;

  // Exact, to the nanosecond. Zero when nothing was recorded.
  absl::Duration min() const;
  absl::Duration max() const;
  absl::Duration mean() const;

  // The buckets that hold something, ascending. With `bits` below 11 neighbours are joined, so that
  // each is at most 2^(1 - bits) of its value wide.
  std::vector<HistogramBucket> Buckets(int bits = 11) const;

 private:
  std::vector<int64_t> counts_;
  int64_t count_ = 0;
  int64_t min_ns_ = 0;
  int64_t max_ns_ = 0;
  double sum_ns_ = 0;
};

}  // namespace convoy::client
