// What every inference call does: pass the gate, hold its model, and be counted once when it ends.
// A call is a gRPC reactor that lives from the method's entry to OnDone and deletes itself there;
// gRPC threads and the batcher's threads call it.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/rpc/service_core.h"

namespace convoy::server {

class ModelCall : public grpc::ServerUnaryReactor {
 public:
  void OnDone() final;

 protected:
  ModelCall(ServiceCore& core, grpc::CallbackServerContext& context, std::string_view method);

  // Enters the gate and takes hold of the model. No name means the only model there is, where
  // `name_required` is false.
  absl::Status Begin(const std::string& model, const std::string& version, bool name_required);

  // The nearer of the client's deadline and `timeout` from now.
  absl::Time DeadlineWithin(absl::Duration timeout) const;

  // Counts the call and sends the status. Exactly once.
  void End(const absl::Status& status);

  ServiceCore& core_;
  const absl::Time start_;
  Registry::Handle model_;  // null until Begin has succeeded
  RequestSample sample_;    // stage times and rows are filled in on the way

 private:
  grpc::CallbackServerContext& context_;
  bool entered_ = false;
  std::atomic<bool> ended_ =
      false;  // gRPC orders End before OnDone; this shows it to ThreadSanitizer
};

}  // namespace convoy::server
