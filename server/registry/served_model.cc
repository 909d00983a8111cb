#include "server/registry/served_model.h"

#include <algorithm>
#include <utility>

namespace convoy::server {
namespace {

BatcherSettings SettingsOf(const models::ModelSpec& spec, const QueueDefaults& defaults) {
  return {.model = spec.name,
          .max_rows = std::max<int64_t>(spec.max_batch_size, 1),
          .max_queue_delay = spec.batching.max_queue_delay > absl::ZeroDuration()
                                 ? spec.batching.max_queue_delay
                                 : defaults.max_queue_delay,
          .max_queue_size = spec.batching.queue.max_queue_size > 0
                                ? spec.batching.queue.max_queue_size
                                : defaults.max_queue_size};
}

}  // namespace

ServedModel::ServedModel(models::ModelSpec spec, int64_t version,
                         std::unique_ptr<BatchRunner> runner,
                         std::unique_ptr<BatchObserver> observer, const QueueDefaults& defaults,
                         const compute::Clock& clock)
    : spec_(std::move(spec)),
      version_(version),
      runner_(std::move(runner)),
      observer_(std::move(observer)),
      batcher_(SettingsOf(spec_, defaults), *runner_, clock, observer_.get()) {}

}  // namespace convoy::server
