#include "server/tracing/tracer.h"

#include <algorithm>
#include <utility>

namespace convoy::server {

Tracer::Tracer(Choose choose, std::unique_ptr<OtlpExporter> exporter, uint64_t seed)
    : choose_(std::move(choose)), exporter_(std::move(exporter)), random_(seed) {}

template <size_t size>
std::array<uint8_t, size> Tracer::NewId() {
  std::array<uint8_t, size> id{};
  for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
    uint64_t word = 0;
    while (word == 0) word = random_();  // an id of zeros is invalid
    for (size_t j = 0; j < sizeof(word); ++j) id[i + j] = static_cast<uint8_t>(word >> (8 * j));
  }
  return id;
}

std::optional<RequestTrace> Tracer::Begin(std::string_view model, std::string_view traceparent) {
  const std::optional<TraceContext> caller = ParseTraceparent(traceparent);
  const bool by_caller = caller.has_value() && caller->sampled;
  if (!by_caller && !choose_(model)) return std::nullopt;
  RequestTrace trace{.model = std::string(model)};
  const std::lock_guard lock(mutex_);
  if (caller.has_value()) {
    trace.context.trace_id = caller->trace_id;
    trace.parent = caller->span_id;
  } else {
    trace.context.trace_id = NewId<16>();
  }
  trace.context.span_id = NewId<8>();
  trace.context.sampled = true;
  return trace;
}

TraceContext Tracer::BatchContext(uint64_t batch, bool& is_new) {
  const auto [entry, inserted] = batches_.try_emplace(batch);
  is_new = inserted;
  if (inserted) {
    entry->second = {.trace_id = NewId<16>(), .span_id = NewId<8>(), .sampled = true};
  }
  const TraceContext context = entry->second;
  if (batches_.size() > kKnownBatches) batches_.erase(batches_.begin());
  return context;
}

void Tracer::End(const RequestTrace& trace) {
  std::vector<Span> spans;
  {
    const std::lock_guard lock(mutex_);
    bool is_new = false;
    TraceContext batch;
    if (trace.batch != 0) batch = BatchContext(trace.batch, is_new);
    spans = SpansOf(
        trace, [this] { return NewId<8>(); }, batch);
    if (is_new) spans.push_back(BatchSpanOf(trace, batch));
    kept_.insert(kept_.end(), spans.begin(), spans.end());
    while (kept_.size() > kKeptSpans) kept_.pop_front();
  }
  if (exporter_ != nullptr) exporter_->Export(std::move(spans));
}

std::vector<Span> Tracer::Kept(absl::Time since) const {
  const std::lock_guard lock(mutex_);
  std::vector<Span> spans;
  std::copy_if(kept_.begin(), kept_.end(), std::back_inserter(spans),
               [since](const Span& span) { return span.end >= since; });
  return spans;
}

}  // namespace convoy::server
