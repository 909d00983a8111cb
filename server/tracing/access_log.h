// One log line a request, for those that the operator wants to see (access_log_rule.h).
// Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace convoy::server {

// Durations of stages are zero where a request did not come so far.
struct AccessRecord {
  std::string request_id, trace_id;  // empty: it has none
  std::string_view method;
  std::string model, version, peer;
  absl::Status status;
  int64_t rows = 0;
  int64_t batch_rows = 0;
  absl::Duration total, queue, compute;
};

void WriteAccess(const AccessRecord& record);

// 32 hexadecimal digits that no other request has.
std::string NewRequestId();

}  // namespace convoy::server
