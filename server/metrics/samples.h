// What is counted of a request and of a batch when they end. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace convoy::server {

// One finished request. Stage times are those of its batch, zero when it did not run; `decode` is
// what came before the queue and `encode` what came behind the batch.
struct RequestSample {
  std::string_view method;
  absl::StatusCode code = absl::StatusCode::kOk;
  int64_t rows = 0;
  bool reached_queue = false;  // false: refused before, as malformed
  absl::Duration total, queue, gather, compute, scatter;
  absl::Duration decode, encode;
  // Lookups in the response cache, each picture of a call by itself; rows that it answered.
  int64_t cache_hits = 0, cache_misses = 0, cached_rows = 0;
  absl::Duration cache_hit_time, cache_miss_time;

  bool computed() const { return cached_rows == 0 || cached_rows < rows; }
  std::string trace_id;  // of a request that is traced; else empty
  absl::Time end;
};

// One batch that ran.
struct BatchSample {
  int64_t rows = 0;
  absl::Duration gather, compute, scatter;
  absl::Time end;
};

}  // namespace convoy::server
