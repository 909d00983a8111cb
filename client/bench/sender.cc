#include "client/bench/sender.h"

#include <algorithm>
#include <ctime>

#include "absl/time/clock.h"
#include "client/channel.h"

namespace convoy::client {

absl::Duration ThreadProcessorTime() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return absl::DurationFromTimespec(used);
}

Sender::Sender(Options options, OnEnd on_end)
    : options_(std::move(options)), on_end_(std::move(on_end)) {
  for (const std::shared_ptr<grpc::Channel>& channel : options_.channels) {
    stubs_.push_back(std::make_unique<grpc::GenericStub>(channel));
  }
  thread_ = std::thread([this] { Serve(); });
}

Sender::~Sender() { Close(); }

Sender::Call& Sender::Take() {
  if (free_.empty()) {
    calls_.push_back(std::make_unique<Call>());
    free_.push_back(calls_.back().get());
  }
  Call& call = *free_.back();
  free_.pop_back();
  return call;
}

void Sender::Start(int64_t index, const grpc::ByteBuffer& request, absl::Duration due,
                   absl::Duration sent, bool held) {
  grpc::GenericStub* stub = nullptr;
  Call* call = nullptr;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    call = &Take();
    stub = stubs_[next_stub_].get();
    next_stub_ = (next_stub_ + 1) % stubs_.size();
    call->context.emplace();
    call->active = true;
  }
  call->index = index;
  call->due = due;
  call->sent = sent;
  call->held = held;
  for (const auto& [key, value] : options_.metadata) call->context->AddMetadata(key, value);
  const absl::Duration timeout = std::min(options_.timeout, kLongestCall);
  call->context->set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  call->reader = stub->PrepareUnaryCall(&*call->context, options_.method, request, &queue_);
  call->reader->StartCall();
  call->reader->Finish(&call->reply, &call->status, call);
}

void Sender::GiveBack(Call& call) {
  const std::lock_guard<std::mutex> lock(mutex_);
  call.active = false;
  call.reader.reset();
  call.context.reset();
  call.reply.Clear();
  free_.push_back(&call);
}

void Sender::Serve() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
    Call& call = *static_cast<Call*>(tag);
    on_end_(*this, call);
    GiveBack(call);
  }
  processor_time_ = ThreadProcessorTime();
}

void Sender::CancelAll() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const std::unique_ptr<Call>& call : calls_) {
    if (call->active) call->context->TryCancel();
  }
}

void Sender::Close() {
  if (!thread_.joinable()) return;
  queue_.Shutdown();
  thread_.join();
}

}  // namespace convoy::client
