// What is counted of a request and of a batch when they end. Plain data.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace convoy::server {

// One finished request. Stage times are those of its batch, zero when it did not run.
struct RequestSample {
  std::string_view method;
  absl::StatusCode code = absl::StatusCode::kOk;
  int64_t rows = 0;
  bool reached_queue = false;  // false: refused before, as malformed
  absl::Duration total, queue, gather, compute, scatter;
};

// One batch that ran.
struct BatchSample {
  int64_t rows = 0;
  absl::Duration gather, compute, scatter;
  absl::Time end;
};

}  // namespace convoy::server
