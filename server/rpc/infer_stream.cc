#include "server/rpc/infer_stream.h"

#include <algorithm>
#include <string>
#include <utility>

#include "server/rpc/call_metadata.h"
#include "server/rpc/status_codec.h"

namespace convoy::server {
namespace {

// gRPC tells of a message that does not parse as it tells of the stream's end. But parsing clears
// the request first, and with it this mark in its id.
constexpr char kUnread[] = "\n unread";

bool AsksForStatus(const grpc::CallbackServerContext& context) {
  return MetadataOf(context, InferStream::kErrorMetadata) == "true";
}

}  // namespace

InferStream::InferStream(ServiceCore& core, grpc::CallbackServerContext& context)
    : core_(core),
      deadline_(DeadlineOf(context, core.clock)),
      headers_(HeadersOf(context, core.access_log.on())),
      errors_end_(AsksForStatus(context)) {
  Advance();
}

void InferStream::OnReadDone(bool ok) {
  std::shared_ptr<Entry> entry;
  bool starts = false;
  {
    const std::lock_guard lock(mutex_);
    entry = std::exchange(incoming_, nullptr);
    starts = ok && !broken_;
    if (starts) {
      Accept(entry);
    } else if (!ok && entry->request.id() == kUnread) {
      half_closed_ = true;
    } else if (!ok && !broken_) {
      Refuse(entry);
    }
  }
  if (starts) {
    // Not under the lock: the answer may come before Start returns.
    entry->task->Start(deadline_, [this, raw = entry.get()](const absl::Status& status) {
      OnAnswer(*raw, status);
    });
    OnStarted(*entry);
  }
  Advance();
}

// What it will be answered with takes memory too.
void InferStream::OnStarted(Entry& entry) {
  const size_t expected = entry.task->ReplyBytes();
  const std::lock_guard lock(mutex_);
  entry.started = true;
  if (entry.answered) return;
  entry.reply_bytes = std::max(expected, largest_reply_);
  waiting_bytes_ += entry.reply_bytes;
}

void InferStream::Accept(const std::shared_ptr<Entry>& entry) {
  entry->task.emplace(core_, "ModelStreamInfer", headers_, entry->request,
                      *entry->reply.mutable_infer_response());
  entry->bytes = entry->request.ByteSizeLong();
  waiting_bytes_ += entry->bytes;
  ++unanswered_;
  entries_.push_back(entry);
}

// A reply to what is no request.
void InferStream::Refuse(const std::shared_ptr<Entry>& entry) {
  entry->status = absl::InternalError("Unable to parse request");
  entry->reply.mutable_infer_response();
  entry->reply.set_error_message(std::string(entry->status.message()));
  entry->answered = true;
  entries_.push_back(entry);
}

// The entry stays in entries_ until its reply is written, or to the stream's end.
void InferStream::OnAnswer(Entry& entry, const absl::Status& status) {
  inference::ModelInferResponse& response = *entry.reply.mutable_infer_response();
  if (status.ok()) {
    static const std::string final_response = "triton_final_response";
    (*response.mutable_parameters())[final_response].set_bool_param(true);
  } else {
    response.Clear();
    response.set_id(entry.request.id());
    entry.reply.set_error_message(ClientText(std::string(status.message())));
  }
  entry.request.Clear();  // its tensors are not needed any more
  const size_t bytes = entry.reply.ByteSizeLong();
  {
    const std::lock_guard lock(mutex_);
    entry.answered = true;
    entry.status = status;
    waiting_bytes_ -= entry.bytes + entry.reply_bytes;
    waiting_bytes_ += bytes;
    entry.bytes = bytes;
    largest_reply_ = std::max(largest_reply_, bytes);
    --unanswered_;
  }
  Advance();
}

void InferStream::OnWriteDone(bool ok) {
  std::shared_ptr<Entry> written;  // let go of outside of the lock
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    written = std::move(entries_.front());
    entries_.pop_front();
    waiting_bytes_ -= written->bytes;
    if (!ok) Break(absl::CancelledError("The client no longer reads its stream"));
  }
  written.reset();
  Advance();
}

void InferStream::OnCancel() {
  {
    const std::lock_guard lock(mutex_);
    Break(absl::CancelledError("The client cancelled its stream"));
  }
  Advance();
}

void InferStream::Break(const absl::Status& status) {
  if (broken_) return;
  broken_ = true;
  end_ = status;
}

bool InferStream::HasRoom() const {
  return entries_.size() < kMaxWaiting && waiting_bytes_ < kMaxWaitingBytes;
}

// Entries without a reply go with the stream: gRPC's thread takes that down, and not a batch's.
bool InferStream::IsOver() const {
  if (writing_) return false;
  return broken_ ? unanswered_ == 0 : half_closed_ && entries_.empty();
}

InferStream::Action InferStream::Decide() {
  Action action;
  if (finished_) return action;
  if (!broken_ && !writing_ && !entries_.empty() && entries_.front()->answered) {
    if (errors_end_ && !entries_.front()->status.ok()) {
      Break(entries_.front()->status);
    } else {
      writing_ = true;
      action.write = entries_.front().get();
    }
  }
  if (!broken_ && !half_closed_ && incoming_ == nullptr && HasRoom()) {
    incoming_ = std::make_shared<Entry>();
    incoming_->request.set_id(kUnread);
    action.read = incoming_.get();
  }
  if (broken_) {
    for (const std::shared_ptr<Entry>& entry : entries_) {
      if (!entry->started || entry->answered || entry->cancelled) continue;
      entry->cancelled = true;
      action.cancel.push_back(entry.get());
    }
  }
  action.finish = finished_ = action.cancel.empty() && IsOver();
  return action;
}

// One thread at a time decides and acts until there is nothing to do; only it may finish the
// stream, so that nobody acts on one that is gone.
void InferStream::Advance() {
  std::unique_lock lock(mutex_);
  if (advancing_) return;
  advancing_ = true;
  while (true) {
    const Action action = Decide();
    if (action.empty()) break;
    lock.unlock();
    for (Entry* entry : action.cancel) entry->task->Cancel();
    if (action.read != nullptr) StartRead(&action.read->request);
    if (action.write != nullptr) StartWrite(&action.write->reply);
    if (action.finish) {
      Finish(ToGrpcStatus(end_));  // behind this the stream may be gone
      return;
    }
    lock.lock();
  }
  advancing_ = false;
}

}  // namespace convoy::server
