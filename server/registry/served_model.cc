#include "server/registry/served_model.h"

#include <algorithm>
#include <utility>

namespace convoy::server {
namespace {

QueuePolicy PolicyOf(const models::QueuePolicy& given) {
  return {.delays = given.timeout_action == models::TimeoutAction::kDelay,
          .default_timeout = given.default_timeout,
          .allow_timeout_override = given.allow_timeout_override,
          .max_queue_size = given.max_queue_size};
}

QueueRules RulesOf(const models::BatchingSettings& given) {
  QueueRules rules{.levels = given.priority_levels,
                   .default_level = given.default_priority_level,
                   .policy = PolicyOf(given.queue),
                   .preserve_ordering = given.preserve_ordering,
                   .preferred_rows = given.preferred_batch_sizes};
  for (const auto& [level, policy] : given.queue_of_priority) {
    rules.policy_of_level[level] = PolicyOf(policy);
  }
  return rules;
}

BatcherSettings SettingsOf(const models::ModelSpec& spec, const QueueDefaults& defaults) {
  return {.model = spec.name,
          .max_rows = std::max<int64_t>(spec.max_batch_size, 1),
          .max_queue_delay = spec.batching.max_queue_delay > absl::ZeroDuration()
                                 ? spec.batching.max_queue_delay
                                 : defaults.max_queue_delay,
          .bounds = defaults.bounds,
          .rules = RulesOf(spec.batching)};
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
