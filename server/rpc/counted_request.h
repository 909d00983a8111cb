// What every inference request does, whichever call brings it: pass the gate, hold its model, and
// be counted once when it ends. When it is destroyed it lets go of both; that must not happen on a
// batch's own thread (served_model.h).
//
//   CountedRequest counted(core, "ModelInfer");
//   CONVOY_RETURN_IF_ERROR(counted.Begin(name, version, /*name_required=*/true));
//   counted.model()->batcher().Submit(...);
//   ... counted.sample().queue = answer.queue; ...
//   counted.Count(status);
//
// Not thread-safe; its threads take turns.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/rpc/service_core.h"

namespace convoy::server {

class CountedRequest {
 public:
  CountedRequest(ServiceCore& core, std::string_view method);
  ~CountedRequest();
  CountedRequest(const CountedRequest&) = delete;
  CountedRequest& operator=(const CountedRequest&) = delete;

  // Enters the gate and takes hold of the model. No name means the only model there is, where
  // `name_required` is false.
  absl::Status Begin(const std::string& model, const std::string& version, bool name_required);

  // Counts the request with what it came to.
  void Count(const absl::Status& status);

  const Registry::Handle& model() const { return model_; }  // null until Begin has succeeded
  absl::Time start() const { return start_; }
  RequestSample& sample() { return sample_; }  // stage times and rows are filled in on the way

 private:
  ServiceCore& core_;
  const absl::Time start_;
  Registry::Handle model_;
  RequestSample sample_;
  bool entered_ = false;
  // gRPC orders Count before the end; this shows it to ThreadSanitizer.
  std::atomic<bool> counted_ = false;
};

}  // namespace convoy::server
