// Sends spans to an OpenTelemetry collector (OTLP over gRPC), from a thread of its own: a collector
// that is slow or gone costs spans, never requests.
//
//   OtlpExporter exporter({.endpoint = "collector:4317"});
//   exporter.Export(std::move(spans));
//
// Thread-safe. The destructor tries once to send what waits.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "server/tracing/span.h"

namespace convoy::server {

struct OtlpSettings {
  std::string endpoint;                                       // host:port, without TLS
  std::vector<std::pair<std::string, std::string>> resource;  // service.name, service.version, ...
};

class OtlpExporter {
 public:
  // Spans that may wait; more are dropped and counted.
  static constexpr size_t kMaxWaiting = 2048;
  static constexpr size_t kMaxBatch = 512;

  explicit OtlpExporter(OtlpSettings settings);
  ~OtlpExporter();
  OtlpExporter(const OtlpExporter&) = delete;
  OtlpExporter& operator=(const OtlpExporter&) = delete;

  void Export(std::vector<Span> spans);

  // Blocks until what was handed over has been sent or given up.
  void Flush();

  int64_t sent() const;
  int64_t dropped() const;

 private:
  struct Stub;

  void Loop();
  absl::Status Send(const std::vector<Span>& spans);

  const OtlpSettings settings_;
  std::unique_ptr<Stub> stub_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::condition_variable idle_;
  std::deque<Span> waiting_;
  bool sending_ = false, flushing_ = false, stopping_ = false;
  bool failing_ = false;  // the last call failed: the log has said so
  int64_t sent_ = 0, dropped_ = 0;
  std::thread thread_;  // last: it uses the others
};

}  // namespace convoy::server
