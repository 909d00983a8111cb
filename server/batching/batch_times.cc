#include "server/batching/batch_times.h"

#include <algorithm>
#include <utility>

namespace convoy::server {
namespace {

using compute::Width;

// Weight of the newest batch in a running mean that is trusted.
constexpr double kNewestWeight = 0.2;
// What is left of the trust in a figure each time that another is preferred.
constexpr double kFading = 0.999;

}  // namespace

BatchTimes::BatchTimes(std::vector<BucketTime> known)
    : seen_(std::move(known)), trust_(seen_.size()), expected_(seen_) {}

void BatchTimes::Expect(size_t i) {
  expected_[i].wide = seen_[i].wide * trust_[i].wide;
  expected_[i].narrow = seen_[i].narrow * trust_[i].narrow;
}

void BatchTimes::Add(int64_t bucket, Width width, absl::Duration took) {
  for (size_t i = 0; i < seen_.size(); ++i) {
    if (seen_[i].rows != bucket) continue;
    absl::Duration& seen = width == Width::kWide ? seen_[i].wide : seen_[i].narrow;
    double& trust = width == Width::kWide ? trust_[i].wide : trust_[i].narrow;
    seen += (took - seen) * std::max(kNewestWeight, 1 - trust);
    trust = 1;
    Expect(i);
  }
}

void BatchTimes::Prefer(int64_t bucket, Width width, bool wide_possible) {
  for (size_t i = 0; i < seen_.size(); ++i) {
    const bool chosen = seen_[i].rows == bucket;
    if (wide_possible && !(chosen && width == Width::kWide)) trust_[i].wide *= kFading;
    if (!(chosen && width == Width::kNarrow)) trust_[i].narrow *= kFading;
    Expect(i);
  }
}

}  // namespace convoy::server
