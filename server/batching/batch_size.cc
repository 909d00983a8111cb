#include "server/batching/batch_size.h"

#include <algorithm>
#include <optional>

namespace convoy::server {
namespace {

using compute::Width;

// A larger batch, and a narrow one beside a wide one, must be better by so much: below it is noise.
constexpr double kClearlyBetter = 1.02;

BatchSize WithoutTimes(const WaitingRows& waiting, const LaneState& lanes) {
  if (!lanes.narrow) return {waiting.max_rows, Width::kWide};
  const bool lone = std::max(waiting.demand, waiting.rows) <= waiting.first_rows;
  if (lone && lanes.MayRunWide()) return {waiting.max_rows, Width::kWide};
  const int64_t share = (waiting.rows + lanes.free - 1) / lanes.free;
  return {std::clamp(share, waiting.first_rows, waiting.max_rows), Width::kNarrow};
}

// Rows that batches of `rows` on all free lanes answer: the first of what waits, the others of what
// comes too.
int64_t RowsTogether(const WaitingRows& waiting, const LaneState& lanes, int64_t rows) {
  const int64_t first = std::min(rows, waiting.rows);
  const int64_t demand = std::max(waiting.demand, waiting.rows);
  return first + std::min(rows * (lanes.free - 1), demand - first);
}

// Keeps the best candidate so far.
class Search {
 public:
  // `together` rows are answered in `time`.
  void Try(const BatchSize& size, int64_t together, absl::Duration time) {
    if (time <= absl::ZeroDuration()) known_ = false;
    const double rate = static_cast<double>(together) / absl::ToDoubleSeconds(time);
    if (best_.has_value() && rate < best_rate_ * kClearlyBetter) return;
    best_ = size;
    best_rate_ = rate;
  }

  // nullopt: there is no candidate, or the time of one is not known.
  std::optional<BatchSize> best() const { return known_ ? best_ : std::nullopt; }

 private:
  std::optional<BatchSize> best_;
  double best_rate_ = 0;
  bool known_ = true;
};

}  // namespace

BatchSize ChooseBatchSize(const WaitingRows& waiting, const LaneState& lanes,
                          std::span<const BucketTime> times) {
  // Larger plans than the smallest that holds all rows answer no more of them.
  const auto fits = [&](const BucketTime& bucket) { return bucket.rows >= waiting.first_rows; };
  const auto enough = [&](const BucketTime& bucket) { return bucket.rows >= waiting.rows; };
  const auto end = std::find_if(times.begin(), times.end(), enough);
  const std::span<const BucketTime> candidates =
      times.first(static_cast<size_t>(end - times.begin()) + (end != times.end() ? 1 : 0));
  Search search;
  if (lanes.MayRunWide()) {
    for (const BucketTime& bucket : candidates) {
      if (!fits(bucket)) continue;
      search.Try({bucket.rows, Width::kWide}, std::min(bucket.rows, waiting.rows), bucket.wide);
    }
  }
  if (lanes.MayRunNarrow()) {
    for (const BucketTime& bucket : candidates) {
      if (!fits(bucket)) continue;
      search.Try({bucket.rows, Width::kNarrow}, RowsTogether(waiting, lanes, bucket.rows),
                 bucket.narrow);
    }
  }
  return search.best().value_or(WithoutTimes(waiting, lanes));
}

}  // namespace convoy::server
