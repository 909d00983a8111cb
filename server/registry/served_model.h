// One version of a model with its queue: what a request holds on to while it is in the server.
//
//   std::shared_ptr<ServedModel> model = *registry.Acquire("lenet5", "");
//   const Batcher::Ticket ticket = model->Submit(...);
//   model->Cancel(ticket);
//
// Thread-safe. Whoever holds the shared_ptr keeps the version alive; the last one to let go waits
// for its running batch, so that must not be the batch's own thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "compute/base/clock.h"
#include "models/config/model_spec.h"
#include "server/batching/batcher.h"
#include "server/cache/response_cache.h"

namespace convoy::server {

// Defaults of the server for what a model's config leaves open.
struct QueueDefaults {
  QueueBounds bounds;
  absl::Duration max_queue_delay = absl::ZeroDuration();
};

class ServedModel {
 public:
  // `clock` must outlive the version; `observer` may be null, and so may `cache`, which must
  // outlive it too and serves a model whose config asks for it.
  ServedModel(models::ModelSpec spec, int64_t version, std::unique_ptr<BatchRunner> runner,
              std::unique_ptr<BatchObserver> observer, const QueueDefaults& defaults,
              const compute::Clock& clock, ResponseCache* cache = nullptr);
  ~ServedModel();

  const models::ModelSpec& spec() const { return spec_; }
  int64_t version() const { return version_; }

  // As Batcher's. An answer of the cache is given before Submit returns, whose ticket is 0 then.
  Batcher::Ticket Submit(Request request);
  void Cancel(Batcher::Ticket ticket) { batcher_.Cancel(ticket); }
  int64_t queue_size() const { return batcher_.queue_size(); }

 private:
  std::optional<Answer> FindAnswer(const ResponseCache::Key& key, absl::Time start);
  void KeepAnswer(const ResponseCache::Key& key, absl::Duration lookup, Answer& answer);

  const models::ModelSpec spec_;
  const int64_t version_;
  const std::unique_ptr<BatchRunner> runner_;
  const std::unique_ptr<BatchObserver> observer_;
  const compute::Clock& clock_;
  ResponseCache* const cache_;  // null: no answers are kept
  const uint64_t cache_owner_;
  Batcher batcher_;  // last: its threads use the others
};

}  // namespace convoy::server
