#include "server/tracing/access_log.h"

#include <random>

#include "absl/strings/str_format.h"
#include "compute/base/log_fields.h"

namespace convoy::server {

void WriteAccess(const AccessRecord& record) {
  compute::LogFieldList fields = {
      {"request_id", record.request_id},
      {"method", std::string(record.method)},
      {"model", record.model},
      {"version", record.version},
      {"code", absl::StatusCodeToString(record.status.code())},
      {"total_us", absl::ToInt64Microseconds(record.total)},
      {"queue_us", absl::ToInt64Microseconds(record.queue)},
      {"compute_us", absl::ToInt64Microseconds(record.compute)},
      {"rows", record.rows},
      {"batch", record.batch_rows},
      {"peer", record.peer},
  };
  if (!record.trace_id.empty()) fields.emplace_back("trace_id", record.trace_id);
  if (!record.status.ok()) fields.emplace_back("error", std::string(record.status.message()));
  compute::LogFields(compute::LogLevel::kInfo, "request", fields);
}

std::string NewRequestId() {
  thread_local std::mt19937_64 random{(uint64_t{std::random_device()()} << 32) |
                                      std::random_device()()};
  return absl::StrFormat("%016x%016x", random(), random());
}

}  // namespace convoy::server
