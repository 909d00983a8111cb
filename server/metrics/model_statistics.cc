#include "server/metrics/model_statistics.h"

#include <algorithm>

namespace convoy::server {

void DurationSum::Add(int64_t times, absl::Duration duration) {
  count += static_cast<uint64_t>(times);
  // A clock may step back; a sum may not.
  ns += static_cast<uint64_t>(std::max<int64_t>(absl::ToInt64Nanoseconds(duration), 0));
}

void ModelStatistics::CountRequest(const RequestSample& sample) {
  if (sample.code == absl::StatusCode::kOk) {
    success.Add(sample.total);
    queue.Add(sample.queue);
    cache_hit.Add(sample.cache_hits, sample.cache_hit_time);
    cache_miss.Add(sample.cache_misses, sample.cache_miss_time);
    if (!sample.computed()) return;
    gather.Add(sample.gather);
    compute.Add(sample.compute);
    scatter.Add(sample.scatter);
    inference_count +=
        static_cast<uint64_t>(std::max<int64_t>(sample.rows - sample.cached_rows, 0));
  } else if (sample.reached_queue) {
    fail.Add(sample.total);
  }
}

void ModelStatistics::CountBatch(const BatchSample& sample) {
  ++execution_count;
  StageSums& times = batches[sample.rows];
  times.gather.Add(sample.gather);
  times.compute.Add(sample.compute);
  times.scatter.Add(sample.scatter);
  last_inference = std::max(last_inference, sample.end);
}

}  // namespace convoy::server
