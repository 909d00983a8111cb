// One Classify: every image is decoded by the worker pool and queued as a request of its own, so
// that the images of one call share batches with each other and with whatever else waits. An image
// that fails does so alone. A gRPC reactor, which lives from the method's entry to OnDone and
// deletes itself there.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "compute/tensor/tensor.h"
#include "convoy/v1/classify.pb.h"
#include "models/image/image_input.h"
#include "server/rpc/counted_request.h"

namespace convoy::server {

class ClassifyCall : public grpc::ServerUnaryReactor {
 public:
  ClassifyCall(ServiceCore& core, grpc::CallbackServerContext& context,
               const convoy::v1::ClassifyRequest& request, convoy::v1::ClassifyResponse& response);

  ClassifyCall* Start();
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // One image on its way; only the thread that works on it touches it.
  struct Slot {
    compute::HostTensor input;
    models::ImageRegion seen;  // the part of the picture that `input` shows
    absl::Duration decode;
    absl::Duration queue;
    BatchReport batch;
    CacheUse cache = CacheUse::kNone;
    absl::Duration cache_time;
    absl::Status status;
  };

  absl::Status Prepare();
  void Decode(int i);
  absl::Status DecodeAndSubmit(int i);
  void OnAnswer(int i, absl::StatusOr<Answer> answer);
  void Settle(int i, const absl::Status& status);
  void Release();
  void FillResult(int i);
  absl::Status Outcome();
  void End(const absl::Status& status);

  ServiceCore& core_;
  grpc::CallbackServerContext& context_;
  const convoy::v1::ClassifyRequest& request_;
  convoy::v1::ClassifyResponse& response_;
  CountedRequest counted_;
  compute::TensorSpec input_spec_;
  absl::Time deadline_;
  std::vector<Slot> slots_;

  // What still works on this call: each image's decoding and its answer. Whoever lets go of the
  // last one ends the call; after that nothing may touch it.
  std::atomic<int> holds_ = 0;

  std::mutex mutex_;  // guards what follows
  bool cancelled_ = false;
  std::vector<Batcher::Ticket> tickets_;
};

}  // namespace convoy::server
