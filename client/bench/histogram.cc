#include "client/bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace convoy::client {
namespace {

constexpr int64_t kLongestUs = 3'600'000'000;
// 2048 values at full resolution keep the step of the next range, 2 of 2048, below 0.1 %.
constexpr int kFineBits = 11;
constexpr int64_t kHalf = int64_t{1} << (kFineBits - 1);

// Range r > 0 holds the values with kFineBits + r significant bits, 2^r microseconds a bucket.
int RangeOf(int64_t value_us) {
  return std::max(0, static_cast<int>(std::bit_width(static_cast<uint64_t>(value_us))) - kFineBits);
}

size_t BucketOf(int64_t value_us) {
  const int range = RangeOf(value_us);
  return static_cast<size_t>(range * kHalf + (value_us >> range));
}

// The largest value that falls into the bucket.
int64_t TopOf(size_t bucket) {
  const int64_t index = static_cast<int64_t>(bucket);
  const int64_t range = std::max<int64_t>(0, index / kHalf - 1);
  return ((index - range * kHalf + 1) << range) - 1;
}

}  // namespace

Histogram::Histogram() : counts_(BucketOf(kLongestUs) + 1) {}

void Histogram::Record(absl::Duration value) {
  const int64_t value_us = std::clamp<int64_t>(absl::ToInt64Microseconds(value), 1, kLongestUs);
  ++counts_[BucketOf(value_us)];
  min_us_ = count_ == 0 ? value_us : std::min(min_us_, value_us);
  max_us_ = std::max(max_us_, value_us);
  sum_us_ += value_us;
  ++count_;
}

void Histogram::Merge(const Histogram& other) {
  if (other.count_ == 0) return;
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  min_us_ = count_ == 0 ? other.min_us_ : std::min(min_us_, other.min_us_);
  max_us_ = std::max(max_us_, other.max_us_);
  sum_us_ += other.sum_us_;
  count_ += other.count_;
}

absl::Duration Histogram::Percentile(double percent) const {
  if (count_ == 0) return absl::ZeroDuration();
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  // Nearest rank: the smallest value with at least `share` of all values at or below it. The
  // subtraction takes back what rounding adds to shares like 0.99 * 100.
  const double exact = share * static_cast<double>(count_);
  const int64_t rank = std::max<int64_t>(1, static_cast<int64_t>(std::ceil(exact - exact * 1e-12)));
  int64_t seen = 0;
  for (size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) return absl::Microseconds(std::clamp(TopOf(bucket), min_us_, max_us_));
  }
  return max();
}

absl::Duration Histogram::min() const { return absl::Microseconds(min_us_); }
absl::Duration Histogram::max() const { return absl::Microseconds(max_us_); }
absl::Duration Histogram::mean() const {
  return count_ == 0 ? absl::ZeroDuration() : absl::Microseconds(sum_us_) / count_;
}

}  // namespace convoy::client
