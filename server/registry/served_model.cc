#include "server/registry/served_model.h"

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

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

BatcherSettings SettingsOf(const models::ModelSpec& spec, const BatchRunner& runner,
                           const QueueDefaults& defaults) {
  const int64_t rows = std::max<int64_t>(spec.max_batch_size, 1);
  return {.model = spec.name,
          .max_rows = runner.max_rows() > 0 ? std::min(rows, runner.max_rows()) : rows,
          .max_request_rows = rows,
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
                         const compute::Clock& clock, ResponseCache* cache)
    : spec_(std::move(spec)),
      version_(version),
      runner_(std::move(runner)),
      observer_(std::move(observer)),
      clock_(clock),
      cache_(spec_.response_cache ? cache : nullptr),
      cache_owner_(cache_ == nullptr ? 0 : cache_->NewOwner()),
      batcher_(SettingsOf(spec_, *runner_, defaults), *runner_, clock, observer_.get()) {}

ServedModel::~ServedModel() {
  if (cache_ != nullptr) cache_->Forget(cache_owner_);
}

Batcher::Ticket ServedModel::Submit(Request request) {
  if (cache_ == nullptr) return batcher_.Submit(std::move(request));
  const absl::Time start = clock_.Now();
  const absl::StatusOr<InputDigest> digest = DigestOf(request.inputs);
  if (!digest.ok()) return batcher_.Submit(std::move(request));
  const ResponseCache::Key key{cache_owner_, *digest};
  if (std::optional<Answer> answer = FindAnswer(key, start); answer.has_value()) {
    request.done(*std::move(answer));
    return 0;
  }
  request.done = [this, key, lookup = clock_.Now() - start,
                  done = std::move(request.done)](absl::StatusOr<Answer> answer) {
    if (answer.ok()) KeepAnswer(key, lookup, *answer);
    done(std::move(answer));
  };
  return batcher_.Submit(std::move(request));
}

std::optional<Answer> ServedModel::FindAnswer(const ResponseCache::Key& key, absl::Time start) {
  try {
    std::optional<std::vector<compute::HostTensor>> outputs = cache_->Find(key);
    if (!outputs.has_value()) return std::nullopt;
    return Answer{.outputs = *std::move(outputs),
                  .cache = CacheUse::kHit,
                  .cache_time = clock_.Now() - start};
  } catch (const std::bad_alloc&) {  // the batch may still find room
    return std::nullopt;
  }
}

void ServedModel::KeepAnswer(const ResponseCache::Key& key, absl::Duration lookup, Answer& answer) {
  const absl::Time start = clock_.Now();
  try {
    cache_->Insert(key, answer.outputs);
  } catch (const std::bad_alloc&) {  // it is answered all the same
  }
  answer.cache = CacheUse::kMiss;
  answer.cache_time = lookup + (clock_.Now() - start);
}

}  // namespace convoy::server
