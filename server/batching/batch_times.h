// How long batches take, learnt from those that ran.
//
//   BatchTimes times(runner.lanes().times);
//   times.Add(4, Width::kNarrow, took);
//   ChooseBatchSize(waiting, lanes, times.expected());
//
// What is not run is not measured, and what it would take changes all the same: other processes
// come and go. So a figure that others are preferred to is trusted less and less: it shrinks until
// that size is tried again, about once in a thousand batches. Not thread-safe.
#pragma once

#include <span>
#include <vector>

#include "absl/time/time.h"
#include "server/batching/batch_runner.h"

namespace convoy::server {

class BatchTimes {
 public:
  // `known` as measured when the model was loaded. A time of 0 stays unknown.
  explicit BatchTimes(std::vector<BucketTime> known);

  std::span<const BucketTime> expected() const { return expected_; }

  // A batch in the plan of `bucket` rows took so long. Of plans that were not known it keeps
  // nothing.
  void Add(int64_t bucket, compute::Width width, absl::Duration took);

  // A batch in the plan of `bucket` rows is about to run; `wide_possible` says that it could have
  // been wide.
  void Prefer(int64_t bucket, compute::Width width, bool wide_possible);

 private:
  struct Trust {
    double wide = 1, narrow = 1;
  };

  void Expect(size_t i);

  std::vector<BucketTime> seen_;      // running means
  std::vector<Trust> trust_;          // by bucket
  std::vector<BucketTime> expected_;  // the means times the trust in them
};

}  // namespace convoy::server
