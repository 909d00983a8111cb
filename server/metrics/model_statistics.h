// What one model version has done since it was loaded, by the counting rules of the protocol's
// statistics extension:
//
// - A request counts when it ends: as a success, with the full time of its batch in every stage, or
//   as a failure, with its total time only. One that was refused as malformed never reached the
//   model and does not count.
// - What the response cache answers is a success, in the queue too, but neither its rows nor its
//   compute stages count.
// - inference_count counts the rows of successful requests, execution_count the batches that ran;
//   their quotient is the mean batch.
// - `batches` holds the stage times once a batch, by its rows.
//
// Plain data, not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/metrics/samples.h"

namespace convoy::server {

struct DurationSum {
  uint64_t count = 0;
  uint64_t ns = 0;

  void Add(absl::Duration duration) { Add(1, duration); }
  // Of several, all together.
  void Add(int64_t times, absl::Duration duration);
};

struct StageSums {
  DurationSum gather, compute, scatter;
};

// Memory that the version holds for as long as it is loaded.
struct MemoryUse {
  std::string type;  // "CPU" or "GPU"
  int64_t id = 0;    // of the GPU
  int64_t bytes = 0;
};

struct ModelStatistics {
  absl::Time last_inference = absl::UnixEpoch();  // the end of the last batch
  uint64_t inference_count = 0;
  uint64_t execution_count = 0;
  DurationSum success, fail, queue, gather, compute, scatter;
  DurationSum cache_hit, cache_miss;
  std::map<int64_t, StageSums> batches;  // by rows
  std::vector<MemoryUse> memory;

  void CountRequest(const RequestSample& sample);
  void CountBatch(const BatchSample& sample);
};

}  // namespace convoy::server
