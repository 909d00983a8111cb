// What the batcher takes and what it answers. Plain data.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "compute/tensor/tensor.h"
#include "server/batching/batch_runner.h"

namespace convoy::server {

// Whether a cache of answers was asked: kHit answered without a batch.
enum class CacheUse { kNone, kHit, kMiss };

// What became of a request that ran.
struct Answer {
  std::vector<compute::HostTensor> outputs;
  absl::Duration queue;  // from Submit to the start of its batch
  BatchReport batch;
  CacheUse cache = CacheUse::kNone;
  absl::Duration cache_time;  // that looking up took, and keeping the answer
};

struct Request {
  int64_t rows = 1;
  std::string shape_key;  // requests with equal keys may share a batch
  std::vector<compute::TensorView> inputs;
  absl::Time deadline = absl::InfiniteFuture();  // past it: DEADLINE_EXCEEDED
  std::function<void(absl::StatusOr<Answer>)> done;
  uint64_t priority = 0;                              // a level; 0: the model's default
  absl::Duration timeout = absl::InfiniteDuration();  // asked for; see TimeoutOf
};

}  // namespace convoy::server
