// One inference request from its message to its reply: decode, queue, encode, count. ModelInfer is
// one of them, ModelStreamInfer one a message.
//
//   InferTask task(core, "ModelInfer", headers, request, response);
//   task.Start(context.deadline, [](const absl::Status& status) { ... });
//   task.Cancel();
//
// Start does not block. `done` is called once, from any thread, perhaps before Start returns; the
// response is complete then, and the task is not touched any more. `request`, `response` and the
// task outlive that call. Pictures are decoded by the worker pool. Cancel may be called by any
// thread once Start has returned.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "inference/grpc_service.pb.h"
#include "server/rpc/counted_request.h"
#include "server/rpc/request_parameters.h"
#include "server/rpc/tensor_codec.h"

namespace convoy::server {

class InferTask {
 public:
  using Done = std::function<void(const absl::Status& status)>;

  InferTask(ServiceCore& core, std::string_view method, CallHeaders headers,
            const inference::ModelInferRequest& request, inference::ModelInferResponse& response);

  // `deadline` is the call's; the request's own timeout bounds how long it waits in the queue.
  void Start(absl::Time deadline, Done done);

  void Cancel();

  // Of the reply's tensors, as far as the model's outputs tell. Once Start has returned.
  size_t ReplyBytes() const;

  // CountedRequest::id_to_tell, once `done` is called.
  std::string id_to_tell() const { return counted_.id_to_tell(); }

 private:
  absl::Status Prepare(absl::Time deadline);
  void PostImages();
  void DecodeImage(size_t i);
  void EndImage();
  absl::Status ImageFailure() const;
  void Submit();
  bool IsCancelled();
  void OnAnswer(absl::StatusOr<Answer> answer);
  absl::Status Encode(const Answer& answer);
  void Release();

  ServiceCore& core_;
  const inference::ModelInferRequest& request_;
  inference::ModelInferResponse& response_;
  CountedRequest counted_;
  Done done_;
  absl::Time deadline_;
  RequestParameters parameters_;
  DecodedRequest decoded_;
  absl::Status result_;  // what the request comes to; written before the last Release

  // What still works on this request: Start, each picture, the answer. Whoever lets go of the last
  // one ends it.
  std::atomic<int> holds_ = 1;
  std::atomic<size_t> images_left_ = 0;
  std::vector<absl::Status> image_status_;  // each written by its own thread

  std::mutex mutex_;  // guards what follows
  bool cancelled_ = false;
  Batcher::Ticket ticket_ = 0;  // 0: not submitted
};

}  // namespace convoy::server
