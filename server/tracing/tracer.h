// Which requests are traced, and where their spans go: a ring of the latest for a look at
// /debug/trace, and a collector where one is named.
//
//   std::optional<RequestTrace> trace = tracer.Begin(model, traceparent);   // null: not traced
//   ... the caller fills it in ...
//   if (trace.has_value()) tracer.End(*trace);
//
// A request whose caller samples it is traced; of the others as many as `choose` says. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/tracing/otlp_exporter.h"
#include "server/tracing/request_trace.h"

namespace convoy::server {

class Tracer {
 public:
  static constexpr size_t kKeptSpans = 20'000;

  // Whether a request for this model that nobody else samples is traced.
  using Choose = std::function<bool(std::string_view model)>;

  // `exporter` may be null.
  Tracer(Choose choose, std::unique_ptr<OtlpExporter> exporter, uint64_t seed);

  // `traceparent` is the header as it came, or empty. One that is invalid counts as absent.
  std::optional<RequestTrace> Begin(std::string_view model, std::string_view traceparent);

  void End(const RequestTrace& trace);

  // Those kept that end at `since` or later, in the order of their end.
  std::vector<Span> Kept(absl::Time since) const;

  const OtlpExporter* exporter() const { return exporter_.get(); }

 private:
  static constexpr size_t kKnownBatches = 1024;

  template <size_t size>
  std::array<uint8_t, size> NewId();
  // The context of a batch's span; `is_new` for the first request of it.
  TraceContext BatchContext(uint64_t batch, bool& is_new);

  const Choose choose_;
  const std::unique_ptr<OtlpExporter> exporter_;

  mutable std::mutex mutex_;  // guards what follows
  std::mt19937_64 random_;
  std::deque<Span> kept_;
  std::map<uint64_t, TraceContext> batches_;  // the latest kKnownBatches
};

}  // namespace convoy::server
