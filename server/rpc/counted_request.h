// What every inference request does, whichever call brings it: pass the gate, hold its model, and
// be counted, and traced if it is to be, once when it ends. When it is destroyed it lets go of
// both; that must not happen on a batch's own thread (served_model.h).
//
//   CountedRequest counted(core, kModelInfer, headers);
//   CONVOY_RETURN_IF_ERROR(counted.Begin(name, version, /*name_required=*/true));
//   counted.model()->Submit(...);
//   counted.Ran(answer.queue, answer.batch);
//   counted.Count(status);
//
// Not thread-safe; its threads take turns.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/batching/request.h"
#include "server/rpc/call_metadata.h"
#include "server/rpc/service_core.h"
#include "server/tracing/request_trace.h"

namespace convoy::server {

class CountedRequest {
 public:
  // `method` as metrics call it.
  CountedRequest(ServiceCore& core, std::string_view method, CallHeaders headers);
  ~CountedRequest();
  CountedRequest(const CountedRequest&) = delete;
  CountedRequest& operator=(const CountedRequest&) = delete;

  // Enters the gate and takes hold of the model. No name means the only model there is, where
  // `name_required` is false.
  absl::Status Begin(const std::string& model, const std::string& version, bool name_required);

  // A batch that it was in: for a request of several the longest times count.
  void Ran(absl::Duration queue, const BatchReport& batch);
  // What the response cache had to do with so many rows.
  void AskedCache(CacheUse use, absl::Duration time, int64_t rows);

  // Counts the request with what it came to.
  void Count(const absl::Status& status);

  const Registry::Handle& model() const { return model_; }  // null until Begin has succeeded
  absl::Time start() const { return start_; }
  RequestSample& sample() { return sample_; }  // rows are filled in on the way
  // The message's, which comes before the header's.
  void set_id(const std::string& id) {
    if (!id.empty()) id_ = id;
  }

  // What the reply's metadata tell of the request's id: nothing where its message has one. Known
  // once it is counted.
  std::string id_to_tell() const;

 private:
  void TimeTheEnds();
  void Trace(const absl::Status& status);
  void Log(const absl::Status& status);

  ServiceCore& core_;
  const absl::Time start_;
  const CallHeaders headers_;
  std::string id_;           // the message's, else the header's, else one that the log made up
  bool id_made_up_ = false;  // by the log
  Registry::Handle model_;
  ModelMetrics* metrics_ = nullptr;  // of the model
  RequestSample sample_;
  BatchReport batch_;                  // the latest it was in
  std::optional<RequestTrace> trace_;  // null: not traced
  bool entered_ = false;
  // gRPC orders Count before the end; this shows it to ThreadSanitizer.
  std::atomic<bool> counted_ = false;
};

}  // namespace convoy::server
