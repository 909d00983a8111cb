#include "client/bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace convoy::client {
namespace {

constexpr int64_t kLongestNs = 3'600'000'000'000;
// 2048 values at full resolution keep the step of the next range, 2 of 2048, below 0.1 %.
constexpr int kFineBits = 11;
constexpr int64_t kHalf = int64_t{1} << (kFineBits - 1);

// Range r > 0 holds the values with kFineBits + r significant bits, 2^r nanoseconds a bucket.
int RangeOf(int64_t value_ns) {
  return std::max(0, static_cast<int>(std::bit_width(static_cast<uint64_t>(value_ns))) - kFineBits);
}

size_t BucketOf(int64_t value_ns) {
  const int range = RangeOf(value_ns);
  return static_cast<size_t>(range * kHalf + (value_ns >> range));
}

// The largest value that falls into the bucket.
int64_t TopOf(size_t bucket) {
  const int64_t index = static_cast<int64_t>(bucket);
  const int64_t range = std::max<int64_t>(0, index / kHalf - 1);
  return ((index - range * kHalf + 1) << range) - 1;
}

int64_t Clamped(absl::Duration value) {
  return std::clamp<int64_t>(absl::ToInt64Nanoseconds(value), 1, kLongestNs);
}

// The largest value with the same `bits` leading bits as `value_ns`.
int64_t CoarseTop(int64_t value_ns, int bits) {
  const int dropped =
      std::max(0, static_cast<int>(std::bit_width(static_cast<uint64_t>(value_ns))) - bits);
  return (((value_ns >> dropped) + 1) << dropped) - 1;
}

}  // namespace

Histogram::Histogram() : counts_(BucketOf(kLongestNs) + 1) {}

void Histogram::Record(absl::Duration value, int64_t times) {
  if (times <= 0) return;
  const int64_t value_ns = Clamped(value);
  counts_[BucketOf(value_ns)] += times;
  min_ns_ = count_ == 0 ? value_ns : std::min(min_ns_, value_ns);
  max_ns_ = std::max(max_ns_, value_ns);
  sum_ns_ += static_cast<double>(value_ns) * static_cast<double>(times);
  count_ += times;
}

void Histogram::Merge(const Histogram& other) {
  if (other.count_ == 0) return;
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  min_ns_ = count_ == 0 ? other.min_ns_ : std::min(min_ns_, other.min_ns_);
  max_ns_ = std::max(max_ns_, other.max_ns_);
  sum_ns_ += other.sum_ns_;
  count_ += other.count_;
}

void Histogram::Clear() {
  if (count_ == 0) return;
  const auto first = counts_.begin() + static_cast<std::ptrdiff_t>(BucketOf(min_ns_));
  const auto last = counts_.begin() + static_cast<std::ptrdiff_t>(BucketOf(max_ns_)) + 1;
  std::fill(first, last, 0);
  count_ = min_ns_ = max_ns_ = 0;
  sum_ns_ = 0;
}

absl::Duration Histogram::Percentile(double percent) const {
  if (count_ == 0) return absl::ZeroDuration();
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  // Nearest rank: the smallest value with at least `share` of all values at or below it. The
  // subtraction takes back what rounding adds to shares like 0.99 * 100.
  const double exact = share * static_cast<double>(count_);
  return OfRank(static_cast<int64_t>(std::ceil(exact - exact * 1e-12)));
}

absl::Duration Histogram::OfRank(int64_t rank) const {
  if (count_ == 0) return absl::ZeroDuration();
  rank = std::clamp<int64_t>(rank, 1, count_);
  int64_t seen = 0;
  for (size_t bucket = BucketOf(min_ns_); bucket < counts_.size(); ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) return absl::Nanoseconds(std::clamp(TopOf(bucket), min_ns_, max_ns_));
  }
  return max();
}

int64_t Histogram::CountAbove(absl::Duration limit) const {
  if (count_ == 0 || limit >= max()) return 0;
  if (limit < min()) return count_;
  int64_t above = 0;
  for (size_t bucket = BucketOf(max_ns_); bucket > BucketOf(Clamped(limit)); --bucket) {
    above += counts_[bucket];
  }
  return above;
}

absl::Duration Histogram::min() const { return absl::Nanoseconds(min_ns_); }
absl::Duration Histogram::max() const { return absl::Nanoseconds(max_ns_); }
absl::Duration Histogram::mean() const {
  return count_ == 0 ? absl::ZeroDuration()
                     : absl::Nanoseconds(sum_ns_ / static_cast<double>(count_));
}

std::vector<HistogramBucket> Histogram::Buckets(int bits) const {
  std::vector<HistogramBucket> buckets;
  if (count_ == 0) return buckets;
  for (size_t i = BucketOf(min_ns_); i <= BucketOf(max_ns_); ++i) {
    if (counts_[i] == 0) continue;
    const absl::Duration upto = absl::Nanoseconds(CoarseTop(TopOf(i), bits));
    if (buckets.empty() || buckets.back().upto != upto) buckets.push_back({upto, 0});
    buckets.back().count += counts_[i];
  }
  return buckets;
}

}  // namespace convoy::client
