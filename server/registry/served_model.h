// One version of a model with its queue: what a request holds on to while it is in the server.
//
//   std::shared_ptr<ServedModel> model = *registry.Acquire("lenet5", "");
//   model->batcher().Submit(...);
//
// Thread-safe. Whoever holds the shared_ptr keeps the version alive; the last one to let go waits
// for its running batch, so that must not be the batch's own thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "compute/base/clock.h"
#include "models/config/model_spec.h"
#include "server/batching/batcher.h"

namespace convoy::server {

// Defaults of the server for what a model's config leaves open.
struct QueueDefaults {
  QueueBounds bounds;
  absl::Duration max_queue_delay = absl::ZeroDuration();
};

class ServedModel {
 public:
  // `clock` must outlive the version; `observer` may be null.
  ServedModel(models::ModelSpec spec, int64_t version, std::unique_ptr<BatchRunner> runner,
              std::unique_ptr<BatchObserver> observer, const QueueDefaults& defaults,
              const compute::Clock& clock);

  const models::ModelSpec& spec() const { return spec_; }
  int64_t version() const { return version_; }
  Batcher& batcher() { return batcher_; }

 private:
  const models::ModelSpec spec_;
  const int64_t version_;
  const std::unique_ptr<BatchRunner> runner_;
  const std::unique_ptr<BatchObserver> observer_;
  Batcher batcher_;  // last: its threads use the others
};

}  // namespace convoy::server
