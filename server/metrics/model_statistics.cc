#include "server/metrics/model_statistics.h"

#include <algorithm>

namespace convoy::server {

void DurationSum::Add(absl::Duration duration) {
  ++count;
  // A clock may step back; a sum may not.
  ns += static_cast<uint64_t>(std::max<int64_t>(absl::ToInt64Nanoseconds(duration), 0));
}

void ModelStatistics::CountRequest(const RequestSample& sample) {
  if (sample.code == absl::StatusCode::kOk) {
    success.Add(sample.total);
    queue.Add(sample.queue);
    gather.Add(sample.gather);
    compute.Add(sample.compute);
    scatter.Add(sample.scatter);
    inference_count += static_cast<uint64_t>(std::max<int64_t>(sample.rows, 0));
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
