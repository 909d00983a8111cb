#include "server/tracing/otlp_exporter.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_format.h"
#include "compute/base/log.h"
#include "otlp/trace_service.grpc.pb.h"
#include "server/tracing/otlp_message.h"

namespace convoy::server {
namespace {

namespace otlp = opentelemetry::proto::collector::trace::v1;

constexpr std::chrono::seconds kPeriod(5);   // a span waits no longer, collector willing
constexpr std::chrono::seconds kTimeout(5);  // of one call

}  // namespace

struct OtlpExporter::Stub {
  std::unique_ptr<otlp::TraceService::Stub> service;
};

OtlpExporter::OtlpExporter(OtlpSettings settings)
    : settings_(std::move(settings)),
      stub_(std::make_unique<Stub>(Stub{otlp::TraceService::NewStub(
          grpc::CreateChannel(settings_.endpoint, grpc::InsecureChannelCredentials()))})),
      thread_([this] { Loop(); }) {}

OtlpExporter::~OtlpExporter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void OtlpExporter::Export(std::vector<Span> spans) {
  const std::lock_guard lock(mutex_);
  const size_t room = kMaxWaiting - std::min(kMaxWaiting, waiting_.size());
  const size_t taken = std::min(room, spans.size());
  dropped_ += static_cast<int64_t>(spans.size() - taken);
  std::move(spans.begin(), spans.begin() + static_cast<std::ptrdiff_t>(taken),
            std::back_inserter(waiting_));
  if (waiting_.size() >= kMaxBatch) changed_.notify_all();
}

void OtlpExporter::Flush() {
  std::unique_lock lock(mutex_);
  const int64_t target = sent_ + dropped_ + static_cast<int64_t>(waiting_.size());
  flushing_ = true;
  changed_.notify_all();
  idle_.wait(lock, [&] { return waiting_.empty() && !sending_ && sent_ + dropped_ >= target; });
  flushing_ = false;
}

void OtlpExporter::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_for(lock, kPeriod, [this] {
      return stopping_ || (flushing_ && !waiting_.empty()) || waiting_.size() >= kMaxBatch;
    });
    while (!waiting_.empty()) {
      const auto count = static_cast<std::ptrdiff_t>(std::min(kMaxBatch, waiting_.size()));
      std::vector<Span> spans(std::make_move_iterator(waiting_.begin()),
                              std::make_move_iterator(waiting_.begin() + count));
      waiting_.erase(waiting_.begin(), waiting_.begin() + count);
      sending_ = true;
      lock.unlock();
      const absl::Status status = Send(spans);
      lock.lock();
      sending_ = false;
      (status.ok() ? sent_ : dropped_) += count;
      if (!status.ok() && !failing_) {
        compute::LogWarning("spans are lost: the collector at '%s' answers %s", settings_.endpoint,
                            status.ToString());
      }
      failing_ = !status.ok();
    }
    idle_.notify_all();
    if (stopping_) return;
  }
}

absl::Status OtlpExporter::Send(const std::vector<Span>& spans) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kTimeout);
  otlp::ExportTraceServiceResponse response;
  const grpc::Status status =
      stub_->service->Export(&context, MakeExportRequest(spans, settings_.resource), &response);
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

int64_t OtlpExporter::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

int64_t OtlpExporter::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace convoy::server
