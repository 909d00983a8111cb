// One ModelStreamInfer: every message is a request of its own, several run at once, and the replies
// come in the order of the requests. A request that fails is a reply with error_message; the stream
// goes on, unless the client asked by metadata for its end (kErrorMetadata).
//
// What waits is bounded: with kMaxWaiting requests unanswered or unread, or kMaxWaitingBytes of
// them and their replies, the stream is not read on, and the client feels it as gRPC's flow
// control. What a reply will take is told by the model's outputs, or guessed from the largest so
// far. So a client that does not read holds little memory, and no place of others.
//
// A gRPC reactor, which lives from the method's entry to OnDone and deletes itself there. gRPC's
// threads and those of the batcher call it.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "server/rpc/infer_task.h"

namespace convoy::server {

class InferStream : public grpc::ServerBidiReactor<inference::ModelInferRequest,
                                                   inference::ModelStreamInferResponse> {
 public:
  static constexpr size_t kMaxWaiting = 128;
  static constexpr size_t kMaxWaitingBytes = size_t{64} << 20;

  // With the value "true" the first failed request ends the stream with its status.
  static constexpr char kErrorMetadata[] = "triton_grpc_error";

  InferStream(ServiceCore& core, grpc::CallbackServerContext& context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // A request on its way and its reply.
  struct Entry {
    inference::ModelInferRequest request;
    inference::ModelStreamInferResponse reply;
    std::optional<InferTask> task;  // from the request's arrival on
    absl::Status status;
    size_t bytes = 0;        // of the request, and once it is answered of the reply
    size_t reply_bytes = 0;  // as expected, until it is answered
    bool started = false;    // task.Start has returned
    bool answered = false;
    bool cancelled = false;
  };

  // What is to be done next, outside of the lock.
  struct Action {
    Entry* read = nullptr;   // to be filled
    Entry* write = nullptr;  // to be replied to
    std::vector<Entry*> cancel;
    bool finish = false;

    bool empty() const { return read == nullptr && write == nullptr && cancel.empty() && !finish; }
  };

  void OnStarted(Entry& entry);
  void OnAnswer(Entry& entry, const absl::Status& status);
  void Advance();

  // With mutex_ held.
  void Accept(const std::shared_ptr<Entry>& entry);
  void Refuse(const std::shared_ptr<Entry>& entry);
  Action Decide();
  void Break(const absl::Status& status);
  bool HasRoom() const;
  bool IsOver() const;

  ServiceCore& core_;
  const absl::Time deadline_;
  const CallHeaders headers_;
  const bool errors_end_;

  std::mutex mutex_;                            // guards what follows
  bool advancing_ = false;                      // a thread is in Advance; the others leave it to it
  std::shared_ptr<Entry> incoming_;             // what the read that is under way fills
  std::deque<std::shared_ptr<Entry>> entries_;  // by arrival; the first is to be replied to next
  size_t waiting_bytes_ = 0;                    // of entries_, with the replies to come
  size_t largest_reply_ = 0;                    // in bytes, of those so far
  size_t unanswered_ = 0;                       // entries whose task still runs
  bool writing_ = false;
  bool half_closed_ = false;  // no more requests will come
  bool broken_ = false;       // no more replies go out
  bool finished_ = false;
  absl::Status end_;  // of the stream
};

}  // namespace convoy::server
