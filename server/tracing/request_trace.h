// From what is known of a finished request to its spans. Pure but for the random ids.
//
//   std::vector<Span> spans = SpansOf(trace, new_ids);
//
// The tree: the request (Recv.SERVICE.METHOD, gRFC A72) has the children `queue`, `input`,
// `compute` and `output`; the last three are its batch's times and link to the batch's own span.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/tracing/span.h"

namespace convoy::server {

struct RequestTrace {
  TraceContext context;                          // of the request's own span
  std::optional<std::array<uint8_t, 8>> parent;  // of the caller's span
  std::string method;                            // "/inference.GRPCInferenceService/ModelInfer"
  std::string model, version, request_id;
  absl::Status status;
  absl::Time received, end;

  // Of its batch; `batch` is 0 when it did not run.
  uint64_t batch = 0;
  int64_t rows = 0;        // of this request
  int64_t batch_rows = 0;  // of all of the batch
  absl::Time queued;       // when it came into the queue
  absl::Duration queue, gather, compute, scatter;
};

using NewSpanId = std::function<std::array<uint8_t, 8>()>;

std::vector<Span> SpansOf(const RequestTrace& trace, const NewSpanId& new_span_id,
                          const TraceContext& batch_context);

// The batch's own span, in a trace of its own, linked to the request that told of it.
Span BatchSpanOf(const RequestTrace& trace, const TraceContext& batch_context);

}  // namespace convoy::server
