#include "server/tracing/request_trace.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace convoy::server {
namespace {

// "/package.Service/Method" to "Recv.package.Service.Method".
std::string SpanName(std::string method) {
  std::replace(method.begin(), method.end(), '/', '.');
  return absl::StrFormat("Recv%s", method);
}

Span RequestSpan(const RequestTrace& trace) {
  Span span{.context = trace.context,
            .parent = trace.parent,
            .name = SpanName(trace.method),
            .server_side = true,
            .start = trace.received,
            .end = trace.end};
  const std::string method = trace.method.empty() ? "" : trace.method.substr(1);
  span.attributes = {{"rpc.system", "grpc"},
                     {"rpc.method", method},
                     {"rpc.grpc.status_code", static_cast<int64_t>(trace.status.code())},
                     {"convoy.model", trace.model},
                     {"convoy.model_version", trace.version}};
  if (!trace.request_id.empty())
    span.attributes.emplace_back("convoy.request_id", trace.request_id);
  if (!trace.status.ok()) span.error = std::string(trace.status.message());
  return span;
}

}  // namespace

std::vector<Span> SpansOf(const RequestTrace& trace, const NewSpanId& new_span_id,
                          const TraceContext& batch_context) {
  std::vector<Span> spans = {RequestSpan(trace)};
  if (trace.batch == 0) return spans;
  absl::Time at = trace.queued;
  const auto add = [&](const char* name, absl::Duration duration, bool of_batch) {
    Span span{.context = trace.context,
              .parent = trace.context.span_id,
              .name = name,
              .start = at,
              .end = at + duration};
    span.context.span_id = new_span_id();
    if (of_batch) span.links = {batch_context};
    at += duration;
    spans.push_back(std::move(span));
  };
  add("queue", trace.queue, false);
  add("input", trace.gather, true);
  add("compute", trace.compute, true);
  add("output", trace.scatter, true);
  spans.front().attributes.emplace_back("convoy.rows", trace.rows);
  spans.front().attributes.emplace_back("convoy.batch_rows", trace.batch_rows);
  return spans;
}

Span BatchSpanOf(const RequestTrace& trace, const TraceContext& batch_context) {
  const absl::Time start = trace.queued + trace.queue;
  return {.context = batch_context,
          .name = "batch",
          .start = start,
          .end = start + trace.gather + trace.compute + trace.scatter,
          .attributes = {{"convoy.model", trace.model},
                         {"convoy.model_version", trace.version},
                         {"convoy.batch_rows", trace.batch_rows}},
          .links = {trace.context}};
}

}  // namespace convoy::server
